import { type Context, Hono } from 'hono'
import { SIGN_IN_PROBLEMS } from '../../auth/oidc.ts'
import { returnAddress } from '../../auth/return-address.ts'
import { type Beginning, viewerOf } from '../../auth/sessions.ts'
import { identityOf } from '../../auth/sign-in-links.ts'
import type { Viewer } from '../../auth/viewer.ts'
import type { Env, WebDeps } from '../env.ts'
import { readBody } from '../read-body.ts'
import { sessionCookie } from '../session-cookie.ts'
import { SignedInPage, SignedOutPage, SignInPage, SignInWithLinkPage } from '../../../views/pages/sign-in.tsx'
import { bareFrame } from '../bare-frame.ts'

const LIMIT_BYTES = 8_192
const NOT_VALID = 'This link or code is not valid: it was used, is older than 15 minutes, or was not copied whole.'

/** Begins a session for somebody who has just said who they are, ends the one they had, and gives its cookie. */
export async function beginSession(c: Context<Env>, deps: WebDeps, beginning: Omit<Beginning, 'from' | 'browser'>): Promise<Viewer> {
  const { auth, settings } = deps
  const cookie = sessionCookie(settings.auth)
  const from = c.get('client').address
  const before = cookie.read(c)
  const known = before === undefined ? undefined : await auth.sessions.find(before)
  const begun = await auth.sessions.begin({ ...beginning, from, browser: c.req.header('user-agent') })
  if (known) await auth.endSession(known.hash)
  cookie.write(c, begun.cookie)
  auth.note({ what: 'sign in', who: beginning.identity.user, from, result: 'done', details: { way: beginning.way } })
  const viewer = viewerOf(begun.session)
  await auth.noteAdmin(viewer)
  return viewer
}

/** GET and POST /login, POST /logout, GET /signed-out. */
export function signInRoutes(deps: WebDeps) {
  const app = new Hono<Env>()
  if (deps.settings.isOpen || deps.auth.providers.proxy) return app
  return app
    .get('/login', (c) => wayIn(c, deps))
    .post('/login', (c) => useLink(c, deps))
    .post('/logout', (c) => signOut(c, deps))
    .get('/signed-out', (c) => c.html(<SignedOutPage {...bareFrame(c, deps)} provider={undefined} />))
}

/** Changes nothing: mail programs open links to look at them. */
async function wayIn(c: Context<Env>, deps: WebDeps) {
  c.header('Cache-Control', 'no-store')
  const to = returnAddress(c.req.query('to'))
  const code = codeIn(c.req.query('link') ?? '')
  if (code === '' && c.get('viewer')) return c.redirect(to, 303)
  const link = code === '' ? undefined : await deps.auth.links.find(code)
  const { session } = deps.settings.auth
  if (link) return c.html(<SignInWithLinkPage {...bareFrame(c, deps)} link={link} code={code} to={to} session={session} />)
  const problem = code === '' ? problemIn(c, deps) : NOT_VALID
  return c.html(signInPage(c, deps, { to, problem }), code === '' ? 200 : 400)
}

async function useLink(c: Context<Env>, deps: WebDeps) {
  c.header('Cache-Control', 'no-store')
  const form = new URLSearchParams(await readBody(c, LIMIT_BYTES))
  const to = returnAddress(form.get('to'))
  const link = await deps.auth.links.use(codeIn(form.get('link') ?? ''))
  if (link && form.get('not-mine') === null) {
    await beginSession(c, deps, { identity: identityOf(link), way: 'link' })
    return signedIn(c, deps, to)
  }
  deps.auth.note({
    what: 'sign in',
    who: link?.user ?? 'unknown',
    from: c.get('client').address,
    result: 'refused',
    details: { way: 'link' },
  })
  const problem = link ? 'The link is of no use any more. Tell whoever made it.' : NOT_VALID
  return c.html(signInPage(c, deps, { to, problem }), link ? 200 : 400)
}

/**
 * Leads to where somebody wanted to go. Browsers keep a strict cookie from a request that another site led to, redirects of it included;
 * one that a page of ours makes has it.
 */
export function signedIn(c: Context<Env>, deps: WebDeps, to: string) {
  if (deps.settings.auth.session.sameSite !== 'Strict') return c.redirect(to, 303)
  c.header('Refresh', `0; url=${to}`)
  return c.html(<SignedInPage {...bareFrame(c, deps)} to={to} />)
}

/** What the provider's way of signing in left to say. */
function problemIn(c: Context<Env>, { auth: { providers } }: WebDeps): string | undefined {
  const problem = SIGN_IN_PROBLEMS.find((one) => one === c.req.query('problem'))
  if (problem === undefined || problem === 'provider-away' || providers.oidc === undefined) return undefined
  const { host } = providers.oidc
  const words = {
    declined: `${host} says that signing in was declined.`,
    'unverified-email': `${host} has not verified your e-mail address. Verify it there, then sign in again.`,
    'not-finished': 'Signing in was not finished: it took too long, was used before, or began in another browser. Begin again.',
  }
  return words[problem]
}

/** Ends the session here first; the provider's own ends where the browser then goes. */
async function signOut(c: Context<Env>, deps: WebDeps) {
  const { auth, settings } = deps
  const cookie = sessionCookie(settings.auth)
  const value = cookie.read(c)
  const session = value === undefined ? undefined : await auth.sessions.find(value)
  cookie.clear(c)
  if (session) {
    await auth.endSession(session.hash)
    auth.note({ what: 'sign out', who: session.user, from: c.get('client').address, result: 'done' })
  }
  const { oidc } = auth.providers
  const url = session?.providerToken === undefined ? undefined : await oidc?.endUrl(session.providerToken)
  if (oidc === undefined || url === undefined) return c.redirect('/signed-out', 303)
  // No redirect: the policy of pages lets forms lead to this service alone.
  c.header('Refresh', `0; url=${url}`)
  c.header('Cache-Control', 'no-store')
  return c.html(<SignedOutPage {...bareFrame(c, deps)} provider={{ name: oidc.host, href: url }} />)
}

function signInPage(c: Context<Env>, deps: WebDeps, { to, problem }: { to: string; problem: string | undefined }) {
  const { oidc } = deps.auth.providers
  const provider = oidc && {
    name: oidc.host,
    href: to === '/' ? '/auth/login' : `/auth/login?to=${encodeURIComponent(to)}`,
    isAway: c.req.query('problem') === 'provider-away',
  }
  return <SignInPage {...bareFrame(c, deps)} to={to} problem={problem} needsHttps={needsHttps(c, deps)} provider={provider} />
}

/** Browsers drop a cookie that is for https alone, except on this machine. */
function needsHttps(c: Context<Env>, { settings }: WebDeps): boolean {
  const { hostname } = new URL(c.req.url)
  return sessionCookie(settings.auth).isSecure(c) && !c.get('client').isHttps && !/^(localhost|127\.|\[::1\])/.test(hostname)
}

/** The code of a pasted link, or the text itself. */
function codeIn(text: string): string {
  const pasted = text.trim()
  return (/[?&]link=([\w-]+)/.exec(pasted)?.[1] ?? pasted).slice(0, 200)
}
