import type { Server, ServerWebSocket, WebSocketHandler } from 'bun'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Logger } from '../telemetry/logger.ts'

/** What a socket watches: a topic, and the position that its page was rendered at. */
export type Watch = { topic: string; since: string | undefined }
export type LiveSocket = ServerWebSocket<SocketData>
export type SocketData = Watch & {
  /** When it last answered a ping, ms since 1970. */
  heardAt: number
  /** The close code for a socket that is not to be served: a browser reads it, unlike the status of a refused upgrade. */
  refusal: number | undefined
  /** Which second of the ping interval is its turn. */
  turn?: number
}

/** Decides what a socket hears. `open` answers the first frame, sent after the subscription. */
export type Watched = { open(watch: Watch): Promise<string>; left(topic: string): void }

export type Hub = {
  websocket: WebSocketHandler<SocketData>
  /** Hands a frame to all sockets of a topic; the server fans it out. */
  broadcast(topic: string, frame: string): void
  /** Open websockets. */
  viewers(): number
  /** True when one more viewer fits. */
  hasRoom(): boolean
  watch(watched: Watched, server: Server<SocketData>): void
  /** Tells every viewer to come back, in slices, so that they do not return at once. */
  close(): Promise<void>
}

/** Above this a socket is too slow: it is closed and catches up when it returns. */
const BACKPRESSURE_LIMIT_BYTES = 1024 * 1024
/** Pings outlive the 50 s of HAProxy and the 60 s of nginx; two without an answer end the socket. */
const PING_SECONDS = 25
const PONG_DEADLINE_PINGS = 2.4
/** The parts of a ping interval; each reaches its share of the sockets. */
const TURNS = 25
/** A browser cannot see pings: a small frame tells the page that the silence is calm and not a dead network. */
const HEARTBEAT_TOPIC = 'heartbeat:'
const SERVICE_RESTART = 1012
const CLOSE_SLICE = 200

type HubOptions = { metrics: Metrics; log: Logger; maxViewers: number; pingSeconds?: number }

export function openHub({ metrics, log, maxViewers, pingSeconds = PING_SECONDS }: HubOptions): Hub {
  const sockets = new Set<LiveSocket>()
  const turns = Array.from({ length: TURNS }, () => new Set<LiveSocket>())
  let nextTurn = 0
  const watchers = new Map<string, number>()
  let server: Server<SocketData> | undefined
  let watched: Watched | undefined
  let isClosing = false

  /** Spreads pings and heartbeats over the interval, so that no tick has to reach every socket. */
  function joinTurn(socket: LiveSocket) {
    const turn = nextTurn++ % TURNS
    socket.data.turn = turn
    turns[turn]?.add(socket)
    socket.subscribe(`${HEARTBEAT_TOPIC}${turn}`)
  }

  function leave(socket: LiveSocket) {
    if (!sockets.delete(socket)) return
    turns[socket.data.turn ?? 0]?.delete(socket)
    const { topic } = socket.data
    const left = (watchers.get(topic) ?? 1) - 1
    if (left > 0) return void watchers.set(topic, left)
    watchers.delete(topic)
    watched?.left(topic)
  }

  async function welcome(socket: LiveSocket) {
    const first = await watched?.open(socket.data)
    if (first !== undefined && sockets.has(socket)) socket.send(first)
  }

  const websocket: WebSocketHandler<SocketData> = {
    sendPings: false,
    idleTimeout: 0,
    perMessageDeflate: false,
    maxPayloadLength: 1024,
    backpressureLimit: BACKPRESSURE_LIMIT_BYTES,
    closeOnBackpressureLimit: true,
    open(socket) {
      const { refusal } = socket.data
      if (refusal !== undefined) return socket.close(refusal, 'Not available here')
      sockets.add(socket)
      joinTurn(socket)
      metrics.websockets.set(sockets.size)
      watchers.set(socket.data.topic, (watchers.get(socket.data.topic) ?? 0) + 1)
      socket.subscribe(socket.data.topic)
      log.debug('websocket opened', { topic: socket.data.topic, viewers: sockets.size })
      welcome(socket).catch((error: unknown) => {
        log.error('websocket could not be served', { topic: socket.data.topic, error })
        socket.close(1011, 'The current state could not be read; try again')
      })
    },
    message(socket) {
      // Pages only listen; whoever talks is not one of ours.
      socket.close(1008, 'This websocket takes no messages')
    },
    pong(socket) {
      socket.data.heardAt = Date.now()
    },
    close(socket, code) {
      leave(socket)
      metrics.websockets.set(sockets.size)
      metrics.websocketCloses.inc({ reason: closeReason(code) })
      log.debug('websocket closed', { topic: socket.data.topic, code, viewers: sockets.size })
    },
  }

  let turn = 0
  const deadlineMs = PONG_DEADLINE_PINGS * pingSeconds * 1_000
  const pings = setInterval(
    () => {
      turn = (turn + 1) % TURNS
      const now = Date.now()
      server?.publish(`${HEARTBEAT_TOPIC}${turn}`, JSON.stringify({ now }), false)
      for (const socket of turns[turn] ?? []) {
        if (now - socket.data.heardAt > deadlineMs) socket.terminate()
        else socket.ping()
      }
    },
    (pingSeconds * 1_000) / TURNS,
  )

  return {
    websocket,
    broadcast(topic, frame) {
      metrics.frames.inc()
      server?.publish(topic, frame, false)
    },
    viewers: () => sockets.size,
    hasRoom: () => !isClosing && sockets.size < maxViewers,
    watch(by, on) {
      watched = by
      server = on
    },
    async close() {
      isClosing = true
      clearInterval(pings)
      let closed = 0
      for (const socket of sockets) {
        socket.close(SERVICE_RESTART, 'The service restarts; come back')
        if (++closed % CLOSE_SLICE === 0) await Bun.sleep(20 + Math.random() * 30)
      }
    },
  }
}

/** The codes that are worth telling apart; the rest is one bucket, so that the label stays bounded. */
function closeReason(code: number): string {
  const known: Record<number, string> = {
    1000: 'left',
    1001: 'left',
    1005: 'left',
    1006: 'lost',
    1008: 'refused',
    1012: 'restart',
    1013: 'full',
  }
  return known[code] ?? 'other'
}
