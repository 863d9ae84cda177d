import { beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../support/command.ts'
import { temporaryFolder } from '../support/ending.ts'
import { eventually, within } from '../support/eventually.ts'
import { type Receiver, startReceiver } from '../support/otlp-receiver.ts'
import { type RedisServer, startRedis, watchCommands } from '../support/redis.ts'
import { type RunningServer, runProgram, startServer } from '../support/server.ts'
import { cookieFor, csrfTokenOf, linkCode, makeToken } from '../support/signed-in.ts'

/** What nobody may find again, by where it was given. */
const CANARY: Record<string, string> = {
  SECRET_KEY: 'Canary1xW1tB7nH5rLc8dPf2yGm6sJa4uQe0iRoTzVxY',
  SECRET_KEY_PREVIOUS: 'Canary2xW1tB7nH5rLc8dPf2yGm6sJa4uQe0iRoTzVxQ',
  redis: 'Canary3-redis-password',
  orchestrator: 'Canary4-orchestrator-token',
  otlp: 'Canary5-collector-token',
  METRICS_TOKEN: 'Canary14-of-those-who-scrape-figures',
  header: 'Canary6-of-a-header',
  query: 'Canary7-of-a-query',
  wrongToken: `vis_Canary8abc_${'Canary8'.repeat(6)}x`,
  wrongLink: 'Canary9'.repeat(6).padEnd(43, 'x'),
  wrongCookie: `${'Canary10'.repeat(5)}abc.${'Canary10'.repeat(5)}abc`,
  wrongCsrf: 'Canary11-of-a-form',
  reported: 'ghp_Canary12Canary12Canary12Canary12abcd',
  refused: 'Canary13-of-a-body-that-is-refused',
}

const folder = temporaryFolder('file')
const [LOG_FILE, ACCESS_LOG_FILE] = [join(folder, 'app.log'), join(folder, 'access.log')]
const commands: string[] = []
/** Everything that the service answered. */
const answered: string[] = []
let redis: RedisServer
let receiver: Receiver
let server: RunningServer
let env: Record<string, string>

beforeAll(async () => {
  ;[redis, receiver] = await Promise.all([startRedis({ lifetime: 'file' }), startReceiver({ lifetime: 'file' })])
  await redis.cli('config', 'set', 'requirepass', CANARY['redis'] ?? '')
  env = {
    AUTH: 'token',
    ...{ SECRET_KEY: CANARY['SECRET_KEY'] ?? '', SECRET_KEY_PREVIOUS: CANARY['SECRET_KEY_PREVIOUS'] ?? '' },
    REDIS_URL: redis.url.replace('//', `//:${CANARY['redis']}@`),
    METRICS_TOKEN: CANARY['METRICS_TOKEN'] ?? '',
    ...{ LOG_LEVEL: 'DEBUG', LOG_FILE, ACCESS_LOG_FILE },
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_METRIC_EXPORT_INTERVAL: '500' },
    OTEL_EXPORTER_OTLP_HEADERS: `x-token=${CANARY['otlp']}`,
  }
  const config = `orchestrators: { main: { url: "ws://localhost:9", token: ${CANARY['orchestrator']} } }\n`
  server = await startServer({ lifetime: 'file', env, config })
}, 60_000)

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${server.url}${path}`, { redirect: 'manual', ...init })
  answered.push([...response.headers].join('\n'), await response.clone().text())
  return response
}

/** Asks without keeping the answer: a page that leads to sign-in and back says to its reader where that is. */
const unheard = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, { redirect: 'manual', ...init })

/** Opens a websocket, and gives back its first frame, or the code that it was closed with. */
async function firstOf(path: string, headers: Record<string, string> = {}, protocols: string[] = []): Promise<string | number> {
  const { promise, resolve } = Promise.withResolvers<string | number>()
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, { headers, protocols } as never)
  socket.addEventListener('message', ({ data }) => resolve(String(data)))
  socket.addEventListener('close', ({ code }) => resolve(code))
  const first = await within(10_000, `a word of ${path}`, promise)
  socket.close()
  answered.push(String(first))
  return first
}

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const PAGE = { accept: 'text/html' }

test('security 04: a websocket takes the cookie of a session or a token in a field, there is no ticket; in an address no token is ever taken', async () => {
  const token = await makeToken({ dataDir: server.dataDir, env }, '--scopes', 'admin')
  CANARY['token'] = token.slice(-43)
  const code = await linkCode({ dataDir: server.dataDir, env })
  CANARY['link'] = code
  const cookie = await cookieFor(server.url, code)
  const value = cookie.split('=')[1] ?? ''
  CANARY['session'] = value.split('.')[0] ?? ''
  expect(await firstOf('/live/attention', { cookie, origin: server.url })).toBeString()
  expect(await firstOf('/live/attention', { authorization: `Bearer ${token}` })).toBeString()
  const names = [
    'token',
    'access_token',
    'authorization',
    'Authorization',
    'bearer',
    'auth',
    'api_key',
    'key',
    'ticket',
    'session',
    'visualizer',
  ]
  const addresses = [...names.flatMap((name) => [`?${name}=${token}`, `?${name}=Bearer%20${token}`, `?${name}=${value}`])]
  for (const address of addresses) {
    expect([address, (await unheard(`/${address}`, { headers: PAGE })).status]).toEqual([address, 302])
    expect([address, (await unheard(`/projects/apollo${address}`, { headers: PAGE })).status]).toEqual([address, 302])
    expect([address, (await unheard(`/api/v1/projects${address}`)).status]).toEqual([address, 401])
    expect([
      address,
      (await unheard(`/api/v1/projects/apollo/events${address}`, { method: 'POST', headers: JSON_TYPE, body: '{"type":"x-a"}' })).status,
    ]).toEqual([address, 401])
  }
  for (const address of addresses.slice(0, 6)) expect([address, await firstOf(`/live/attention${address}`)]).toEqual([address, 4401])
  const withUser = await fetch(`${server.url.replace('//', `//visualizer:${token}@`)}/api/v1/projects`)
  expect(withUser.status).toBe(401)
  const body = new URLSearchParams({ access_token: token, authorization: `Bearer ${token}` }).toString()
  expect((await unheard('/projects/apollo/archive', { method: 'POST', headers: FORM_TYPE, body })).status).toBe(401)
}, 60_000)

test('security 34: whoever is unknown and whoever is known but wrong are answered the same', async () => {
  const token = await makeToken({ dataDir: server.dataDir, env }, '--scopes', 'read')
  const link = await linkCode({ dataDir: server.dataDir, env })
  await cookieFor(server.url, link)
  const spoken = async (response: Response) => {
    const text = (await response.text()).replaceAll(/"(request_id|timestamp)":"[^"]*"/g, '')
    return { status: response.status, text: text.replaceAll(/nonce="[^"]*"/g, ''), fields: [...response.headers.keys()].toSorted() }
  }
  const bearer = async (text: string) => spoken(await ask('/api/v1/projects', { headers: { authorization: `Bearer ${text}` } }))
  const unknown = await bearer(`vis_abcdefghij_${'a'.repeat(43)}`)
  expect(unknown.status).toBe(401)
  for (const wrong of [
    token.slice(0, -1) + (token.endsWith('a') ? 'b' : 'a'),
    `${token.slice(0, -43)}${'a'.repeat(43)}`,
    'nothing',
    CANARY['wrongToken'] ?? '',
  ])
    expect(await bearer(wrong)).toEqual(unknown)
  const signIn = async (text: string) =>
    spoken(
      await ask('/login', { method: 'POST', headers: { ...FORM_TYPE, ...PAGE }, body: new URLSearchParams({ link: text }).toString() }),
    )
  const never = await signIn('a'.repeat(43))
  expect(never.status).toBe(400)
  expect(await signIn(link)).toEqual(never)
  expect(await signIn(CANARY['wrongLink'] ?? '')).toEqual(never)
  const withCookie = async (value: string) => spoken(await ask('/api/v1/projects', { headers: { cookie: `visualizer=${value}` } }))
  const nobody = await withCookie('a.b')
  for (const value of [CANARY['wrongCookie'] ?? '', `${CANARY['session']}.${'a'.repeat(43)}`, ''])
    expect(await withCookie(value)).toEqual(nobody)
})

/** Ids that would be other keys, patterns or commands, were they written into keys as they are. */
const IDS = ['a}:{b', '*', '{visualizer}', 'a\r\nFLUSHALL\r\n', 'visualizer:session:x', '../x', '%', 'é', 'k'.repeat(100), '?[a-z]*']

test('security 36: whatever ids hold, keys in Redis are ours, and no command looks through them', async () => {
  await redis.cli('-a', CANARY['redis'] ?? '', 'config', 'set', 'requirepass', '')
  await watchCommands(redis.port, (line) => commands.push(line))
  await redis.cli('config', 'set', 'requirepass', CANARY['redis'] ?? '')
  const token = await makeToken({ dataDir: server.dataDir, env }, '--scopes', 'admin', '--projects', '*')
  const headers = { authorization: `Bearer ${token}`, ...JSON_TYPE }
  for (const [index, id] of IDS.entries()) {
    const events = [
      { type: 'tdd_transition', story_id: id, new_state: 'design', id: `${id}1` },
      { type: 'agent_status', agent_id: id, agent_type: id, status: 'working' },
      { type: 'chat_message', message: id.repeat(100), user_id: id },
    ]
    const path = `/api/v1/projects/keys-${index}/events`
    await ask(path, { method: 'POST', headers, body: JSON.stringify(events) })
    const key = id.replaceAll(/[^ -~]/g, '-')
    await ask(path, { method: 'POST', headers: { ...headers, 'idempotency-key': key }, body: '{"type":"x-a"}' })
    for (const part of [`projects/${encodeURIComponent(id)}`, `projects/keys-${index}/stories/${encodeURIComponent(id)}`])
      await ask(`/${part}`, { headers })
    await ask('/api/v1/projects', { headers: { cookie: `visualizer=${encodeURIComponent(id)}.${'a'.repeat(43)}` } })
  }
  const keys = (await redis.cli('-a', CANARY['redis'] ?? '', '--no-auth-warning', 'keys', '*')).split('\n')
  expect(keys.length).toBeGreaterThan(IDS.length)
  expect(keys.filter((key) => !/^visualizer:(\{[a-z0-9]+\}:)?[A-Za-z0-9._%:-]+$/.test(key))).toEqual([])
  expect(commands.length).toBeGreaterThan(IDS.length)
  expect(
    commands.filter((line) => /\] "(keys|flush\w*|randomkey|config|scan)"/i.test(line) && !/"config" "(get|set)"|"keys" "\*"/i.test(line)),
  ).toEqual([])
})

describe('security 38: nothing that was secret is found again', () => {
  beforeAll(useEverything, 120_000)

  const found = (text: string) =>
    Object.entries(CANARY)
      .filter(([, secret]) => text.includes(secret))
      .map(([where]) => where)
  const filesIn = (place: string) =>
    readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))

  test('in logs', () => {
    const logs = [server.logs(), ...filesIn(folder)].join('\n')
    expect(logs.length).toBeGreaterThan(10_000)
    expect(logs.split('\n').filter((line) => found(line).length > 0)).toEqual([])
  })

  test('in traces and metrics', async () => {
    const scraped = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${CANARY['METRICS_TOKEN']}` } })
    expect(scraped.status).toBe(200)
    const figures = await scraped.text()
    await eventually(() => receiver.spans.length > 50 && receiver.metrics.length > 0)
    expect(receiver.bodies.some(({ headers }) => headers.get('x-token') === CANARY['otlp'])).toBe(true)
    expect(found([figures, ...receiver.bodies.map(({ body }) => body.toString('latin1'))].join('\n'))).toEqual([])
  })

  test('in pages, answers, errors and frames', () => {
    expect(answered.length).toBeGreaterThan(100)
    expect(found(answered.join('\n'))).toEqual([])
  })

  test('in the store: files, Redis and what it was told', async () => {
    await redis.cli('-a', CANARY['redis'] ?? '', '--no-auth-warning', 'save')
    const file = readFileSync(join(await redisFolder(), 'dump.rdb'), 'latin1')
    const lists = commands.filter((line) => !/"(auth|config|hello)"/i.test(line))
    expect(file.length).toBeGreaterThan(1_000)
    expect(found([file, ...lists, ...filesIn(server.dataDir)].join('\n'))).toEqual([])
  })

  test('in exports', async () => {
    const out = join(temporaryFolder(), 'export.html')
    const token = await makeToken({ dataDir: server.dataDir, env }, '--scopes', 'read')
    const ran = await runProgram(['export', 'apollo', '--url', server.url, '--out', out], { VISUALIZER_TOKEN: token })
    expect([ran.exitCode, ran.stderr]).toEqual([0, ''])
    const recording = readFileSync(out, 'utf8')
    const packed = [...recording.matchAll(/id="replay-(?:pieces|moments)">([^<]*)</g)].map(([, text = '']) =>
      Buffer.from(Bun.gunzipSync(Buffer.from(text, 'base64'))).toString(),
    )
    expect(packed.length).toBe(2)
    const all = [recording, ...packed, ran.stdout].join('\n')
    expect(found(all)).toEqual([])
    expect(all).not.toContain(token.slice(-43))
  }, 30_000)

  test('in the bill of materials', async () => {
    const variables = { SECRET_KEY: CANARY['SECRET_KEY'] ?? '', REDIS_URL: env['REDIS_URL'] ?? '', VISUALIZER_TOKEN: CANARY['token'] ?? '' }
    const { exitCode, output } = await runCommand(['npm', 'run', '--silent', 'sbom'], { env: variables, deadlineMs: 60_000 })
    expect([exitCode, output.includes('CycloneDX')]).toEqual([0, true])
    expect(found(output)).toEqual([])
  }, 60_000)
})

const redisFolder = async () =>
  (await redis.cli('-a', CANARY['redis'] ?? '', '--no-auth-warning', 'config', 'get', 'dir')).split('\n').at(-1) ?? ''

/** Sends secrets wherever a request may hold one, to everything that answers. */
async function useEverything() {
  const token = await makeToken({ dataDir: server.dataDir, env }, '--scopes', 'admin')
  CANARY['secondToken'] = token.slice(-43)
  const code = await linkCode({ dataDir: server.dataDir, env })
  CANARY['secondLink'] = code
  const cookie = await cookieFor(server.url, code)
  CANARY['secondSession'] = cookie.split('=')[1]?.split('.')[0] ?? ''
  const csrf = await csrfTokenOf(server.url, cookie)
  CANARY['csrf'] = csrf
  const odd = {
    'x-api-key': CANARY['header'] ?? '',
    referer: `http://u:${CANARY['header']}@elsewhere/?${CANARY['query']}`,
    baggage: `k=${CANARY['header']}`,
  }
  const bearer = { ...odd, authorization: `Bearer ${token}` }
  const send = (body: object, path = '/api/v1/projects/apollo/events') =>
    ask(path, { method: 'POST', headers: { ...bearer, ...JSON_TYPE }, body: JSON.stringify(body) })
  const text = `run with ${CANARY['reported']} now`
  const reported = [
    { type: 'chat_message', message: text, user_id: 'mara' },
    {
      type: 'agent_activity',
      agent_type: 'CodeAgent',
      agent_id: 'a-1',
      status: 'started',
      action: text,
      tool: 'Bash',
      detail: { command: text },
    },
    { type: 'approval_requested', approval_id: 'q-1', title: text, kind: 'command', description: text },
    { type: 'error_state', error_message: text },
  ]
  expect((await send(reported)).status).toBe(202)
  expect(
    (await send({ type: 'workflow_transitions', note: CANARY['refused'] }, `/api/v1/projects/apollo/events?token=${CANARY['query']}`))
      .status,
  ).toBe(400)
  const pages = [
    '/',
    '/projects/apollo',
    '/projects/apollo/chat',
    '/projects/apollo/activity',
    '/projects/apollo/events/1',
    '/settings',
    '/audit',
    '/login',
    '/nowhere',
  ]
  // A page holds its own token for what changes something, and nothing else of the kind.
  for (const path of pages) {
    const response = await fetch(`${server.url}${path}?token=${CANARY['query']}`, {
      headers: { ...odd, ...PAGE, cookie },
      redirect: 'manual',
    })
    answered.push((await response.text()).replaceAll(CANARY['query'] ?? '', ''))
  }
  for (const path of [
    '/api/v1/projects',
    '/api/v1/status',
    '/api/v1/projects/apollo/state',
    '/api/v1/projects/apollo/events',
    '/ready',
    '/api/v1/tokens',
  ])
    expect([path, (await ask(path, { headers: bearer })).status]).toEqual([path, 200])
  await firstOf(`/live/projects/apollo?token=${CANARY['query']}`, { cookie, origin: server.url, 'x-csrf-token': CANARY['wrongCsrf'] ?? '' })
  const form = { ...odd, ...FORM_TYPE, ...PAGE, cookie }
  const wrong = new URLSearchParams({ _csrf: CANARY['wrongCsrf'] ?? '' }).toString()
  expect(
    (
      await ask('/projects/apollo/archive', {
        method: 'POST',
        headers: { ...form, 'x-csrf-token': CANARY['wrongCsrf'] ?? '' },
        body: wrong,
      })
    ).status,
  ).toBe(403)
  const right = { ...form, origin: server.url, 'x-csrf-token': csrf }
  expect((await ask('/projects/apollo/archive', { method: 'POST', headers: right, body: `note=${CANARY['refused']}` })).status).toBe(303)
  await ask('/api/v1/projects', { headers: { authorization: `Bearer ${CANARY['wrongToken']}` } })
  await ask('/api/v1/projects', { headers: { cookie: `visualizer=${CANARY['wrongCookie']}` } })
  await ask('/login', {
    method: 'POST',
    headers: { ...FORM_TYPE, ...PAGE },
    body: new URLSearchParams({ link: CANARY['wrongLink'] ?? '' }).toString(),
  })
  await ask('/logout', { method: 'POST', headers: right })
}
