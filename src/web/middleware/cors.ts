import { createMiddleware } from 'hono/factory'
import type { Env, WebSettings } from '../env.ts'
import { isListed } from './guard.ts'

const METHODS = 'GET, POST, PUT, PATCH, DELETE'
const REQUEST_FIELDS = 'Content-Type, Authorization, Idempotency-Key, If-None-Match, Last-Event-ID, X-Visualizer-Project, X-CSRF-Token'
const ANSWER_FIELDS =
  'ETag, Location, Retry-After, X-CSRF-Token, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-RateLimit-Window, X-Request-Id'
const KEPT_SECONDS = 600

/** Lets pages of the listed sites call the API, with their credentials. An origin is never repeated that is not listed. */
export const cors = (settings: Pick<WebSettings, 'allowedOrigins'>) =>
  createMiddleware<Env>(async (c, next) => {
    const origin = c.req.header('origin')
    if (origin === undefined || !isListed(origin, settings)) {
      await next()
      c.header('Vary', 'Origin', { append: true })
      return
    }
    const isPreflight = c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined
    if (isPreflight) c.res = new Response(null, { status: 204 })
    else await next()
    c.header('Vary', 'Origin', { append: true })
    c.header('Access-Control-Allow-Origin', origin)
    c.header('Access-Control-Allow-Credentials', 'true')
    if (!isPreflight) return c.header('Access-Control-Expose-Headers', ANSWER_FIELDS)
    c.header('Access-Control-Allow-Methods', METHODS)
    c.header('Access-Control-Allow-Headers', REQUEST_FIELDS)
    c.header('Access-Control-Max-Age', String(KEPT_SECONDS))
  })
