import { connect } from 'node:net'
import { beforeAll, describe, expect, test } from 'bun:test'
import { within } from '../support/eventually.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { csrfTokenOf, makeToken, SIGNED_IN, signedIn } from '../support/signed-in.ts'

const LISTED = 'https://tools.example.com'
const CONFIG = `security: { allowed_origins: ["${LISTED}", "https://wiki.example.com:8443"] }\n`

let open: RunningServer
let closed: RunningServer
let cookie: string
let bearer: string
beforeAll(async () => {
  open = await startServer({ lifetime: 'file', config: CONFIG })
  closed = await startServer({ lifetime: 'file', config: CONFIG, env: SIGNED_IN })
  cookie = await signedIn(closed)
  bearer = await makeToken({ dataDir: closed.dataDir, env: SIGNED_IN }, '--scopes', 'read')
})

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
const HANDSHAKE = ['Upgrade: websocket', 'Connection: Upgrade', KEY, 'Sec-WebSocket-Version: 13']

/** The status of the answer to these lines, sent as they are. */
async function status({ port }: RunningServer, fields: readonly string[], first = 'GET /live/ HTTP/1.1'): Promise<number> {
  const socket = connect(port, '127.0.0.1')
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  socket.on('data', (bytes) => resolve(bytes.toString('latin1')))
  socket.on('close', () => resolve(''))
  socket.on('error', reject)
  socket.write(`${[first, `Host: localhost:${port}`, ...fields].join('\r\n')}\r\n\r\n`)
  const answer = await within(10_000, 'the answer to a handshake', promise).finally(() => socket.destroy())
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
}

/** Origins that are not ours, though some look like it. */
const STRANGERS = (port: number) => [
  'null',
  '',
  'https://evil.example',
  `https://localhost:${port}`,
  'http://localhost',
  'http://localhost:1',
  `http://localhost:${port}.evil.example`,
  `http://localhost:${port}@evil.example`,
  `http://evil.example@localhost:${port}`,
  `http://localhost:${port}/`,
  `http://localhost:${port}/x`,
  `http://127.0.0.1:${port}`,
  'file://',
  `http://localhost:${port}, ${LISTED}`,
  'http://tools.example.com',
  'https://tools.example.com.evil.tld',
  'https://eviltools.example.com',
  'https://x.tools.example.com',
  'https://tools.example.com:444',
  'https://user@tools.example.com',
  'https://wiki.example.com',
  'https://TOOLS.example.com%00',
]

describe('security 01: a websocket opens for pages of this service and of listed sites alone', () => {
  test('20 origins of others, and those that may', async () => {
    for (const server of [open, closed]) {
      const own = server === closed ? [`Cookie: ${cookie}`] : []
      const strangers = STRANGERS(server.port)
      const answers = await Promise.all(
        strangers.map(async (origin) => [origin, await status(server, [...HANDSHAKE, ...own, `Origin: ${origin}`])]),
      )
      expect(answers).toEqual(strangers.map((origin) => [origin, 403]))
      for (const origin of [`http://localhost:${server.port}`, LISTED, 'https://wiki.example.com:8443']) {
        expect([origin, await status(server, [...HANDSHAKE, ...own, `Origin: ${origin}`])]).toEqual([origin, 101])
      }
    }
  })

  test('a browser that is signed in says whose page it is; programs send a token', async () => {
    expect(await status(closed, [...HANDSHAKE, `Cookie: ${cookie}`])).toBe(403)
    expect(await status(closed, [...HANDSHAKE, `Authorization: Bearer ${bearer}`])).toBe(101)
    expect(await status(open, HANDSHAKE)).toBe(101)
  })

  test('where a public address is configured, its pages and those of this machine may', async () => {
    const server = await startServer({ env: { ALLOW_OPEN: 'true', PUBLIC_URL: 'https://visualizer.example.com' } })
    const asked = (...fields: string[]) => status(server, [...HANDSHAKE, ...fields])
    expect(await asked('Origin: https://visualizer.example.com')).toBe(101)
    expect(await asked(`Origin: http://localhost:${server.port}`)).toBe(101)
    // A name of a stranger that leads here (DNS rebinding).
    const rebound = await status(server, [...HANDSHAKE, 'Origin: http://evil.example', 'X-Forwarded-Host: evil.example'])
    expect(rebound).toBe(403)
  })

  test('behind a proxy that speaks https, its pages may where the proxy is trusted', async () => {
    const fields = [...HANDSHAKE, 'X-Forwarded-Proto: https', `Origin: https://localhost:${open.port}`]
    expect(await status(open, fields)).toBe(101)
    const distrustful = await startServer({ config: 'security: { trusted_proxies: [] }\n' })
    const origin = `https://localhost:${distrustful.port}`
    const refusal = await fetch(`${distrustful.url}/pins`, { method: 'POST', headers: { origin, 'x-forwarded-proto': 'https' } })
    expect([refusal.status, ((await refusal.json()) as { error: string }).error]).toEqual([403, expect.stringContaining('TRUSTED_PROXIES')])
  })
})

test('security 02: a handshake is one', async () => {
  const without = (name: string, ...instead: string[]) => [...HANDSHAKE.filter((line) => !line.startsWith(`${name}:`)), ...instead]
  const CASES: [string, readonly string[], string?][] = [
    ['no Upgrade', without('Upgrade')],
    ['another Upgrade', without('Upgrade', 'Upgrade: h2c')],
    ['no Connection', without('Connection')],
    ['Connection: keep-alive', without('Connection', 'Connection: keep-alive')],
    ['Connection that only looks like it', without('Connection', 'Connection: x-upgrade-y')],
    ['no version', without('Sec-WebSocket-Version')],
    ['version 8', without('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 8')],
    ['version 013', without('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 013')],
    ['no key', without('Sec-WebSocket-Key')],
    ['a short key', without('Sec-WebSocket-Key', 'Sec-WebSocket-Key: YQ==')],
  ]
  const statuses = await Promise.all(CASES.map(async ([what, fields]) => [what, await status(open, fields)]))
  expect(statuses).toEqual(CASES.map(([what]) => [what, 400]))
  expect(await status(open, without('Connection', 'Connection: keep-alive, Upgrade'))).toBe(101)
  expect([400, 405]).toContain(await status(open, [...HANDSHAKE, 'Content-Length: 0'], 'POST /live/ HTTP/1.1'))
  expect(await status(open, HANDSHAKE, 'HEAD /live/ HTTP/1.1')).toBe(400)
})

describe('security 13: pages of listed sites may call the API, others may not', () => {
  const preflight = (server: RunningServer, origin: string, path = '/api/v1/projects') =>
    fetch(`${server.url}${path}`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    })
  const allowed = ({ headers }: Response) => headers.get('access-control-allow-origin')

  test('a preflight names the methods and fields', async () => {
    for (const server of [open, closed]) {
      const answer = await preflight(server, LISTED)
      expect([answer.status, allowed(answer), await answer.text()]).toEqual([204, LISTED, ''])
      expect(Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary'))).toEqual({
        'access-control-allow-origin': LISTED,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers':
          'Content-Type, Authorization, Idempotency-Key, If-None-Match, Last-Event-ID, X-Visualizer-Project, X-CSRF-Token',
        'access-control-max-age': '600',
        vary: 'Origin',
      })
    }
  })

  test('20 origins of others are named nowhere', async () => {
    for (const origin of STRANGERS(open.port).filter((one) => one !== '')) {
      const fields = { origin }
      for (const answer of [await preflight(open, origin), await fetch(`${open.url}/api/v1/projects`, { headers: fields })]) {
        expect([origin, allowed(answer), answer.headers.get('access-control-allow-credentials')]).toEqual([origin, null, null])
        expect(answer.headers.get('vary')).toContain('Origin')
      }
      const change = await fetch(`${open.url}/api/v1/projects`, {
        method: 'POST',
        headers: { ...fields, 'content-type': 'application/json' },
        body: '{"name":"x"}',
      })
      expect([origin, change.status, allowed(change)]).toEqual([origin, 403, null])
    }
  })

  test('answers, refusals too, are readable for listed sites, with what they need to go on', async () => {
    const refused = await fetch(`${closed.url}/api/v1/projects`, { headers: { origin: LISTED } })
    expect([refused.status, allowed(refused)]).toEqual([401, LISTED])
    const missing = await fetch(`${open.url}/api/v1/projects/none`, { headers: { origin: LISTED } })
    expect([missing.status, allowed(missing)]).toEqual([404, LISTED])
    const list = await fetch(`${open.url}/api/v1/projects`, { headers: { origin: LISTED } })
    expect([list.status, allowed(list), list.headers.get('access-control-expose-headers')]).toEqual([
      200,
      LISTED,
      expect.stringContaining('ETag'),
    ])
    expect(list.headers.get('vary')).toContain('Origin')
  })

  test('with the session of a reader they read, and change with the token that they are given', async () => {
    const own = { origin: LISTED, cookie, 'sec-fetch-site': 'same-site' }
    const list = await fetch(`${closed.url}/api/v1/projects`, { headers: own })
    const token = list.headers.get('x-csrf-token')
    expect([list.status, list.headers.get('access-control-allow-credentials'), token]).toEqual([200, 'true', expect.any(String)])
    const create = (headers: Record<string, string>) =>
      fetch(`${closed.url}/api/v1/projects`, {
        method: 'POST',
        headers: { ...own, 'content-type': 'application/json', ...headers },
        body: '{"name":"listed"}',
      })
    expect((await create({})).status).toBe(403)
    expect((await create({ 'x-csrf-token': token! })).status).toBe(201)
    // Nobody else is given one.
    expect((await fetch(`${closed.url}/api/v1/projects`, { headers: { cookie } })).headers.get('x-csrf-token')).toBeNull()
    expect(await csrfTokenOf(closed.url, cookie)).not.toBe('')
  })

  test('pages are for nobody else', async () => {
    expect(allowed(await fetch(open.url, { headers: { origin: LISTED } }))).toBeNull()
  })
})
