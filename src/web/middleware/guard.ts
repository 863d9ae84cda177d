import { createMiddleware } from 'hono/factory'
import { RefusedError } from '../../domain/refused.ts'
import type { Env, WebSettings } from '../env.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Keeps other sites out of the open mode: only loopback names are answered (DNS rebinding), and only our own origins may write. */
export const guard = (settings: WebSettings) =>
  createMiddleware<Env>(async (c, next) => {
    const host = c.req.header('host') ?? ''
    // No browser leaves out the Host.
    if (settings.isOpen && !settings.isOpenToOthers && host !== '' && !LOOPBACK.test(host)) {
      const message = `This service answers to localhost only, not to "${host.slice(0, 100)}". Set AUTH=token so that people sign in, or ALLOW_OPEN=true when something in front protects it.`
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

/** Programs send no Origin; browsers do where it matters. */
function isOwnOrigin(origin: string | undefined, host: string, settings: WebSettings): boolean {
  if (origin === undefined || settings.allowedOrigins.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

/** A name or address with a port. The server joins several Host fields by commas, which do not match. */
export const ONE_HOST = /^(\[[\da-f:.]+\]|[\w.~%!$&'()*+;=-]+)(:\d{0,5})?$/i

/** Refuses a Host with several values, which two readers could understand differently. */
export const oneHost = () =>
  createMiddleware<Env>(async (c, next) => {
    const host = c.req.header('host') ?? ''
    if (host === '' || ONE_HOST.test(host)) return next()
    throw new RefusedError('VALIDATION_ERROR', `The Host field must name one host, not "${host.slice(0, 100)}".`, { field: 'Host' })
  })
