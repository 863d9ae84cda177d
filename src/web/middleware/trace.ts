import { createMiddleware } from 'hono/factory'
import { endpointOf, methodOf } from '../endpoint.ts'
import type { Env, WebDeps } from '../env.ts'

/** Polled by machines or answered from memory: not worth a trace. */
const UNTOLD = /^\/(health|ready|metrics|static\/.*)$/

/** A span per request, in the caller's trace if it names one. It has the route only, because addresses may hold secrets. */
export const traceRequests = ({ tracing }: Pick<WebDeps, 'tracing'>) =>
  createMiddleware<Env>(async (c, next) => {
    if (UNTOLD.test(c.req.path)) return next()
    const method = methodOf(c)
    const traceparent = c.req.header('traceparent')
    const attributes = {
      'http.request.method': method === 'OTHER' ? '_OTHER' : method,
      'url.scheme': c.get('client').isHttps ? 'https' : 'http',
    }
    return tracing.follow(
      traceparent === undefined ? [] : [traceparent],
      { name: method, kind: 'server', isRoot: true, attributes },
      async (span) => {
        await next()
        const route = endpointOf(c)
        span.rename(`${method} ${route}`)
        span.set({ 'http.route': route, 'http.response.status_code': c.res.status, 'visualizer.request.id': c.get('requestId') })
        if (c.res.status >= 500) span.fail(String(c.res.status))
      },
    )
  })
