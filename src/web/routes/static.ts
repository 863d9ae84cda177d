import { Hono } from 'hono'
import { RefusedError } from '../../domain/refused.ts'
import type { Env, WebDeps } from '../env.ts'
import { isKnownTag } from '../etag.ts'
import { acceptsGzip } from '../middleware/gzip.ts'

/** GET /static/:name: cached for a year with a content hash, else as configured. */
export function staticRoutes({ files, sharedFiles, settings }: WebDeps) {
  return new Hono<Env>().get('/static/:name', async (c) => {
    const name = c.req.param('name')
    const file = files.find(name) ?? (await sharedFiles.find(name))
    if (!file) throw new RefusedError('NOT_FOUND', 'There is no such file.')
    c.header('Cache-Control', file.isImmutable ? 'public, max-age=31536000, immutable' : `public, max-age=${settings.staticCacheSeconds}`)
    c.header('ETag', file.etag)
    c.header('Vary', 'Accept-Encoding')
    if (isKnownTag(c, file.etag)) return c.body(null, 304)
    const isGzip = settings.isGzipOn && file.body.length > 1024 && acceptsGzip(c.req.header('accept-encoding'))
    if (isGzip) c.header('Content-Encoding', 'gzip')
    return c.body(isGzip ? file.gzip : file.body, 200, { 'content-type': file.type })
  })
}
