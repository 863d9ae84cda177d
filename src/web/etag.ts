import type { Context } from 'hono'
import type { Env } from './env.ts'

/** Answers 304 for a known body. The tag is a hash of the body, because settings and time change it without an offset. */
export function jsonWithEtag(c: Context<Env>, body: Record<string, unknown>, beside = '') {
  return textWithEtag(c, { text: JSON.stringify(body), type: 'application/json', beside })
}

export function textWithEtag(c: Context<Env>, { text, type, beside = '' }: { text: string; type: string; beside?: string }) {
  const etag = `W/"${Bun.hash(`${beside};${text}`).toString(36)}"`
  c.header('ETag', etag)
  c.header('Cache-Control', 'no-cache')
  return isKnownTag(c, etag) ? c.body(null, 304) : c.body(text, 200, { 'content-type': type })
}

/** Whether If-None-Match names this tag, compared weakly: compressing proxies mark tags as weak. */
export function isKnownTag(c: Context<Env>, etag: string): boolean {
  const known = (c.req.header('if-none-match') ?? '').split(',').map(opaque)
  return known.includes(opaque(etag)) || known.includes('*')
}

const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
