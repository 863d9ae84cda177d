import { beforeAll, describe, expect, test } from 'bun:test'
import { AUDIENCE, startIssuer } from '../support/issuer.ts'
import { type RunningServer, runProgram, startServer } from '../support/server.ts'

const SECRET = 'a shared secret of tests'
const PROJECTS = 'projects:\n  payments-api: { path: ./payments }\n  website: { path: ./website }\n'
const PROXY = `${PROJECTS}
security:
  auth: proxy
  policy: ["g, user:ann, role:viewer, website"]
  proxy:
    claims: [{ claim: groups, value: platform, role: operator, projects: ["payments-*"] }]
`

describe('behind a proxy that signs people in', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer({ lifetime: 'file', config: PROXY, env: { PROXY_SECRET: SECRET } })
  })
  const ask = (path: string, headers: Record<string, string>, body?: URLSearchParams) =>
    fetch(`${server.url}${path}`, {
      ...(body ? { method: 'POST', body } : {}),
      redirect: 'manual',
      headers: { accept: 'text/html', ...headers },
    })
  const mara = { 'x-forwarded-user': 'mara', 'x-forwarded-groups': 'web,platform', 'x-proxy-secret': SECRET }

  test('its headers say who it is, and the tables which role that has', async () => {
    expect((await ask('/projects/payments-api', mara)).status).toBe(200)
    expect((await ask('/projects/website', mara)).status).toBe(404)
    expect((await ask('/projects/website', { ...mara, 'x-forwarded-user': 'ann', 'x-forwarded-groups': '' })).status).toBe(200)
    const csrf = /data-csrf="([^"]+)"/.exec(await (await ask('/', mara)).text())?.[1] ?? ''
    const seen = (name: string) => ask(`/projects/${name}/losses`, mara, new URLSearchParams({ seen: '1', _csrf: csrf }))
    expect([(await seen('payments-api')).status, (await seen('website')).status]).toEqual([303, 404])
  })

  test.each<[string, Record<string, string>]>([
    ['no headers', {}],
    ['no secret', { 'x-forwarded-user': 'mara', 'x-forwarded-groups': 'platform' }],
    ['another secret', { ...mara, 'x-proxy-secret': 'guessed' }],
    ['nobody', { 'x-proxy-secret': SECRET }],
    ['a cookie', { cookie: 'visualizer=a.b' }],
  ])('with %s nobody comes in, and nothing is shown', async (_, headers) => {
    for (const path of ['/', '/projects/payments-api', '/api/v1/projects', '/nowhere']) {
      const answer = await ask(path, headers)
      expect([path, answer.status]).toEqual([path, 401])
      expect(await answer.text()).not.toContain('payments')
    }
  })

  test('there is no other way in, so no link is offered', async () => {
    expect(server.logs()).not.toContain('/login?link=')
    expect((await ask('/login', mara)).status).toBe(404)
    const { exitCode, stderr } = await runProgram(['sign-in-link'], { AUTH: 'proxy', PROXY_SECRET: SECRET })
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('links let nobody in where AUTH is proxy')])
  })
})

describe('a token of an issuer', () => {
  async function start() {
    const issuer = await startIssuer()
    const config = `${PROJECTS}
security:
  auth: token
  jwt:
    issuer: ${issuer.issuer}
    audience: ${AUDIENCE}
    jwks_url: ${issuer.config.jwksUrl}
    scopes_claim: scope
    claims: [{ claim: repository, value: acme/payments, role: operator, projects: ["payments-*"] }]
`
    const server = await startServer({ config })
    const token = (claims: Record<string, unknown>) =>
      issuer.token({ claims: { repository: 'acme/payments', scope: 'command ingest', ...claims } })
    const ask = (path: string, bearer: string, init: RequestInit = {}) =>
      fetch(`${server.url}${path}`, { ...init, headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' } })
    return { issuer, server, token, ask }
  }
  const REPORT = { method: 'POST', body: JSON.stringify({ type: 'tdd_cycle_started', story_id: 'S-1' }) }

  test('may do what its roles and its scopes both allow', async () => {
    const { token, ask } = await start()
    const all = await token({})
    expect((await ask('/api/v1/projects/payments-api', all)).status).toBe(200)
    expect((await ask('/api/v1/projects/website', all)).status).toBe(404)
    expect((await ask('/api/v1/projects/payments-api/events', all, REPORT)).status).toBe(202)
    const reader = await token({ scope: 'read' })
    expect((await ask('/api/v1/projects/payments-api', reader)).status).toBe(200)
    expect((await ask('/api/v1/projects/payments-api/events', reader, REPORT)).status).toBe(403)
    expect((await ask('/api/v1/projects/payments-api', await token({ repository: 'acme/other' }))).status).toBe(404)
  })

  test('is refused in the same words whatever is wrong', async () => {
    const { token, ask, issuer } = await start()
    const wrong = [
      await token({ exp: 1_000 }),
      await token({ aud: 'other' }),
      await token({ iss: 'https://evil.example' }),
      await issuer.token({ header: { kid: 'unknown' } }),
      await issuer.token({ header: { alg: 'none' } }),
      'a.b.c',
      'nothing',
      `vis_${'a'.repeat(10)}_${'b'.repeat(43)}`,
    ]
    const answers = await Promise.all(wrong.map((text) => ask('/api/v1/projects', text)))
    expect(answers.map(({ status }) => status)).toEqual(wrong.map(() => 401))
    const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as { error: string; code: string }[]
    expect(new Set(bodies.map(({ error, code }) => `${code} ${error}`)).size).toBe(1)
  })

  test('cannot be judged while the keys cannot be had: nobody comes in, and may try again', async () => {
    const { token, ask, issuer } = await start()
    issuer.answerWith(() => new Response('', { status: 500 }))
    const answer = await ask('/api/v1/projects', await token({}))
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
  })

  test('security 05: its websockets close once it has ended', async () => {
    const { token, server } = await start()
    const headers = { authorization: `Bearer ${await token({ exp: Math.floor(Date.now() / 1000) - 27 })}` }
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live/projects/payments-api`, { headers } as never)
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
    await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }))
    expect((await closed).code).toBe(4401)
  }, 60_000)
})
