import { beforeEach, describe, expect, test } from 'bun:test'
import { createServer, type Server, type Socket } from 'node:net'
import { endAfter } from '../support/ending.ts'
import { type Journal, openJournal } from '../support/journal.ts'
import { openLinked } from '../support/linked.ts'
import { startOrchestrator } from '../support/orchestrator.ts'

let journal: Journal

beforeEach(async () => {
  journal = await openJournal()
})

const linked = (options: Parameters<typeof openLinked>[1]) => openLinked(journal, { projects: ['alpha'], ...options })

/** A TCP server that says what it wants. */
async function rawServer(answer: (socket: Socket, request: string) => void): Promise<{ url: string; close(): void }> {
  const sockets = new Set<Socket>()
  const listener = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => sockets.delete(socket))
    socket.once('data', (request) => answer(socket, request.toString()))
  }
  const [server, port] = await listenBelowEphemeral(listener)
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  endAfter('test', close)
  return { url: `ws://localhost:${port}/`, close }
}

async function listenBelowEphemeral(listener: (socket: Socket) => void): Promise<[Server, number]> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const server = createServer(listener)
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, 'localhost', () => resolve(true))
    })
    if (isFree) return [server, port]
  }
}

function accepted(request: string): string {
  const key = /Sec-WebSocket-Key: (.*)\r\n/i.exec(request)?.[1] ?? ''
  const accept = new Bun.CryptoHasher('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
}

const GARBAGE: [string, string | Uint8Array, RegExp][] = [
  ['text that is not JSON', 'hello {', /not JSON/],
  ['an empty frame', '', /not JSON/],
  ['half of a frame', '{"type":"tdd_transition","story', /not JSON/],
  ['an array', '[{"type":"tdd_transition"}]', /not a JSON object/],
  ['a number', '7', /not a JSON object/],
  ['null', 'null', /not a JSON object/],
  ['no type', '{"project":"alpha"}', /without a type/],
  ['a type that is no text', '{"type":{"a":1}}', /without a type/],
  ['an unknown type', '{"type":"tdd_transformation","project":"alpha"}', /./],
  ['a wrong field', '{"type":"tdd_transition","project":"alpha","story_id":7,"new_state":"design"}', /story_id/],
  ['a missing field', '{"type":"workflow_transition","project":"alpha"}', /new_state/],
  ['deep nesting', `{"type":"x-deep","a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, /deeper/],
  ['2 MiB', JSON.stringify({ type: 'x-large', text: 'a'.repeat(2 * 1024 * 1024) }), /larger than 1 MiB/],
  ['1 MiB of characters that take more bytes', JSON.stringify({ type: 'x-large', text: 'é'.repeat(700_000) }), /larger than 1 MiB/],
  ['a binary frame', new Uint8Array([0x7b, 0x7d]), /binary/],
  ['a history that is no list', '{"type":"transition_history","history":{"a":1}}', /without a list/],
  ['cycles that are no object', '{"type":"current_state","tdd_cycles":[1]}', /not an object/],
]

describe('security 19, 23: a frame of garbage is counted and the next one is stored', () => {
  test.each(GARBAGE)('%s', async (_, frame, problem) => {
    const server = await startOrchestrator()
    const link = linked({ url: server.url })
    await server.until(() => server.requests().length >= 2)
    server.sendRaw(frame)
    server.transition('alpha', 'story-1', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-1').length > 0)
    const health = await link.until(({ refused }) => refused > 0)
    expect(health).toMatchObject({ state: 'connected', refused: 1, lastProblem: expect.stringMatching(problem) })
    expect(journal.events('alpha').filter(({ type }) => type !== 'reports_lost')).toHaveLength(1)
    expect(link.errors).toEqual([])
    expect(server.connections()).toBe(1)
  })

  test('security 22: keys that mean something to the language stay plain fields', async () => {
    const server = await startOrchestrator()
    linked({ url: server.url })
    await server.until(() => server.requests().length >= 2)
    server.sendRaw(
      `{"type":"x-odd","project":"alpha","timestamp":"t","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`,
    )
    server.sendRaw(`{"type":"current_state","tdd_cycles":{"__proto__":{"current_state":"design","project":"alpha"}}}`)
    server.transition('alpha', 'story-1', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-1').length > 0)
    expect({}).not.toHaveProperty('polluted')
  })

  test('a flood of foreign names takes bounded memory', async () => {
    const server = await startOrchestrator()
    const link = linked({ url: server.url })
    await server.until(() => server.requests().length >= 2)
    for (let count = 0; count < 300; count++) server.transition(`stranger-${count}${'x'.repeat(200)}`, 'story-1', [null, 'design'])
    const { droppedProjects } = await link.until((health) => health.droppedProjects.reduce((sum, { count }) => sum + count, 0) === 300)
    expect(droppedProjects).toHaveLength(21)
    expect(droppedProjects.at(-1)).toEqual({ name: '(others)', count: 280 })
    expect(Math.max(...droppedProjects.map(({ name }) => name.length))).toBeLessThanOrEqual(63)
  })
})

describe('security 19: a server that is none is dialled again, and people are told why', () => {
  const http =
    (status: string, more = '') =>
    (socket: Socket) =>
      void socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 2\r\n${more}\r\nhi`)

  test.each<[string, (socket: Socket, request: string) => void, RegExp]>([
    ['answers a web page', http('200 OK'), /^HTTP 200 instead of a websocket at ws:/],
    ['wants a token', http('401 Unauthorized'), /^HTTP 401 instead of a websocket \(check the token\)/],
    ['redirects', http('302 Found', 'location: ws://localhost:1/\r\n'), /^HTTP 302 instead/],
    ['hangs up', (socket) => socket.end(), /at ws:\/\/localhost|by ws:\/\/localhost/],
    ['speaks another protocol', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'), /Invalid response/],
    ['says nothing', () => undefined, /^no answer within 0\.1 s from ws:/],
    [
      'sends half a character',
      (socket, request) => socket.write(Buffer.concat([Buffer.from(accepted(request)), Buffer.from([0x81, 3, 0xe2, 0x82, 0x22])])),
      /not UTF-8/,
    ],
    [
      'breaks the framing',
      (socket, request) => socket.write(Buffer.concat([Buffer.from(accepted(request)), Buffer.from([0xff, 0xff, 0, 1])])),
      /at ws:|by ws:/,
    ],
    [
      'closes at once',
      (socket, request) =>
        socket.end(Buffer.concat([Buffer.from(accepted(request)), Buffer.from([0x88, 5, 0x0f, 0xa0, 0x62, 0x79, 0x65])])),
      /code 4000 \(bye\)/,
    ],
    ['connects and falls mute', (socket, request) => void socket.write(accepted(request)), /^nothing heard from ws:/],
  ])('%s', async (_, answer, problem) => {
    const { url } = await rawServer(answer)
    const link = linked({ url, timing: { connectMs: 100, silentMs: 100, muteMs: 100 } })
    const health = await link.until(({ state, attempts }) => state === 'waiting' && attempts >= 2)
    expect(health.lastProblem).toMatch(problem)
    expect(health.lastProblem).not.toMatch(/trying again/)
    expect(link.errors).toEqual([])
  })

  test.each([
    ['nobody listens', 'ws://localhost:1/', /^connection refused at ws:\/\/localhost:1\//],
    ['the name is unknown', 'ws://no-such-host.invalid:8080/', /^host name not found at ws:\/\/no-such-host\.invalid:8080\//],
    ['the address is none', 'not an address', /^not an address is not a websocket address/],
  ])('%s', async (_, url, problem) => {
    const link = linked({ url })
    const health = await link.until(({ state, attempts }) => state === 'waiting' && attempts >= 2)
    expect(health.lastProblem).toMatch(problem)
  })

  test('TLS where there is none', async () => {
    const server = await startOrchestrator()
    const health = await linked({ url: server.url.replace('ws:', 'wss:') }).until(({ state }) => state === 'waiting')
    expect(health.lastProblem).toMatch(/^TLS handshake failed/)
  })

  test('and the real one in its place is followed', async () => {
    const { url, close } = await rawServer((socket) => socket.end('HTTP/1.1 500 No\r\n\r\n'))
    const link = linked({ url })
    await link.until(({ state }) => state === 'waiting')
    close()
    const server = await startOrchestrator({ port: Number(new URL(url).port) })
    await server.until(() => server.requests().length >= 2)
    server.transition('alpha', 'story-1', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-1').length > 0)
  })
})
