import type { Context } from 'hono'
import type { Env } from './env.ts'

/** Answers 304 when the caller has this state already. `version` names everything that the body depends on. */
export function jsonWithEtag(c: Context<Env>, body: Record<string, unknown>, version: string) {
  const etag = `W/"${Bun.hash(version).toString(36)}"`
  c.header('ETag', etag)
  c.header('Cache-Control', 'no-cache')
  const known = (c.req.header('if-none-match') ?? '').split(',').map((each) => each.trim())
  if (known.includes(etag) || known.includes('*')) return c.body(null, 304)
  return c.json(body)
}
