import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AccessRecord } from '../../telemetry/access-log.ts'
import { endpointOf, methodOf } from '../endpoint.ts'
import type { Env, WebDeps } from '../env.ts'

/** A harmless id of the caller is kept, so that it spans several services. */
const REQUEST_ID = /^[\w.-]{8,64}$/

type Deps = Pick<WebDeps, 'metrics' | 'log' | 'access'>

/** Gives each request an id, times and counts it, and logs it as one line. */
export const observe = ({ metrics, log, access }: Deps) =>
  createMiddleware<Env>(async (c, next) => {
    const given = c.req.header('x-request-id')
    const requestId = given && REQUEST_ID.test(given) ? given : crypto.randomUUID()
    c.set('requestId', requestId)
    const startedAt = performance.now()
    await next()
    const ms = performance.now() - startedAt
    const method = methodOf(c)
    const endpoint = endpointOf(c)
    metrics.httpRequests.inc({ method, endpoint, status: c.res.status })
    metrics.httpDuration.observe(ms / 1_000)
    c.header('X-Request-Id', requestId)
    if (access) return access(await accessRecord(c, { requestId, ms }))
    const level = endpoint === 'unknown' || !QUIET.has(endpoint) ? 'info' : 'debug'
    log[level](`${method} ${c.req.path}`, { status: c.res.status, ms: Math.round(ms * 100) / 100, request_id: requestId })
  })

const QUIET = new Set(['/health', '/ready', '/metrics', '/static/*'])

type Seen = { requestId: string; ms: number }

async function accessRecord(c: Context<Env>, { requestId, ms }: Seen): Promise<AccessRecord> {
  return {
    method: c.req.method.slice(0, 20),
    path: c.req.path,
    status: c.res.status,
    bytes: await bodyBytes(c),
    durationMicroseconds: Math.round(ms * 1_000),
    client: c.get('client').address,
    referer: c.req.header('referer'),
    userAgent: c.req.header('user-agent'),
    requestId,
  }
}

/** The server alone counts the bytes of streams; other bodies are in memory. */
async function bodyBytes(c: Context<Env>): Promise<number | undefined> {
  if (c.req.method === 'HEAD' || !c.res.body) return 0
  if (c.res.headers.get('content-type')?.startsWith('text/event-stream')) return undefined
  const body = await c.res.arrayBuffer()
  c.res = new Response(body, c.res)
  return body.byteLength
}
