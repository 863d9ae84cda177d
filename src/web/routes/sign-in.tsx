import { type Context, Hono } from 'hono'
import { returnAddress } from '../../auth/return-address.ts'
import { type Beginning, viewerOf } from '../../auth/sessions.ts'
import { identityOf } from '../../auth/sign-in-links.ts'
import type { Viewer } from '../../auth/viewer.ts'
import type { Env, WebDeps } from '../env.ts'
import { readBody } from '../read-body.ts'
import { sessionCookie } from '../session-cookie.ts'
import { SignedOutPage, SignInPage, SignInWithLinkPage } from '../../../views/pages/sign-in.tsx'
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
  if (deps.settings.isOpen) return app
  return app
    .get('/login', (c) => wayIn(c, deps))
    .post('/login', (c) => useLink(c, deps))
    .post('/logout', (c) => signOut(c, deps))
    .get('/signed-out', (c) => c.html(<SignedOutPage {...bareFrame(c, deps)} />))
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
  return c.html(signInPage(c, deps, { to, problem: code === '' ? undefined : NOT_VALID }), code === '' ? 200 : 400)
}

async function useLink(c: Context<Env>, deps: WebDeps) {
  c.header('Cache-Control', 'no-store')
  const form = new URLSearchParams(await readBody(c, LIMIT_BYTES))
  const to = returnAddress(form.get('to'))
  const link = await deps.auth.links.use(codeIn(form.get('link') ?? ''))
  if (link && form.get('not-mine') === null) {
    await beginSession(c, deps, { identity: identityOf(link), way: 'link' })
    return c.redirect(to, 303)
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

async function signOut(c: Context<Env>, { auth, settings }: WebDeps) {
  const cookie = sessionCookie(settings.auth)
  const value = cookie.read(c)
  const session = value === undefined ? undefined : await auth.sessions.find(value)
  cookie.clear(c)
  if (session) {
    await auth.endSession(session.hash)
    auth.note({ what: 'sign out', who: session.user, from: c.get('client').address, result: 'done' })
  }
  return c.redirect('/signed-out', 303)
}

function signInPage(c: Context<Env>, deps: WebDeps, { to, problem }: { to: string; problem: string | undefined }) {
  return <SignInPage {...bareFrame(c, deps)} to={to} problem={problem} needsHttps={needsHttps(c, deps)} />
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
