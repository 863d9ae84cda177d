import { afterEach, expect, test } from 'bun:test'
import type { Trouble } from '../../src/projection/outages.ts'
import { Hub, type Watching } from '../../src/live/hub.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { rawWebsocket } from '../support/raw-websocket.ts'

const ended: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end()
})

/** The first frame of a socket, and what a page shows now. */
type Shows = { first?: () => string | undefined; current?: () => string | undefined }

async function serveHub(
  options: { maxViewers?: number; heartbeatSeconds?: number; troubleOf?: () => Trouble | undefined } & Shows = {},
): Promise<{ hub: Hub; url: string; left: string[]; closed(): Promise<string> }> {
  const log = createLogger({ level: 'error', outputs: [{ format: 'json', write: (line) => void process.stderr.write(line) }] })
  const metrics = createMetrics()
  const { first = () => 'first', current = () => undefined, ...settings } = options
  const hub = new Hub({ metrics, log, maxViewers: 100, ...settings })
  const left: string[] = []
  const server = Bun.serve<Watching>({
    port: await freePort(),
    fetch(request, server) {
      const refusal = hub.hasRoom ? undefined : ('full' as const)
      const data = { topic: new URL(request.url).pathname, since: undefined, refusal, heardAt: Date.now() }
      return server.upgrade(request, { data }) ? undefined : new Response('no upgrade', { status: 400 })
    },
    websocket: hub.websocket,
  })
  hub.watch({ open: async () => first(), current, left: (topic) => left.push(topic) }, server)
  ended.push(
    () => server.stop(true),
    () => hub.close(),
  )
  const closed = async () => (await metrics.render()).match(/^websocket_closes_total\{.*$/gm)?.join() ?? ''
  return { hub, url: `ws://localhost:${server.port}`, left, closed }
}

function listen(url: string) {
  const socket = new WebSocket(url)
  const messages: string[] = []
  const heartbeats: string[] = []
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
  // Heartbeats come when they come: a busy machine lets more of them pass between two frames.
  socket.addEventListener('message', ({ data }) => (/^\{"now":\d+\}$/.test(String(data)) ? heartbeats : messages).push(String(data)))
  ended.push(() => socket.close())
  return { socket, messages, heartbeats, closed }
}

test('a frame reaches every socket of its topic, after the first frame, and nobody else', async () => {
  const { hub, url } = await serveHub()
  const [anna, ben, stranger] = [listen(`${url}/apollo`), listen(`${url}/apollo`), listen(`${url}/gemini`)]
  await eventually(() => anna.messages.length + ben.messages.length + stranger.messages.length === 3)
  hub.broadcast('/apollo', 'lift off')
  await eventually(() => anna.messages.length === 2 && ben.messages.length === 2)
  expect([anna.messages, ben.messages, stranger.messages]).toEqual([['first', 'lift off'], ['first', 'lift off'], ['first']])
})

test('a topic is left when its last viewer goes, not before', async () => {
  const { url, left } = await serveHub()
  const [anna, ben] = [listen(`${url}/apollo`), listen(`${url}/apollo`)]
  await eventually(() => anna.messages.length + ben.messages.length === 2)
  anna.socket.close()
  await anna.closed
  expect(left).toEqual([])
  ben.socket.close()
  await eventually(() => left.length === 1)
  expect(left).toEqual(['/apollo'])
})

test('a viewer beyond the limit is told to try later, by a code that the browser can read', async () => {
  const { url } = await serveHub({ maxViewers: 1 })
  const first = listen(url)
  await eventually(() => first.messages.length === 1)
  expect(await listen(url).closed).toBe(1013)
})

test('security 24: a viewer that talks is not one of ours', async () => {
  const { url } = await serveHub()
  const viewer = listen(url)
  await eventually(() => viewer.messages.length === 1)
  viewer.socket.send('hello')
  expect(await viewer.closed).toBe(1008)
})

test('a viewer that does not read is closed at 1 MiB and counted as slow, while others hear everything', async () => {
  const { hub, url, closed } = await serveHub()
  const slow = await rawWebsocket(`${url}/apollo`)
  ended.push(slow.end)
  const fast = listen(`${url}/apollo`)
  await eventually(() => fast.messages.length === 1)
  slow.pause()
  const frame = 'x'.repeat(64 * 1024)
  for (let sent = 0; sent < 400; sent++) {
    hub.broadcast('/apollo', frame)
    if (sent % 10 === 9) await Bun.sleep(0)
  }
  await eventually(() => fast.messages.length === 401)
  await eventually(() => hub.viewers === 1)
  expect(await closed()).toBe('websocket_closes_total{reason="slow"} 1')
})

test('a viewer whose connection breaks is counted as lost', async () => {
  const { hub, url, closed } = await serveHub()
  const viewer = await rawWebsocket(`${url}/apollo`)
  await eventually(() => hub.viewers === 1)
  viewer.end()
  await eventually(() => hub.viewers === 0)
  expect(await closed()).toBe('websocket_closes_total{reason="lost"} 1')
})

test('a viewer that answers no ping is closed although frames go out to it', async () => {
  const { hub, url } = await serveHub({ heartbeatSeconds: 0.25 })
  const dead = await rawWebsocket(`${url}/apollo`)
  const alive = listen(`${url}/apollo`)
  const sending = setInterval(() => hub.broadcast('/apollo', 'frame'), 20)
  ended.push(() => clearInterval(sending), dead.end)
  await eventually(() => dead.isClosed())
  expect(alive.socket.readyState).toBe(WebSocket.OPEN)
  await eventually(() => hub.viewers === 1)
})

test('a page hears that the silence is calm', async () => {
  const { url } = await serveHub({ heartbeatSeconds: 0.25 })
  const viewer = listen(url)
  await eventually(() => viewer.heartbeats.length > 0)
})

test('closing tells every viewer to come back', async () => {
  const { hub, url } = await serveHub()
  const viewers = Array.from({ length: 30 }, () => listen(url))
  await eventually(() => viewers.every(({ messages }) => messages.length === 1))
  await hub.close()
  expect(new Set(await Promise.all(viewers.map(({ closed }) => closed)))).toEqual(new Set([1012]))
})

test('a page that cannot be shown yet says so and hears of no change; the whole of it comes by itself, and what changes afterwards', async () => {
  let isThere = false
  const { hub, url } = await serveHub({ first: () => (isThere ? '{"content":"whole"}' : undefined) })
  const early = listen(`${url}/projects/apollo`)
  await eventually(() => early.messages.length === 1)
  expect(JSON.parse(early.messages[0] ?? '')).toMatchObject({ trouble: { kind: 'log' } })
  hub.broadcast('/projects/apollo', 'a change')
  isThere = true
  const later = listen(`${url}/projects/apollo`)
  await eventually(() => later.messages.length === 1)
  hub.broadcast('/projects/apollo', 'another change')
  await eventually(() => early.messages.length === 2)
  expect(early.messages[1]).toBe('{"content":"whole"}')
  hub.broadcast('/projects/apollo', 'the last change')
  await eventually(() => early.messages.length === 3)
  expect([early.messages[2], later.messages]).toEqual(['the last change', ['{"content":"whole"}', 'another change', 'the last change']])
})

test('the end of a trouble is said with what the page shows, never alone', async () => {
  let trouble: { kind: 'log'; since: number } | undefined = { kind: 'log', since: 5 }
  const { hub, url } = await serveHub({ first: () => '{"content":"whole"}', troubleOf: () => trouble, current: () => '{"content":"now"}' })
  const viewer = listen(`${url}/projects/apollo`)
  await eventually(() => viewer.messages.length === 1)
  trouble = undefined
  hub.tellTrouble()
  await eventually(() => viewer.messages.length === 2)
  expect(viewer.messages).toEqual(['{"trouble":{"kind":"log","since":5},"content":"whole"}', '{"trouble":null,"content":"now"}'])
})
