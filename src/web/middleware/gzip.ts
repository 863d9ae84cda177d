import { createMiddleware } from 'hono/factory'
import type { Env } from '../env.ts'

/** Less fits into one packet as it is. */
const SMALLEST_BYTES = 1024
const TEXT = /^(text\/html|text\/plain|image\/svg\+xml|application\/(x-nd)?json)\b/

/**
 * Compresses what is read and worth it. The whole body at once: it is in memory already, and a compressing stream for each
 * small answer would cost a busy reporter's server more than its route. Answers to reports are always small.
 */
export const gzip = () =>
  createMiddleware<Env>(async (c, next) => {
    await next()
    const { res } = c
    if (c.req.method !== 'GET' || !res.body || res.headers.has('content-encoding') || !TEXT.test(res.headers.get('content-type') ?? ''))
      return
    c.header('Vary', 'Accept-Encoding', { append: true })
    if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return
    const body = await res.arrayBuffer()
    const isWorthIt = body.byteLength >= SMALLEST_BYTES
    c.res = new Response(isWorthIt ? Bun.gzipSync(body) : body, res)
    if (isWorthIt) c.header('Content-Encoding', 'gzip')
    c.header('Content-Length', undefined)
  })
