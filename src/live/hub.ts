import type { Server, ServerWebSocket, WebSocketHandler } from 'bun'
import { forEachConcurrently } from '../projection/for-each-concurrently.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Trouble } from '../projection/outages.ts'
import { openFirstFrames } from './first-frames.ts'
import { withField } from './frame.ts'
import { openHeartbeats } from './heartbeats.ts'

/** Refused sockets are accepted and closed with a code: browsers do not show the status of a refused upgrade. */
export const REFUSALS = {
  full: { code: 1013, reason: 'full' },
  later: { code: 1013, reason: 'later' },
  not_yours: { code: 4403, reason: 'not yours' },
  signed_out: { code: 4401, reason: 'signed out' },
} as const
export type Refusal = keyof typeof REFUSALS

export type Watch = { topic: string; since: string | undefined; made?: string | undefined }
export type LiveSocket = ServerWebSocket<Watching>
export type Watching = Watch & {
  heardAt: number
  refusal: Refusal | undefined
  /** The session or token that it came with. */
  session?: string | undefined
  /** What it may watch at its address now; undefined: nothing any more. */
  topicNow?(): string | undefined
  project?: string | undefined
  turn?: number
}

export type Watched = {
  /** The first frame, with what the page lacks; undefined while the log does not answer. */
  open(watch: Watch): Promise<string | undefined>
  /** What viewers of a topic lack, and its position; undefined if the page was shown to nobody. */
  current(topic: string): string | undefined
  left(topic: string): void
}

/** A slower socket is closed, and catches up when it returns. */
const BACKPRESSURE_LIMIT_BYTES = 1024 * 1024
const SERVICE_RESTART = 1012
const CLOSE_SLICE = 200
const DROPPED = 0

type HubOptions = {
  metrics: Metrics
  log: Logger
  maxViewers: number
  heartbeatSeconds?: number
  build?: string
  troubleOf?(topic: string): Trouble | undefined
}

export class Hub {
  readonly #options: HubOptions
  readonly #sockets = new Set<LiveSocket>()
  readonly #watchers = new Map<string, number>()
  readonly #first: ReturnType<typeof openFirstFrames<LiveSocket>>
  readonly #troubles: ReturnType<typeof openTroubleFrames>
  readonly #heartbeats: ReturnType<typeof openHeartbeats>
  #server: Server<Watching> | undefined
  #watched: Watched | undefined
  #droppedAt = -Infinity
  #isClosing = false

  constructor(options: HubOptions) {
    this.#options = options
    const { heartbeatSeconds, troubleOf = () => undefined } = options
    const publish = (topic: string, frame: string) => void this.#server?.publish(topic, frame, false)
    const current = (topic: string) => this.#watched?.current(topic)
    this.#troubles = openTroubleFrames({ troubleOf, current, publish })
    this.#first = openFirstFrames({
      open: async ({ data }) => this.#watched?.open(data),
      isThere: (socket) => this.#sockets.has(socket),
      show: (socket, frame) => this.#show(socket, frame),
      wait: (socket) => void socket.send(this.#stamped(this.#troubles.unanswered(socket.data.topic))),
      fail(socket, error) {
        options.log.error('websocket could not be served', { topic: socket.data.topic, error })
        socket.close(1011, 'The current state could not be read; try again')
      },
    })
    this.#heartbeats = openHeartbeats({ seconds: heartbeatSeconds, publish })
  }

  readonly websocket: WebSocketHandler<Watching> = {
    sendPings: false,
    idleTimeout: 0,
    perMessageDeflate: false,
    maxPayloadLength: 1024,
    backpressureLimit: BACKPRESSURE_LIMIT_BYTES,
    closeOnBackpressureLimit: true,
    open: (socket) => this.#open(socket),
    message: (socket) => socket.close(1008, 'This websocket takes no messages'),
    pong: (socket) => {
      socket.data.heardAt = Date.now()
    },
    close: (socket, code) => this.#left(socket, code),
  }

  watch(by: Watched, on: Server<Watching>): void {
    this.#watched = by
    this.#server = on
  }

  broadcast(topic: string, frame: string): void {
    this.#options.metrics.frames.inc()
    const status = this.#server?.publish(topic, frame, false)
    if (status === DROPPED && this.#watchers.has(topic)) this.#droppedAt = performance.now()
  }

  tellTrouble(): void {
    this.#troubles.tell(this.#watchers.keys()).catch((error: unknown) => this.#options.log.error('trouble could not be told', { error }))
    this.#first.again()
  }

  get viewers(): number {
    return this.#sockets.size
  }

  get isClosing(): boolean {
    return this.#isClosing
  }

  get hasRoom(): boolean {
    return !this.#isClosing && this.#sockets.size < this.#options.maxViewers
  }

  /** The sessions and tokens of open sockets. */
  sessions(): ReadonlySet<string> {
    return new Set([...this.#sockets].flatMap(({ data }) => data.session ?? []))
  }

  /** Closes the sockets of sessions and tokens that ended. */
  end(sessions: ReadonlySet<string>): void {
    const { code, reason } = REFUSALS.signed_out
    for (const socket of this.#sockets) if (sessions.has(socket.data.session ?? '')) socket.close(code, reason)
  }

  /** Closes the sockets of a project whose viewers may not see it any more, or not as before. */
  checkAgain(project: string): void {
    for (const socket of this.#sockets) if (socket.data.project === project) this.#mayStay(socket)
  }

  /** Grants may have changed since the socket was opened: whoever lost them is sent nothing more. */
  #mayStay(socket: LiveSocket): boolean {
    const { topic, topicNow } = socket.data
    const now = topicNow ? topicNow() : topic
    if (now === topic) return true
    socket.unsubscribe(topic)
    const { code, reason } = REFUSALS.not_yours
    if (now === undefined) socket.close(code, reason)
    else socket.close(SERVICE_RESTART, 'What is shown here changed; come back')
    return false
  }

  /** Closes all sockets in slices, so that viewers do not return at once. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#heartbeats.close()
    this.#first.close()
    let closed = 0
    for (const socket of this.#sockets) {
      socket.close(SERVICE_RESTART, 'The service restarts; come back')
      if (++closed % CLOSE_SLICE === 0) await Bun.sleep(20 + Math.random() * 30)
    }
  }

  #open(socket: LiveSocket) {
    const { refusal, topic } = socket.data
    if (refusal !== undefined) return socket.close(REFUSALS[refusal].code, REFUSALS[refusal].reason)
    this.#sockets.add(socket)
    this.#heartbeats.join(socket)
    this.#watchers.set(topic, (this.#watchers.get(topic) ?? 0) + 1)
    this.#options.metrics.websockets.set(this.viewers)
    this.#options.log.debug('websocket opened', { topic, viewers: this.viewers })
    this.#first.welcome(socket)
  }

  /** Subscribed together with its first frame: changes mean nothing without it. */
  #show(socket: LiveSocket, frame: string) {
    const { topic } = socket.data
    if (!this.#mayStay(socket)) return
    socket.subscribe(topic)
    socket.send(this.#stamped(this.#troubles.first(topic, frame)))
  }

  #stamped(frame: string): string {
    const { build } = this.#options
    return build === undefined ? frame : withField(frame, 'build', build)
  }

  #left(socket: LiveSocket, code: number) {
    const { metrics, log } = this.#options
    const { topic, refusal } = socket.data
    if (refusal !== undefined) return metrics.websocketCloses.inc({ reason: refusal })
    if (!this.#sockets.delete(socket)) return
    this.#heartbeats.leave(socket)
    this.#first.left(socket)
    metrics.websockets.set(this.viewers)
    metrics.websocketCloses.inc({ reason: closeReason(code, performance.now() - this.#droppedAt) })
    log.debug('websocket closed', { topic, code, viewers: this.viewers })
    const others = (this.#watchers.get(topic) ?? 1) - 1
    if (others > 0) return void this.#watchers.set(topic, others)
    this.#watchers.delete(topic)
    this.#troubles.forget(topic)
    this.#watched?.left(topic)
  }
}

const SLOW_MS = 100

/** Bounds the label. A socket closed for its slowness looks lost, except that a frame was dropped just before. */
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
    4401: 'signed_out',
    4403: 'not_yours',
  }
  return known[code] ?? 'other'
}

type TroubleDeps = {
  troubleOf(topic: string): Trouble | undefined
  current(topic: string): string | undefined
  publish(topic: string, frame: string): void
}

const troubleText = (trouble: Trouble): string => JSON.stringify({ now: Date.now(), trouble })

/** What viewers were told of trouble, so that only changes are sent; its end comes with what the page lacks. */
function openTroubleFrames({ troubleOf, current, publish }: TroubleDeps) {
  const told = new Map<string, string>()

  function remember(topic: string, trouble: Trouble | undefined) {
    if (trouble) told.set(topic, JSON.stringify(trouble))
    else told.delete(topic)
  }

  async function tellOf(topic: string): Promise<void> {
    const trouble = troubleOf(topic)
    if (told.get(topic) === (trouble && JSON.stringify(trouble))) return
    remember(topic, trouble)
    if (trouble) return publish(topic, troubleText(trouble))
    const frame = current(topic)
    if (frame !== undefined) publish(topic, withField(frame, 'trouble', null))
  }

  return {
    tell: (topics: Iterable<string>): Promise<void> => forEachConcurrently([...topics], 1, tellOf),
    first(topic: string, frame: string): string {
      const trouble = troubleOf(topic)
      remember(topic, trouble)
      return trouble ? withField(frame, 'trouble', trouble) : frame
    },
    unanswered: (topic: string): string => troubleText(troubleOf(topic) ?? { kind: 'log', since: Date.now() }),
    forget: (topic: string) => void told.delete(topic),
  }
}
