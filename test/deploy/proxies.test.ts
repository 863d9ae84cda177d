import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { runCommand } from '../support/command.ts'
import { eventually } from '../support/eventually.ts'
import { type Proxy, startHaproxy, startNginx } from '../support/proxies.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { makeToken, SIGNED_IN } from '../support/signed-in.ts'

/** Whoever signed the certificate of a test. */
const UNSIGNED = { tls: { rejectUnauthorized: false } }

describe.each([
  ['nginx', startNginx],
  ['HAProxy', startHaproxy],
] as const)('the shipped %s configuration', (_, start) => {
  let server: RunningServer
  let proxy: Proxy
  let headers: Record<string, string>

  /** A request of somebody who may do everything. */
  const ask = (path: string, { headers: more, ...init }: { headers?: Record<string, string>; method?: string; body?: string } = {}) =>
    fetch(`${proxy.url}${path}`, { ...UNSIGNED, ...init, headers: { ...headers, ...more } })

  async function report(event: object): Promise<void> {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) }
    expect((await ask('/api/v1/projects/apollo/events', init)).status).toBe(202)
  }

  beforeAll(async () => {
    server = await startServer({ env: SIGNED_IN, lifetime: 'file' })
    headers = { authorization: `Bearer ${await makeToken({ dataDir: server.dataDir, env: SIGNED_IN }, '--scopes', 'admin')}` }
    proxy = await start([server.port], 'file')
    await eventually(async () => (await fetch(`${proxy.url}/health`, UNSIGNED)).ok, { withinMs: 15_000 })
  })
  afterAll(() => server.stop())

  test('leads to https', async () => {
    const response = await fetch(`${proxy.plainUrl}/projects/apollo?x=1`, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')?.replace(/:\d+/, '')]).toEqual([301, 'https://127.0.0.1/projects/apollo?x=1'])
  })

  test('passes pages on with their headers, and adds that of https', async () => {
    const response = await ask('/')
    expect(response.status).toBe(200)
    expect(response.headers.get('strict-transport-security')).toBe('max-age=63072000; includeSubDomains; preload')
    expect(response.headers.get('x-frame-options')).toBe('DENY')
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
  })

  test('security 29: tells the service that links begin with https, and by whom it was asked', async () => {
    const forged = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' }
    const page = await (await ask('/', { headers: forged })).text()
    expect(page).toContain(`Listening at ${proxy.url} for`)
  })

  test('takes the largest report that the service takes', async () => {
    await report({ type: 'x-large', text: 'x'.repeat(4_500_000) })
  })

  test('carries the websocket of a page', async () => {
    await report({ type: 'workflow_transition', new_state: 'BACKLOG_READY' })
    const heard: string[] = []
    const socket = new WebSocket(`${proxy.url.replace('https', 'wss')}/live/projects/apollo?since=`, { ...UNSIGNED, headers } as never)
    socket.addEventListener('message', ({ data }) => heard.push(String(data)))
    await eventually(() => heard.length > 0)
    await report({ type: 'workflow_transition', new_state: 'SPRINT_PLANNED' })
    await eventually(() => heard.some((text) => text.includes('SPRINT_PLANNED')))
    socket.close()
  })

  test('security 39: keeps figures from others', async () => {
    expect((await ask('/metrics')).status).toBe(200)
    expect((await fetch(`${proxy.url}/metrics`, UNSIGNED)).status).toBe(401)
    const other = ['curl', '-sk', '--interface', '127.0.0.2', '-o', '/dev/null', '-w', '%{http_code}', `${proxy.url}/metrics`]
    expect((await runCommand(other, { deadlineMs: 10_000 })).output).toBe('403')
  })
})

test.each(['option httpchk', 'option httpchk GET /health', 'option httpchk HEAD /ready', 'option httpchk OPTIONS /ready'])(
  'a service that answers to its own machine alone is up for HAProxy with "%s"',
  async (check) => {
    const server = await startServer()
    const proxy = await startHaproxy([server.port], 'test', check)
    const before = await probesOf(server)
    // After the first that fails HAProxy takes it out.
    await eventually(async () => (await probesOf(server)) >= before + 2, { withinMs: 15_000 })
    expect((await fetch(`${proxy.url}/health`, UNSIGNED)).status).toBe(200)
  },
)

/** How often a service was asked how it is, or what it knows of its first page. */
async function probesOf({ url }: RunningServer): Promise<number> {
  const figures = await (await fetch(`${url}/metrics`)).text()
  const counts = figures.matchAll(
    /^http_requests_total\{method="(?:OPTIONS|HEAD|GET)",endpoint="(?:unknown|\/health|\/ready)",.*\} (\d+)$/gm,
  )
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}
