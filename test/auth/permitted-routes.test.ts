import { beforeAll, describe, expect, test } from 'bun:test'
import { Hono } from 'hono'
import type { Scope } from '../../src/domain/token-terms.ts'
import { PAGES } from '../../src/pages/registry.ts'
import { mustHaveRules, ROUTE_RULES, type RouteRule } from '../../src/web/route-rules.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { openTokens } from '../support/tokens.ts'

/* Names of equal length, so that answers can be compared byte by byte. */
const [GRANTED, HIDDEN, UNKNOWN] = ['apollo-11', 'gemini-04', 'soyuz-123']
const EVENTS = [
  { type: 'tdd_cycle_started', story_id: 'S-1' },
  { type: 'agent_status', agent_id: 'A-1', agent_type: 'QAAgent', status: 'working' },
  { type: 'approval_requested', approval_id: 'Q-1', title: 'Open the hatch?' },
]
const SCOPES: readonly Scope[] = ['ingest', 'read', 'command', 'admin']

let server: RunningServer
const tokens = new Map<string, string>()

beforeAll(async () => {
  server = await startServer({ env: { AUTH: 'token' }, lifetime: 'file' })
  const give = await openTokens(server, 'file')
  const all = await give({ name: 'everything', scopes: ['admin'], projects: ['*'] })
  for (const scope of SCOPES) tokens.set(scope, await give({ name: scope, scopes: [scope], projects: ['apollo-*'] }))
  for (const project of [GRANTED, HIDDEN]) {
    const sent = await ask(all, `POST /api/v1/projects/${project}/events`, JSON.stringify(EVENTS))
    expect([project, sent.status]).toEqual([project, 202])
  }
}, 60_000)

type Answer = { status: number; type: string; headers: string; body: string }

async function ask(token: string | undefined, route: string, body?: string): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ')
  const headers = {
    accept: path.startsWith('/api/') ? 'application/json' : 'text/html',
    'content-type': path.startsWith('/api/') ? 'application/json' : 'application/x-www-form-urlencoded',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  const sent = method === 'GET' ? {} : { body: body ?? '{}' }
  const response = await fetch(`${server.url}${path}`, { method, headers, redirect: 'manual', ...sent })
  const named = [...response.headers].filter(([name]) => !/date|request-id|policy$|etag/i.test(name))
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    headers: JSON.stringify(named.map(([name, value]) => [name, name === 'content-length' ? 'some' : value])),
    body: await response.text(),
  }
}

/** Without what differs between any two answers: the time, the request, the name that was asked for. */
const plain = ({ body, headers, ...rest }: Answer, project: string) => ({
  ...rest,
  headers: headers.replaceAll(project, 'PROJECT'),
  body: body
    .replaceAll(project, 'PROJECT')
    .replaceAll(/nonce="[^"]*"|[\da-f]{8}-[\da-f]{4}-[\da-f-]{22}|\d{4}-\d\d-\d\dT[\d:.]+Z|="\d{13}"|\d\d:\d\d:\d\d/g, ''),
})

const of = (route: string, project: string) =>
  route.replace(':name', project).replace(':offset', '1').replace('stories/:id', 'stories/S-1').replace('agents/:id', 'agents/A-1')

/** Routes whose part of a project stands in ?id=. */
const asked = (route: string, project: string) => {
  const [path, id] = [of(route, project), { stories: 'S-1', agents: 'A-1' }[route.split('/').at(-1) ?? '']]
  return id === undefined ? path : `${path}?id=${id}`
}

const MAY: Record<Scope, readonly string[]> = {
  ingest: ['report'],
  read: ['see'],
  command: ['see', 'act'],
  admin: ['see', 'act', 'report', 'manage'],
}

const actionOf = (rule: RouteRule, purge = false) =>
  typeof rule === 'function' ? rule(new URLSearchParams(purge ? 'purge=true' : '')) : rule

const ofProject = Object.entries(ROUTE_RULES).filter(([route]) => route.includes(':name') && !route.includes('/static/'))
const cases = ofProject.flatMap(([route, rule]) => SCOPES.map((scope) => [scope, route, actionOf(rule)] as const))

describe('a token with the scope', () => {
  test.each(cases)('%s asks %s, which needs %p', async (scope, route, action) => {
    const token = tokens.get(scope)
    const granted = await ask(token, asked(route, GRANTED))
    const [hidden, unknown] = [await ask(token, asked(route, HIDDEN)), await ask(token, asked(route, UNKNOWN))]
    if (action === 'report') {
      expect(granted.status === 403).toBe(!MAY[scope].includes('report'))
      expect([hidden.status, unknown.status]).toEqual([403, 403])
    } else {
      expect(granted.status).toBeLessThan(500)
      const expected = !MAY[scope].includes('see') ? 404 : MAY[scope].includes(action) ? 'permitted' : 403
      expect([403, 404].includes(granted.status) ? granted.status : 'permitted').toBe(expected)
      expect([hidden.status, unknown.status]).toEqual([404, 404])
    }
    expect(plain(hidden, HIDDEN)).toEqual(plain(unknown, UNKNOWN))
  })

  test.each(SCOPES)('%s purges only where it may manage', async (scope) => {
    const { status } = await ask(tokens.get(scope), `DELETE /api/v1/projects/${GRANTED}?purge=maybe`)
    // The purge itself is not asked for: what is refused first is whether it may archive at all.
    expect(status).toBe(scope === 'ingest' ? 404 : scope === 'read' ? 403 : 400)
    const purging = await ask(tokens.get(scope), `DELETE /api/v1/projects/${HIDDEN}?purge=true`)
    expect(purging.status).toBe(404)
    if (scope === 'command') expect((await ask(tokens.get(scope), `DELETE /api/v1/projects/${GRANTED}?purge=true`)).status).toBe(403)
  })

  test.each(SCOPES)('%s creates projects only where it may manage', async (scope) => {
    const create = (name: string, more = {}) => ask(tokens.get(scope), 'POST /api/v1/projects', JSON.stringify({ name, ...more }))
    const isAdmin = scope === 'admin'
    expect((await create('apollo-12')).status).toBe(isAdmin ? 201 : 403)
    const [hidden, unknown] = [await create(HIDDEN), await create(UNKNOWN)]
    expect(hidden.status).toBe(403)
    expect(plain(hidden, HIDDEN)).toEqual(plain(unknown, UNKNOWN))
  })
})

describe('what is for administrators of the service', () => {
  const routes = Object.entries(ROUTE_RULES).flatMap(([route, rule]) => (rule === 'admin' ? [route] : []))
  test.each(routes)('%s is refused to all whose grants name projects', async (route) => {
    for (const scope of SCOPES) expect([scope, (await ask(tokens.get(scope), route.replace(':id', 'x'))).status]).toEqual([scope, 403])
  })
})

describe('whoever did not sign in', () => {
  const inside = Object.entries(ROUTE_RULES).filter(([route, rule]) => rule !== 'everybody' && !route.startsWith('GET /live'))

  test.each(inside.map(([route]) => route))('is answered nothing at %s', async (route) => {
    const [granted, unknown] = [await ask(undefined, asked(route, GRANTED)), await ask(undefined, asked(route, UNKNOWN))]
    expect([302, 401]).toContain(granted.status)
    expect(plain(granted, GRANTED)).toEqual(plain(unknown, UNKNOWN))
  })
})

describe('what looks back or beyond', () => {
  const ways = ['?at=1', '?at=2026-01-01T00:00:00Z', '?compare=now&at=1', '?step=next', '?on=2026-01-01T00:00', '?at=nothing']
  const pages = ofProject.filter(([route, rule]) => rule === 'see' && route.startsWith('GET')).map(([route]) => route)
  test.each(pages)('%s is refused like a project that is not there', async (route) => {
    for (const way of ways) {
      const [hidden, unknown] = [HIDDEN, UNKNOWN].map((project) => `${of(route, project)}${way}`)
      const answers = [await ask(tokens.get('read'), hidden ?? ''), await ask(tokens.get('read'), unknown ?? '')] as const
      expect(answers[0].status).toBe(404)
      expect(plain(answers[0], HIDDEN)).toEqual(plain(answers[1], UNKNOWN))
    }
  })

  test('pins, jumps and lists hold nothing of a project that is not permitted', async () => {
    const pin = (name: string) => ask(tokens.get('read'), 'POST /pins', `pin=${name}`)
    expect(plain(await pin(HIDDEN), HIDDEN)).toEqual(plain(await pin(UNKNOWN), UNKNOWN))
    expect((await pin(GRANTED)).status).toBe(303)
    for (const path of [
      '/',
      '/?tv=1',
      '/?text=gemini',
      '/jump?q=gemini',
      '/api/v1/projects',
      '/api/v1/projects?status=archived',
      '/api/v1/status',
      '/next',
    ]) {
      const { body, headers } = await ask(tokens.get('read'), `GET ${path}`)
      expect([path, body.includes(HIDDEN), headers.includes(HIDDEN)]).toEqual([path, false, false])
    }
  })
})

describe('the list of rules', () => {
  test('has one for each page', () => {
    const missing = PAGES.flatMap(({ routes }) => routes).filter((route) => ROUTE_RULES[`GET ${route}`] === undefined)
    expect(missing).toEqual([])
  })

  test('keeps an app from starting that has a route without one', () => {
    const app = new Hono()
      .get('/', (c) => c.text(''))
      .get('/secrets', (c) => c.text(''))
      .use('*', (_, next) => next())
    expect(() => mustHaveRules(app.routes)).toThrow('says who may use GET /secrets')
  })
})
