import { type Context, Hono } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import type { Session } from '../../auth/sessions.ts'
import type { Token } from '../../auth/tokens.ts'
import { isProjectPattern, isShownName, isTokenDays, type Scope, SCOPES, TOKEN_DAYS } from '../../domain/token-terms.ts'
import { RefusedError } from '../../domain/refused.ts'
import { pageFrame } from '../../pages/serve-page.ts'
import { type MadeToken, SettingsPage } from '../../../views/settings/settings.tsx'
import type { Env, WebDeps } from '../env.ts'
import { pageRequest } from '../page-request.ts'
import { readBody } from '../read-body.ts'

const LIMIT_BYTES = 8_192
const YEAR_SECONDS = 31_536_000

/** GET /settings, and what its forms do: theme, sessions, and for administrators tokens. The same over /api/v1/tokens. */
export function settingsRoutes(deps: WebDeps) {
  return new Hono<Env>()
    .get('/settings', async (c) => show(c, deps))
    .post('/settings/theme', async (c) => {
      const theme = (await formOf(c)).get('theme')
      // The page's script changes it too, so it may read it.
      const attributes = { path: '/', sameSite: 'Lax', secure: c.get('client').isHttps } as const
      if (theme === 'light' || theme === 'dark') setCookie(c, 'theme', theme, { ...attributes, maxAge: YEAR_SECONDS })
      else deleteCookie(c, 'theme', attributes)
      return c.redirect('/settings', 303)
    })
    .post('/settings/sessions/end', async (c) => {
      await endSessions(c, deps, (await formOf(c)).get('session') ?? '')
      return c.redirect('/settings#sessions', 303)
    })
    .post('/settings/tokens', async (c) => {
      const form = await formOf(c)
      const scopes = form.getAll('scope')
      const made = await createToken(c, deps, { name: form.get('name'), scopes, projects: form.get('projects'), days: form.get('days') })
      return show(c, deps, made)
    })
    .post('/settings/tokens/revoke', async (c) => {
      await revokeToken(c, deps, (await formOf(c)).get('token') ?? '')
      return c.redirect('/settings#tokens', 303)
    })
}

/** GET, POST /api/v1/tokens and DELETE /api/v1/tokens/:id. */
export function tokenApiRoutes(deps: WebDeps) {
  return new Hono<Env>()
    .get('/tokens', async (c) => {
      c.header('Cache-Control', 'no-store')
      return c.json({ tokens: (await tokenRows(deps)).map(tokenJson) })
    })
    .post('/tokens', async (c) => {
      const body: unknown = await jsonOf(c)
      const made = await createToken(c, deps, typeof body === 'object' && body !== null ? body : {})
      c.header('Cache-Control', 'no-store')
      return c.json({ id: made.id, name: made.name, token: made.text }, 201)
    })
    .delete('/tokens/:id', async (c) => {
      await revokeToken(c, deps, c.req.param('id'))
      return c.body(null, 204)
    })
}

const formOf = async (c: Context<Env>) => new URLSearchParams(await readBody(c, LIMIT_BYTES))

async function jsonOf(c: Context<Env>): Promise<unknown> {
  try {
    return JSON.parse(await readBody(c, LIMIT_BYTES))
  } catch (error) {
    if (error instanceof RefusedError) throw error
    throw new RefusedError('VALIDATION_ERROR', 'The body must be a JSON object with name, scopes, projects and days.')
  }
}

async function show(c: Context<Env>, deps: WebDeps, made?: MadeToken) {
  const viewer = c.get('viewer')
  const { auth, audiences } = deps
  const isSession = viewer.via === 'session'
  const sessions = isSession ? await auth.sessions.list(viewer.user) : []
  const isAdmin = audiences.policy.allows(viewer, 'admin')
  c.header('Cache-Control', 'no-store')
  return c.html(
    <SettingsPage
      {...pageFrame(pageRequest(c), audiences.of(viewer))}
      who={{ name: viewer.name, user: viewer.user, may: viewer.roles, groups: viewer.groups, isSession }}
      sessions={sessions.map((session) => sessionRow(session, viewer.session))}
      tokens={isAdmin && !deps.settings.isOpen ? await tokenRows(deps) : undefined}
      made={made}
    />,
  )
}

function sessionRow({ hash, browser, from, way, begunAt, seenAt, endsAt }: Session, own: string | undefined) {
  return { hash, browser: browserName(browser), from, way, begunAt, seenAt, endsAt, isThis: hash === own }
}

function browserName(agent = ''): string {
  const name = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((word) => agent.includes(`${word}/`))
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'Linux'].find((word) => agent.includes(word))
  const shown = { Edg: 'Edge', OPR: 'Opera' }[name ?? ''] ?? name
  if (shown === undefined) return agent === '' ? 'A program' : agent
  return system === undefined ? shown : `${shown} on ${system === 'Mac OS' ? 'macOS' : system}`
}

async function endSessions(c: Context<Env>, { auth }: WebDeps, which: string): Promise<void> {
  const { user, session: own } = c.get('viewer')
  const all = await auth.sessions.list(user)
  const ending = all.filter(({ hash }) => (which === 'others' ? hash !== own : hash === which))
  if (ending.length === 0 && which !== 'others') throw new RefusedError('NOT_FOUND', 'This session has ended already.')
  for (const { hash } of ending) await auth.endSession(hash)
}

const tokenRows = ({ auth }: WebDeps) =>
  Promise.all([...auth.access.current().tokens.values()].map(async (token) => ({ ...token, usedAt: await auth.tokenUse.last(token.id) })))

const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString())

function tokenJson({
  id,
  name,
  scopes,
  projects,
  createdAt,
  createdBy,
  endedAt,
  revokedBy,
  usedAt,
}: Token & { usedAt: number | undefined }) {
  const times = { created_at: iso(createdAt), ends_at: iso(endedAt), last_used_at: iso(usedAt) }
  return { id, name, scopes, projects, created_by: createdBy, revoked_by: revokedBy ?? null, ...times }
}

type Wanted = { name?: unknown; scopes?: unknown; projects?: unknown; days?: unknown }

async function createToken(c: Context<Env>, { auth }: WebDeps, wanted: Wanted): Promise<MadeToken & { id: string }> {
  const name = typeof wanted.name === 'string' ? wanted.name.trim() : ''
  if (!isShownName(name)) throw wrong('name', 'name must have 1 to 100 characters that can be seen.')
  const [scopes, projects] = [scopesOf(wanted.scopes), projectsOf(wanted.projects)]
  const days = daysOf(wanted.days)
  const { text, id } = await auth.createToken({ name, scopes, projects, days }, c.get('viewer').user)
  c.set('deed', { on: name, details: { id, scopes: scopes.join(', '), projects: projects.join(', ') } })
  return { id, name, text }
}

const wrong = (field: string, message: string) => new RefusedError('VALIDATION_ERROR', message, { field })

function scopesOf(given: unknown): Scope[] {
  const words: unknown[] = Array.isArray(given) ? given : []
  const scopes = SCOPES.filter((scope) => words.includes(scope))
  if (scopes.length > 0 && scopes.length === new Set(words).size) return scopes
  throw wrong('scopes', `scopes must be one or more of ${SCOPES.join(', ')}.`)
}

function projectsOf(given: unknown): string[] {
  const list: unknown[] = Array.isArray(given) ? given : String(given ?? '*').split(',')
  const patterns = list.flatMap((part) => (typeof part === 'string' ? part.trim() || [] : [part]))
  const good = patterns.filter((pattern) => typeof pattern === 'string' && isProjectPattern(pattern)).map(String)
  if (good.length > 0 && good.length === patterns.length) return good
  throw wrong('projects', 'projects must be names that may hold *, and tag:word.')
}

function daysOf(given: unknown): number | undefined {
  if (given === 'never' || given === null) return undefined
  const days = given === undefined ? TOKEN_DAYS.usual : Number(given)
  if (isTokenDays(days)) return days
  throw wrong('days', `days must be 1 to ${TOKEN_DAYS.most}, or never.`)
}

async function revokeToken(c: Context<Env>, { auth }: WebDeps, id: string): Promise<void> {
  const token = await auth.revokeToken(id, c.get('viewer').user)
  if (!token) throw new RefusedError('NOT_FOUND', 'There is no such token.')
  c.set('deed', { on: token.name, details: { id } })
}
