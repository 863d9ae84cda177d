import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { untilAt } from '../../auth/auth.ts'
import type { JwtVerifier } from '../../auth/jwt.ts'
import type { ProxyDoor } from '../../auth/proxy.ts'
import { type Session, viewerOf } from '../../auth/sessions.ts'
import { isToken, tokenOf, tokenViewer } from '../../auth/tokens.ts'
import { OPEN_VIEWER, type Viewer } from '../../auth/viewer.ts'
import { RefusedError } from '../../domain/refused.ts'
import type { Env, WebDeps } from '../env.ts'
import { sessionCookie } from '../session-cookie.ts'

/** What is answered to everybody: signing in, and files that are the same for all. */
const FOR_ALL = /^\/(?:login|logout|signed-out|csp-reports|auth\/[^/]+|static\/[^/]+)$/
/** Websockets are refused by a close code, which browsers can see. */
const LIVE = /^\/live(?:\/|$)/

/** Who makes a request, if anybody who is known. Rejects with RefusedError, or with StoreUnavailableError. */
export function whoAsks(deps: WebDeps): (c: Context<Env>) => Promise<Viewer | undefined> {
  const cookie = sessionCookie(deps.settings.auth)
  /** The same viewer for the same session, so that what they may is worked out once. */
  const viewers = new WeakMap<Session, Viewer>()
  const viewerIn = (session: Session): Viewer => {
    const viewer = viewers.get(session) ?? viewerOf(session)
    viewers.set(session, viewer)
    return viewer
  }

  return async (c) => {
    const authorization = c.req.header('authorization')
    if (authorization !== undefined && !isForTheProxy(deps, authorization)) return bearer(deps, authorization)
    if (deps.settings.isOpen) return OPEN_VIEWER
    if (deps.auth.providers.proxy) return namedByProxy(c, deps, deps.auth.providers.proxy)
    const value = cookie.read(c)
    const session = value === undefined ? undefined : await deps.auth.sessions.find(value)
    return session && viewerIn(session)
  }
}

/** Finds out who makes a request; whoever may not come in gets to sign-in, or is refused. */
export const identify = (deps: WebDeps) => {
  const find = whoAsks(deps)
  return createMiddleware<Env>(async (c, next) => {
    const isForAll = FOR_ALL.test(c.req.path)
    if (isForAll && c.req.path.startsWith('/static/')) return next()
    const viewer = await find(c)
    if (viewer) c.set('viewer', viewer)
    else if (!isForAll && !LIVE.test(c.req.path)) return signInFirst(c, deps)
    return next()
  })
}

/** In front of an open service something may ask for a password of its own, and send it along. */
const isForTheProxy = ({ settings }: WebDeps, authorization: string) => settings.isOpenToOthers && /^basic /i.test(authorization)

const BEARER = /^Bearer ([\w~+/.=-]{1,8192})$/i

/** All faults are answered alike, so that nobody learns which tokens there are. */
async function bearer({ auth, log }: WebDeps, authorization: string): Promise<Viewer> {
  const text = BEARER.exec(authorization)?.[1] ?? ''
  const { jwt } = auth.providers
  if (jwt && text !== '' && !isToken(text)) return bearerOfIssuer(jwt, text, log)
  const found = isToken(text) ? await tokenNow(auth, text) : undefined
  if (!found) throw new RefusedError('UNAUTHENTICATED', NOT_VALID)
  auth.tokenUse.note(found.id)
  return tokenViewer(found)
}

const NOT_VALID = 'The token is not valid. Send one as "Authorization: Bearer …".'

async function bearerOfIssuer(jwt: JwtVerifier, text: string, log: WebDeps['log']): Promise<Viewer> {
  const answer = await jwt.verify(text)
  if (answer.outcome === 'keys away') {
    throw new RefusedError(
      'SERVICE_UNAVAILABLE',
      'Tokens cannot be verified now, because the keys of their issuer cannot be had. Try again soon.',
    )
  }
  if (answer.outcome === 'refused') {
    log.debug('a token of an issuer was refused', { reason: answer.reason })
    throw new RefusedError('UNAUTHENTICATED', NOT_VALID)
  }
  const { identity, scopes, endsAt } = answer
  return { ...identity, via: 'jwt', scopes, session: untilAt(endsAt) }
}

/** Who somebody is, the proxy says with each request; nobody where it does not, or is none. */
function namedByProxy(c: Context<Env>, { log }: WebDeps, door: ProxyDoor): Viewer | undefined {
  const peer = c.env.server.requestIP(c.env.arrived)?.address ?? ''
  const answer = door({ header: (name) => c.req.header(name), peer })
  if (answer.outcome === 'signed in') return { ...answer.identity, via: 'proxy' }
  log.debug('the headers of a proxy were not believed', { reason: answer.reason, peer })
  return undefined
}

/** A token that was made a moment ago, elsewhere, is looked up in the log. */
async function tokenNow({ access, look }: WebDeps['auth'], text: string) {
  const known = tokenOf(access.current().tokens, text, Date.now())
  if (known) return known
  await look()
  return tokenOf(access.current().tokens, text, Date.now())
}

function signInFirst(c: Context<Env>, { auth }: WebDeps): Response {
  if (auth.providers.proxy) throw new RefusedError('UNAUTHENTICATED', 'Come in by the proxy that signs people in.')
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
  const isPage = (c.req.header('accept')?.includes('text/html') ?? false) && !c.req.path.startsWith('/api/')
  if (!isPage || !isRead) throw new RefusedError('UNAUTHENTICATED', 'Sign in first, or send a token as "Authorization: Bearer …".')
  const { pathname, search } = new URL(c.req.url)
  const wanted = `${pathname}${search}`
  // A fragment that htmx asks for: the whole page must go to sign-in.
  if (c.req.header('hx-request') !== undefined) c.header('HX-Redirect', `/login?to=${encodeURIComponent(wanted)}`)
  c.header('Cache-Control', 'no-store')
  return c.redirect(wanted === '/' ? '/login' : `/login?to=${encodeURIComponent(wanted)}`, 302)
}
