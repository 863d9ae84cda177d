import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { RefusedError } from '../../domain/refused.ts'
import type { Env, WebSettings } from '../env.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i
export const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
export const LIVE = /^\/live(?:\/|$)/

/** Keeps other sites out: an open service answers to loopback names only (DNS rebinding), and own or listed origins alone may write or listen. */
export const guard = (settings: WebSettings) =>
  createMiddleware<Env>(async (c, next) => {
    const host = c.req.header('host') ?? ''
    // No browser leaves out the Host.
    if (settings.isOpen && !settings.isOpenToOthers && host !== '' && !LOOPBACK.test(host)) {
      const message = `This service answers to localhost only, not to "${host.slice(0, 100)}". Set AUTH=token so that people sign in, or ALLOW_OPEN=true when something in front protects it.`
      throw new RefusedError('PERMISSION_DENIED', message)
    }
    const listensOrChanges = !SAFE.has(c.req.method) || LIVE.test(c.req.path)
    const problem = listensOrChanges ? originProblem(c, settings) : undefined
    if (problem !== undefined) throw new RefusedError('PERMISSION_DENIED', problem)
    return next()
  })

/** Whether an origin is one of the sites that the configuration lists. */
export const isListed = (origin: string | undefined, { allowedOrigins }: Pick<WebSettings, 'allowedOrigins'>): boolean =>
  origin !== undefined && allowedOrigins.includes(origin)

const OTHER_SITE = 'Requests from pages of other sites are refused. Add the origin to security.allowed_origins to permit it.'

/** Why a request comes from another site. Programs send no Origin; browsers do where it matters. */
function originProblem(c: Context<Env>, settings: WebSettings): string | undefined {
  const origin = c.req.header('origin')
  if (isListed(origin, settings)) return undefined
  const isOfOther = /^(cross-site|same-site)$/.test(c.req.header('sec-fetch-site') ?? '')
  if (origin === undefined) return isOfOther ? OTHER_SITE : undefined
  if (!isOfOther && isOwn(c, origin, settings)) return undefined
  const { named } = c.get('client')
  const isOnlyHttps = origin !== named && origin.replace(/^https:/, 'http:') === named
  return isOnlyHttps ? `${OTHER_SITE} ${BEHIND_PROXY}` : OTHER_SITE
}

const BEHIND_PROXY = 'Where a proxy speaks https for this service, name it in TRUSTED_PROXIES, or set PUBLIC_URL.'

/** Exactly the address that the request names; where a public one is configured, that one, or one of this machine. */
function isOwn(c: Context<Env>, origin: string, { publicUrl }: WebSettings): boolean {
  const { named } = c.get('client')
  if (publicUrl === undefined) return origin === named
  return origin === publicUrl || (origin === named && LOOPBACK.test(new URL(named).host))
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
