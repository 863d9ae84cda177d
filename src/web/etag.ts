import type { Context } from 'hono'
import type { Env } from './env.ts'

/**
 * Answers 304 when the caller has this body already. The tag is made of the body itself, because not all that it shows has an
 * offset: settings change with the configuration, words as time passes. `beside` names what else a caller waits for.
 */
export function jsonWithEtag(c: Context<Env>, body: Record<string, unknown>, beside = '') {
  return textWithEtag(c, { text: JSON.stringify(body), type: 'application/json', beside })
}

/** The same of a text that stands already, with its media type. */
export function textWithEtag(c: Context<Env>, { text, type, beside = '' }: { text: string; type: string; beside?: string }) {
  const etag = `W/"${Bun.hash(`${beside};${text}`).toString(36)}"`
  c.header('ETag', etag)
  c.header('Cache-Control', 'no-cache')
  return isKnownTag(c, etag) ? c.body(null, 304) : c.body(text, 200, { 'content-type': type })
}

/** Whether the caller named this tag in If-None-Match, which compares weakly: a proxy that compresses marks tags as weak. */
export function isKnownTag(c: Context<Env>, etag: string): boolean {
  const known = (c.req.header('if-none-match') ?? '').split(',').map(opaque)
  return known.includes(opaque(etag)) || known.includes('*')
}

const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
