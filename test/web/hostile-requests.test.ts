import { beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { temporaryFolder } from '../support/ending.ts'
import { eventually, within } from '../support/eventually.ts'
import { HIDDEN_PATH, HIDING_REQUESTS } from '../support/odd-requests.ts'
import { ODD_TEXTS } from '../support/odd-texts.ts'
import { rawAnswer } from '../support/raw-http.ts'
import { call, report } from '../support/report.ts'
import { appRoutes, filledIn } from '../support/routes.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const ACCESS_LOG_FILE = join(temporaryFolder('file'), 'access.log')
let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file', env: { LOG_FORMAT: 'json', ACCESS_LOG_FILE } })
  await report(server, 'apollo', { type: 'x-step' })
})

const request = (target: string, ...fields: string[]) => [`GET ${target} HTTP/1.1`, 'Host: localhost', ...fields, '', ''].join('\r\n')

/** What a server answers to these bytes until it closes the connection, or until as many answers as are wanted have begun. */
async function answers(bytes: string, wanted = Infinity): Promise<number[]> {
  const socket = connect(server.port, '127.0.0.1')
  const { promise, resolve } = Promise.withResolvers<void>()
  const statuses: number[] = []
  socket.setEncoding('latin1')
  socket.on('data', (text) => {
    statuses.push(...[...String(text).matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status)))
    if (statuses.length >= wanted) resolve()
  })
  socket.on('close', () => resolve())
  socket.on('error', () => resolve())
  socket.write(Buffer.from(bytes, 'latin1'))
  await within(20_000, `the answers to ${bytes.slice(0, 60)}`, promise)
  socket.destroy()
  return statuses
}

const UP = [
  '../',
  '..%2f',
  '%2e%2e/',
  '%2e%2e%2f',
  '..%5c',
  '..\\',
  '....//',
  '..;/',
  '%252e%252e%252f',
  '..%c0%af',
  '..%00/',
  '%uff0e%uff0e/',
]
const AIMS = ['etc/passwd', 'package.json', 'src/main.ts', 'events.sqlite', 'proc/self/environ']
const DOORS = ['/', '/static/', '/projects/', '/projects/apollo/stories/', '/api/v1/projects/', '/live/', '/auth/']
const ABSOLUTE = [
  '/etc/passwd',
  '%2fetc%2fpasswd',
  'file:///etc/passwd',
  'app.js/../../package.json',
  'app.js%00.html',
  '.',
  '..',
  '.git/config',
]
const OF_FILES = /root:.*:0:0|"devDependencies"|SQLite format|PATH=|\[core\]/

test('security 20: no spelling of a path leads to a file that is not served', async () => {
  const climbing = UP.flatMap((up) => AIMS.flatMap((aim) => [2, 8].map((depth) => up.repeat(depth) + aim)))
  const found: string[] = []
  const targets = DOORS.flatMap((door) => [...climbing, ...ABSOLUTE].map((path) => door + path))
  for (const target of targets) {
    const { status, body } = await rawAnswer(server.port, request(target, 'Connection: close'))
    // Dots that lead back to the first page are its address.
    const isFirstPage = new URL(target, server.url).pathname === '/'
    if (OF_FILES.test(body) || !(isFirstPage ? [200] : [400, 404, 301]).includes(status)) found.push(`${target} ${status}`)
  }
  expect(found).toEqual([])
}, 60_000)

test('security 22: names that every object inherits are nothing in questions, forms and settings', async () => {
  const named = '__proto__[polluted]=1&__proto__.polluted=1&constructor[prototype][polluted]=1&constructor.prototype.polluted=1&__proto__=1'
  const before = await call(server, '/api/v1/projects/apollo')
  for (const path of ['/', '/projects/apollo', '/projects/apollo/timeline', '/api/v1/projects', '/api/v1/projects/apollo/events'])
    expect([path, (await fetch(`${server.url}${path}?${named}`)).status < 500]).toEqual([path, true])
  for (const path of ['/pins', '/projects/apollo/archive', '/login']) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect([
      path,
      (await fetch(`${server.url}${path}`, { method: 'POST', headers, body: named, redirect: 'manual' })).status < 500,
    ]).toEqual([path, true])
  }
  const body = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
  const headers = { 'content-type': 'application/json' }
  expect((await call(server, '/api/v1/projects/apollo', { method: 'PATCH', headers, body })).status).toBe(400)
  const after = await call(server, '/api/v1/projects/apollo')
  expect(Object.keys(after.body)).toEqual(Object.keys(before.body))
})

describe('security 25: what is packed', () => {
  test.each(['gzip', 'deflate', 'br', 'zstd', 'compress', 'x-odd', 'identity, gzip'])(
    'as %s is taken by no address that takes a body',
    async (coding) => {
      const taken: string[] = []
      for (const route of appRoutes().filter(({ method }) => ['POST', 'PUT', 'PATCH'].includes(method))) {
        const path = filledIn(route, { name: 'apollo', id: 'S-1', offset: '1' })
        const headers = { 'content-encoding': coding, 'content-type': 'application/json', origin: server.url }
        const { status } = await fetch(`${server.url}${path}`, {
          method: route.method,
          headers,
          body: Bun.gzipSync('{"type":"x-a"}'),
          redirect: 'manual',
        })
        if (status < 400 || status >= 500) taken.push(`${route.method} ${path} ${status}`)
      }
      expect(taken).toEqual([])
    },
  )
})

const OPENING = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Version: 13']
const PACKED = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits; server_no_context_takeover'

/** Opens a websocket, sends bytes after its first frame, and gives back what the server said of extensions, and the code it closed with. */
async function closedAfter(bytes: Uint8Array): Promise<{ head: string; code: number | undefined }> {
  const socket = connect(server.port, '127.0.0.1')
  const { promise, resolve } = Promise.withResolvers<void>()
  let heard = Buffer.alloc(0)
  let isSent = false
  socket.on('data', (part) => {
    if (typeof part !== 'string') heard = Buffer.concat([heard, part])
    if (!isSent && heard.includes('\r\n\r\n')) isSent = socket.write(bytes) || true
  })
  socket.on('close', () => resolve())
  socket.on('error', () => resolve())
  socket.write(request('/live/projects/apollo', ...OPENING, PACKED))
  await within(10_000, 'the end of the websocket', promise)
  const closing = heard.lastIndexOf(Buffer.from([0x88]))
  return { head: heard.toString('latin1').split('\r\n\r\n')[0] ?? '', code: closing < 0 ? undefined : heard.readUInt16BE(closing + 2) }
}

describe('security 24, 25: a websocket', () => {
  const frame = (first: number, length: number, isWhole = true) => {
    const head = Buffer.alloc(14)
    head.writeUInt8(first, 0)
    head.writeUInt8(0xff, 1)
    head.writeBigUInt64BE(BigInt(length), 2)
    return isWhole ? Buffer.concat([head, Buffer.alloc(length)]) : head
  }
  test.each([
    ['a packed frame, which it never agreed to', frame(0xc1, 200)],
    ['a frame of more than 1 KiB', frame(0x82, 1_025)],
    ['a frame of 50 MB, at its first bytes', frame(0x82, 50_000_000, false)],
    ['a frame of all that 63 bits can count', frame(0x82, Number.MAX_SAFE_INTEGER, false)],
  ])('is closed by %s', async (_, bytes) => {
    const { head } = await closedAfter(bytes)
    expect(head).toStartWith('HTTP/1.1 101')
    expect(head).not.toMatch(/sec-websocket-extensions/i)
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
  })
})

describe('security 28: a request that hides another', () => {
  const logged = () => readFileSync(ACCESS_LOG_FILE, 'utf8')

  test('is answered once, by 400 and the end of the connection; what it hides is never asked', async () => {
    const wrong: string[] = []
    for (const [name, bytes] of HIDING_REQUESTS) {
      const statuses = await answers(bytes)
      if (statuses.join() !== '400') wrong.push(`${name}: ${statuses.join()}`)
    }
    expect(wrong).toEqual([])
    expect(logged()).not.toContain(HIDDEN_PATH)
  })

  test('is another thing than two requests, one after the other', async () => {
    expect(await answers(request('/health') + request('/after-another'), 2)).toEqual([200, 404])
    await eventually(() => logged().includes('/after-another'))
  })
})

test('security 37: whatever a request says, each is one line of the log that can be read, and steers no terminal', async () => {
  const texts = [
    ...ODD_TEXTS.map(({ text }) => text),
    '\u001b[2J\u001b]0;x\u0007',
    '{"level":"ERROR"}',
    '"\\',
    "'; DROP TABLE x",
    '%0d%0aforged',
    '${jndi:x}',
    '%s%n',
    '\u0085\u2028\u2029',
  ]
  const lines = () => readFileSync(ACCESS_LOG_FILE, 'utf8').split('\n').filter(Boolean)
  await eventually(() => lines().length > 0)
  const latin = (text: string) => text.replace(/[^\u0009\u0020-\u007e\u0080-\u00ff]/g, (odd) => encodeURIComponent(odd.toWellFormed()))
  const before = lines().length
  for (const [index, text] of texts.entries()) {
    const path = index % 2 === 0 ? `/${encodeURIComponent(text)}` : `/api/v1/projects/${encodeURIComponent(text)}/events`
    const fields = ['user-agent', 'referer', 'x-request-id', 'x-forwarded-for', 'traceparent', 'idempotency-key', 'authorization']
    const headers = Object.fromEntries(fields.slice(0, index % 3 === 0 ? 7 : 6).map((field) => [field, latin(text).slice(0, 1_000)]))
    await fetch(`${server.url}${path}`, { method: index % 2 === 0 ? 'GET' : 'POST', headers, ...(index % 2 === 0 ? {} : { body: text }) })
  }
  await eventually(() => lines().length >= before + texts.length)
  expect(lines()).toHaveLength(before + texts.length)
  for (const line of [...lines(), ...server.logs().trim().split('\n')]) {
    JSON.parse(line)
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
  }
})

test('security 39: ten thousand addresses that nobody serves add no series to the figures', async () => {
  const series = async () => (await (await fetch(`${server.url}/metrics`)).text()).split('\n').map((line) => line.replace(/ [^ ]*$/, ''))
  await fetch(`${server.url}/nothing`)
  await fetch(`${server.url}/projects/none-0`)
  const before = await series()
  const doors = ['/', '/projects/', '/api/v1/', '/api/v1/projects/', '/static/']
  for (let sent = 0; sent < 10_000; sent += 500) {
    const paths = Array.from({ length: 500 }, (_, index) => `${doors[index % 5]}none-${sent + index}`)
    await answers(paths.map((path) => request(path)).join(''), 500)
  }
  const added = (await series()).filter((line) => !before.includes(line))
  expect(added.filter((line) => /none-/.test(line))).toEqual([])
  expect(added.length).toBeLessThan(doors.length)
}, 60_000)
