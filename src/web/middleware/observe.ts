import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { Env, WebDeps } from '../env.ts'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
/** A caller's own request id is kept when it is harmless, so that one id follows a request through several services. */
const REQUEST_ID = /^[\w.-]{8,64}$/

/** Every request gets an id, is timed, counted by its route's pattern, and logged as one line. */
export const observe = ({ metrics, log }: Pick<WebDeps, 'metrics' | 'log'>) =>
  createMiddleware<Env>(async (c, next) => {
    const given = c.req.header('x-request-id')
    const requestId = given && REQUEST_ID.test(given) ? given : crypto.randomUUID()
    c.set('requestId', requestId)
    const startedAt = performance.now()
    await next()
    const seconds = (performance.now() - startedAt) / 1_000
    const method = METHODS.has(c.req.method) ? c.req.method : 'OTHER'
    const pattern = routePath(c)
    const endpoint = pattern.includes('*') || pattern === '' ? endpointOf(c.req.path) : pattern
    metrics.httpRequests.inc({ method, endpoint, status: c.res.status })
    metrics.httpDuration.observe(seconds)
    c.header('X-Request-Id', requestId)
    const level = endpoint === 'unknown' || !QUIET.has(endpoint) ? 'info' : 'debug'
    log[level](`${method} ${c.req.path}`, { status: c.res.status, ms: Math.round(seconds * 1e5) / 100, request_id: requestId })
  })

const QUIET = new Set(['/health', '/ready', '/metrics', '/static/*'])

/** Routes below a wildcard, by their folder; what no route answers is `unknown`, so that paths cannot grow the label. */
function endpointOf(path: string): string {
  if (path.startsWith('/static/')) return '/static/*'
  return path.startsWith('/live/') ? '/live/*' : 'unknown'
}
