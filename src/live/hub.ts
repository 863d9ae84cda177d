import type { Server, ServerWebSocket, WebSocketHandler } from 'bun'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Logger } from '../telemetry/logger.ts'

/** What a socket watches: a topic, and the position that its page was rendered at. */
export type Watch = { topic: string; since: string | undefined }
export type LiveSocket = ServerWebSocket<Watching>
export type Watching = Watch & {
  /** When it last answered a ping, ms since 1970. */
  heardAt: number
  /** The close code for a socket that is not to be served: a browser reads it, unlike the status of a refused upgrade. */
  refusal: number | undefined
  /** Which second of the ping interval is its turn. */
  turn?: number
}

/** Decides what a socket hears. `open` answers the first frame, sent after the subscription. */
export type Watched = { open(watch: Watch): Promise<string>; left(topic: string): void }

/** Above this a socket is too slow: it is closed and catches up when it returns. */
const BACKPRESSURE_LIMIT_BYTES = 1024 * 1024
/** Pings outlive the 50 s of HAProxy and the 60 s of nginx; two without an answer end the socket. */
const PING_SECONDS = 25
const PONG_DEADLINE_PINGS = 2.4
/** A page that heard nothing for this long may take its network for dead. */
export const SILENCE_SECONDS = PONG_DEADLINE_PINGS * PING_SECONDS
/** The parts of a ping interval; each reaches its share of the sockets. */
const TURNS = 25
/** A browser cannot see pings: a small frame tells the page that the silence is calm and not a dead network. */
const HEARTBEAT_TOPIC = 'heartbeat:'
const SERVICE_RESTART = 1012
const CLOSE_SLICE = 200
/** What the server says of a frame that a socket had no room for; it closes that socket within a turn or two. */
const DROPPED = 0
const SLOW_MS = 100

type HubOptions = { metrics: Metrics; log: Logger; maxViewers: number; pingSeconds?: number }

/** The open websockets of this worker, and what each of them watches. */
export class Hub {
  readonly #options: HubOptions
  readonly #sockets = new Set<LiveSocket>()
  readonly #turns = Array.from({ length: TURNS }, () => new Set<LiveSocket>())
  readonly #watchers = new Map<string, number>()
  readonly #pings: ReturnType<typeof setInterval>
  readonly #deadlineMs: number
  #nextTurn = 0
  #turn = 0
  #server: Server<Watching> | undefined
  #watched: Watched | undefined
  #droppedAt = -Infinity
  #isClosing = false

  constructor(options: HubOptions) {
    this.#options = options
    const { pingSeconds = PING_SECONDS } = options
    this.#deadlineMs = PONG_DEADLINE_PINGS * pingSeconds * 1_000
    this.#pings = setInterval(() => this.#ping(), (pingSeconds * 1_000) / TURNS)
  }

  readonly websocket: WebSocketHandler<Watching> = {
    sendPings: false,
    idleTimeout: 0,
    perMessageDeflate: false,
    maxPayloadLength: 1024,
    backpressureLimit: BACKPRESSURE_LIMIT_BYTES,
    closeOnBackpressureLimit: true,
    open: (socket) => this.#open(socket),
    // Pages only listen; whoever talks is not one of ours.
    message: (socket) => socket.close(1008, 'This websocket takes no messages'),
    pong: (socket) => {
      socket.data.heardAt = Date.now()
    },
    close: (socket, code) => this.#left(socket, code),
  }

  /** Whom to ask for first frames and to tell of topics that nobody watches any more, and who sends. */
  watch(by: Watched, on: Server<Watching>): void {
    this.#watched = by
    this.#server = on
  }

  /** Hands a frame to all sockets of a topic; the server fans it out. */
  broadcast(topic: string, frame: string): void {
    this.#options.metrics.frames.inc()
    const status = this.#server?.publish(topic, frame, false)
    if (status === DROPPED && this.#watchers.has(topic)) this.#droppedAt = performance.now()
  }

  /** Open websockets. */
  get viewers(): number {
    return this.#sockets.size
  }

  /** True when one more viewer fits. */
  get hasRoom(): boolean {
    return !this.#isClosing && this.#sockets.size < this.#options.maxViewers
  }

  /** Tells every viewer to come back, in slices, so that they do not return at once. */
  async close(): Promise<void> {
    this.#isClosing = true
    clearInterval(this.#pings)
    let closed = 0
    for (const socket of this.#sockets) {
      socket.close(SERVICE_RESTART, 'The service restarts; come back')
      if (++closed % CLOSE_SLICE === 0) await Bun.sleep(20 + Math.random() * 30)
    }
  }

  #open(socket: LiveSocket) {
    const { refusal, topic } = socket.data
    if (refusal !== undefined) return socket.close(refusal, 'Not available here')
    this.#sockets.add(socket)
    this.#joinTurn(socket)
    this.#watchers.set(topic, (this.#watchers.get(topic) ?? 0) + 1)
    socket.subscribe(topic)
    const { metrics, log } = this.#options
    metrics.websockets.set(this.viewers)
    log.debug('websocket opened', { topic, viewers: this.viewers })
    this.#welcome(socket).catch((error: unknown) => {
      log.error('websocket could not be served', { topic, error })
      socket.close(1011, 'The current state could not be read; try again')
    })
  }

  /** After the subscription, so that nothing falls between the first frame and the next. */
  async #welcome(socket: LiveSocket) {
    const first = await this.#watched?.open(socket.data)
    if (first !== undefined && this.#sockets.has(socket)) socket.send(first)
  }

  #left(socket: LiveSocket, code: number) {
    const { metrics, log } = this.#options
    if (!this.#sockets.delete(socket)) return
    const { topic, turn } = socket.data
    this.#turns[turn ?? 0]?.delete(socket)
    metrics.websockets.set(this.viewers)
    metrics.websocketCloses.inc({ reason: closeReason(code, performance.now() - this.#droppedAt) })
    log.debug('websocket closed', { topic, code, viewers: this.viewers })
    const others = (this.#watchers.get(topic) ?? 1) - 1
    if (others > 0) return void this.#watchers.set(topic, others)
    this.#watchers.delete(topic)
    this.#watched?.left(topic)
  }

  /** Spreads pings and heartbeats over the interval, so that no tick has to reach every socket. */
  #joinTurn(socket: LiveSocket) {
    const turn = this.#nextTurn++ % TURNS
    socket.data.turn = turn
    this.#turns[turn]?.add(socket)
    socket.subscribe(`${HEARTBEAT_TOPIC}${turn}`)
  }

  #ping() {
    this.#turn = (this.#turn + 1) % TURNS
    const now = Date.now()
    this.#server?.publish(`${HEARTBEAT_TOPIC}${this.#turn}`, JSON.stringify({ now }), false)
    for (const socket of this.#turns[this.#turn] ?? []) {
      if (now - socket.data.heardAt > this.#deadlineMs) socket.terminate()
      else socket.ping()
    }
  }
}

/**
 * The codes that are worth telling apart; the rest is one bucket, so that the label stays bounded. A socket that is closed because
 * it is too slow looks lost: only the frame that it did not get, a moment before, tells.
 */
function closeReason(code: number, sinceDropMs: number): string {
  if (code === 1006 && sinceDropMs < SLOW_MS) return 'slow'
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
