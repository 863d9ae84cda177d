import { createMiddleware } from 'hono/factory'
import { RefusedError } from '../../domain/refused.ts'
import type { Env, WebSettings } from '../env.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Keeps other sites out. In open mode a page on the internet could make the reader's own browser talk to this machine:
 * by a name that it lets point here (so only loopback names are answered), or by a form or a websocket (so whatever
 * changes or listens must come from our own pages or from an origin that the configuration allows).
 */
export const guard = (settings: WebSettings) =>
  createMiddleware<Env>(async (c, next) => {
    const host = c.req.header('host') ?? ''
    // Without a Host it comes from a load balancer or a program: no browser leaves it out.
    if (settings.isOpen && !settings.isOpenToOthers && host !== '' && !LOOPBACK.test(host)) {
      const message = `This service answers to localhost only, not to "${host.slice(0, 100)}". Set ALLOW_OPEN=true when something in front protects it.`
      throw new RefusedError('PERMISSION_DENIED', message)
    }
    const listensOrChanges = !SAFE.has(c.req.method) || /^\/live(\/|$)/.test(c.req.path)
    if (listensOrChanges && !isOwnOrigin(c.req.header('origin'), host, settings)) {
      throw new RefusedError(
        'PERMISSION_DENIED',
        'Requests from pages of other sites are refused. Add the origin to security.allowed_origins to permit it.',
      )
    }
    return next()
  })

/** Programs send no Origin; browsers always do where it matters. */
function isOwnOrigin(origin: string | undefined, host: string, settings: WebSettings): boolean {
  if (origin === undefined || settings.allowedOrigins.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

/** A name or an address, and a port. The server joins several fields by commas, which no name here has. */
const ONE_HOST = /^(\[[\da-f:.]+\]|[\w.~%!$&'()*+;=-]+)(:\d{0,5})?$/i

/** Refuses a Host that is several or none that could be: who reads the first, and who reads the last, must not differ. No Host at all is no browser's. */
export const oneHost = () =>
  createMiddleware<Env>(async (c, next) => {
    const host = c.req.header('host') ?? ''
    if (host === '' || ONE_HOST.test(host)) return next()
    throw new RefusedError('VALIDATION_ERROR', `The Host field must name one host, not "${host.slice(0, 100)}".`, { field: 'Host' })
  })
