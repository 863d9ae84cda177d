import { createMiddleware } from 'hono/factory'
import type { Env } from '../env.ts'

const SMALLEST_BYTES = 1024
const SAFE = new Set(['GET', 'HEAD'])
const TEXT = /^(text\/html|text\/plain|image\/svg\+xml|application\/(x-nd)?json)\b/

/** Compresses worthwhile answers to GET, whole bodies at once, because they are in memory and streams cost more. */
export const gzip = () =>
  createMiddleware<Env>(async (c, next) => {
    await next()
    const { res } = c
    if (!SAFE.has(c.req.method) || res.headers.has('content-encoding')) return
    if (res.status === 304 || TEXT.test(res.headers.get('content-type') ?? '')) c.header('Vary', 'Accept-Encoding', { append: true })
    else return
    if (c.req.method === 'HEAD' || !res.body || !acceptsGzip(c.req.header('accept-encoding'))) return
    const body = await res.arrayBuffer()
    const isWorthIt = body.byteLength >= SMALLEST_BYTES
    c.res = new Response(isWorthIt ? Bun.gzipSync(body) : body, res)
    if (isWorthIt) c.header('Content-Encoding', 'gzip')
    c.header('Content-Length', undefined)
  })

/** Whether Accept-Encoding allows gzip; q=0 does not. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const weights = new Map<string, number>()
  for (const part of (acceptEncoding ?? '').toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((each) => each.trim())
    const weight = parameters.find((each) => each.startsWith('q='))?.slice(2)
    weights.set(coding, weight === undefined ? 1 : Number(weight))
  }
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0
}
