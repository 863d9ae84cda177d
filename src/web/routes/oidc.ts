import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type Finished, type Oidc, STATE_SECONDS } from '../../auth/oidc.ts'
import { returnAddress } from '../../auth/return-address.ts'
import type { Env, WebDeps } from '../env.ts'
import { sessionCookie } from '../session-cookie.ts'
import { beginSession, signedIn } from './sign-in.tsx'

const NAME = 'visualizer-sign-in'

/** GET /auth/login leads to the provider, which leads back to GET /auth/callback. */
export function oidcRoutes(deps: WebDeps) {
  const app = new Hono<Env>()
  const { oidc } = deps.auth.providers
  if (oidc === undefined) return app
  return app.get('/auth/login', (c) => leave(c, deps, oidc)).get('/auth/callback', (c) => comeBack(c, deps, oidc))
}

async function leave(c: Context<Env>, deps: WebDeps, oidc: Oidc) {
  c.header('Cache-Control', 'no-store')
  const cookie = stateCookie(c, deps)
  const to = returnAddress(c.req.query('to'))
  const begun = await oidc.begin(to, cookie.read())
  if (begun.outcome !== 'begun') return refuse(c, deps, { problem: begun.outcome, reason: begun.reason, to })
  cookie.write(begun.state)
  return c.redirect(begun.url, 303)
}

async function comeBack(c: Context<Env>, deps: WebDeps, oidc: Oidc) {
  c.header('Cache-Control', 'no-store')
  const cookie = stateCookie(c, deps)
  const finished = await oidc.finish(new URL(c.req.url).search, cookie.read())
  if (finished.outcome === 'refused') return refuse(c, deps, finished)
  const { identity, idToken: providerToken, to, state } = finished
  await beginSession(c, deps, { identity, way: 'oidc', providerToken })
  cookie.write(state)
  return signedIn(c, deps, to)
}

type Refused = Pick<Extract<Finished, { outcome: 'refused' }>, 'problem' | 'reason' | 'to'>

/** Leads to the sign-in page, which says what went wrong; what exactly, the audit log says. */
function refuse(c: Context<Env>, { auth }: WebDeps, { problem, reason, to }: Refused) {
  auth.note({ what: 'sign in', who: 'unknown', from: c.get('client').address, result: 'refused', details: { way: 'oidc', reason } })
  return c.redirect(`/login?${String(new URLSearchParams({ problem, ...(to === '/' ? {} : { to }) }))}`, 303)
}

/** Lax, for the provider leads back from another site; the session's own cookie may be strict. */
function stateCookie(c: Context<Env>, { settings }: WebDeps) {
  const secure = sessionCookie(settings.auth).isSecure(c)
  const name = secure ? `__Host-${NAME}` : NAME
  const attributes = { path: '/', secure, httpOnly: true, sameSite: 'Lax' } as const
  return {
    read: () => getCookie(c, name),
    write(value: string) {
      if (value === '') deleteCookie(c, name, attributes)
      else setCookie(c, name, value, { ...attributes, maxAge: STATE_SECONDS })
    },
  }
}
