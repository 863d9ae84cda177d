import type { Server, ServerWebSocket } from 'bun'
import { endAfter } from './ending.ts'

type Fields = Record<string, unknown>
type Cycle = { cycle_id?: string; current_state: string; last_updated: string; project: string }
type Waiter = { until: () => boolean; resolve: () => void }

export type OrchestratorOptions = {
  /** Free below 32768 when absent. */
  port?: number
  /** Its local time; timestamps carry no zone. */
  utcOffsetMinutes?: number
  pingMs?: number
  /** Requests that it does not know, as older orchestrators do. */
  unknownRequests?: string[]
  /** Requests that it never answers. */
  ignoredRequests?: string[]
  /** Accepts, and then never says a word. */
  isMute?: boolean
  /** Transitions that it remembers and tells of. */
  historyLength?: number
}

export type TestOrchestrator = Awaited<ReturnType<typeof startOrchestrator>>

/**
 * An orchestrator as people run them: a websocket server that tells its state on connect, broadcasts what happens, answers
 * two requests, and keeps everything in memory only.
 */
export async function startOrchestrator(options: OrchestratorOptions = {}) {
  const { utcOffsetMinutes = 0, pingMs = 20_000, unknownRequests = [], ignoredRequests = [], isMute = false, historyLength = 50 } = options
  const sockets = new Set<ServerWebSocket<undefined>>()
  const requests: string[] = []
  const authorizations: (string | null)[] = []
  let memory = { workflowState: 'IDLE', cycles: new Map<string, Cycle>(), history: [] as Fields[] }
  let connections = 0
  let lastMicros = 0
  let waiters: Waiter[] = []

  /** Local time, no zone, microseconds; never the same twice. */
  function clock(): string {
    lastMicros = Math.max(lastMicros + 1, Date.now() * 1_000)
    const local = new Date(Math.floor(lastMicros / 1_000) + utcOffsetMinutes * 60_000).toISOString().slice(0, 23)
    return `${local}${String(lastMicros % 1_000).padStart(3, '0')}`
  }

  const currentState = () => ({
    type: 'current_state',
    timestamp: clock(),
    workflow_state: memory.workflowState,
    tdd_cycles: Object.fromEntries(memory.cycles),
    active_cycles: memory.cycles.size,
  })

  const history = () => ({ type: 'transition_history', history: memory.history.slice(-historyLength) })

  function answer(socket: ServerWebSocket<undefined>, text: string) {
    let request: unknown
    try {
      request = JSON.parse(text)
    } catch {
      return void socket.send(JSON.stringify({ type: 'error', message: 'Invalid JSON message' }))
    }
    if (typeof request !== 'object' || request === null || Array.isArray(request)) return socket.close(1011)
    const type = 'type' in request ? String(request.type) : 'None'
    requests.push(type)
    const isKnown = !unknownRequests.includes(type)
    if (ignoredRequests.includes(type)) return progressed()
    if (isKnown && type === 'get_current_state') socket.send(JSON.stringify(currentState()))
    else if (isKnown && type === 'get_history') socket.send(JSON.stringify(history()))
    else socket.send(JSON.stringify({ type: 'error', message: `Unknown message type: ${type}` }))
    progressed()
  }

  function listen(port: number): Server<undefined> {
    return Bun.serve<undefined>({
      port,
      hostname: 'localhost',
      fetch(request, server) {
        authorizations.push(request.headers.get('authorization'))
        return server.upgrade(request) ? undefined : new Response('a websocket belongs here', { status: 426 })
      },
      websocket: {
        maxPayloadLength: 1024 * 1024,
        // It keeps what a slow reader has not taken, as its own loop would.
        backpressureLimit: 1024 * 1024 * 1024,
        sendPings: false,
        open(socket) {
          sockets.add(socket)
          connections++
          if (!isMute) socket.send(JSON.stringify(currentState()))
          progressed()
        },
        message: (socket, text) => (isMute ? undefined : answer(socket, String(text))),
        close(socket) {
          sockets.delete(socket)
          progressed()
        },
      },
    })
  }

  function progressed() {
    for (const { resolve } of waiters.filter(({ until }) => until())) resolve()
    waiters = waiters.filter(({ until }) => !until())
  }

  let server = options.port === undefined ? listenAnywhere(listen) : listen(options.port)
  const port = server.port ?? 0
  const pings = setInterval(() => isMute || sockets.forEach((socket) => socket.ping()), pingMs)

  const sendRaw = (frame: string | Uint8Array) => sockets.forEach((socket) => void socket.send(frame))
  const send = (frame: Fields) => sendRaw(JSON.stringify(frame))

  /** Remembers a transition without broadcasting it, as orchestrators do that change state outside their event loop. */
  function quietTransition(project: string, story: string, [from, to]: [string | null, string]): Fields {
    memory.cycles.set(story, { current_state: to, last_updated: clock(), project })
    const frame = { type: 'tdd_transition', timestamp: clock(), project, story_id: story, old_state: from, new_state: to }
    memory.history.push(frame)
    return frame
  }

  async function close() {
    clearInterval(pings)
    await server.stop(true)
  }
  endAfter('test', close)

  return {
    port,
    url: `ws://localhost:${port}/`,
    send,
    sendRaw,
    clock,
    quietTransition,
    /** A story's cycle moves: remembered, and broadcast to whoever is connected. */
    transition(project: string, story: string, move: [string | null, string]) {
      send(quietTransition(project, story, move))
    },
    workflow(project: string, from: string, to: string) {
      memory.workflowState = to
      const frame = { type: 'workflow_transition', timestamp: clock(), project, old_state: from, new_state: to }
      memory.history.push(frame)
      send(frame)
    },
    /** Knows a cycle's state without any transition. */
    setCycle(story: string, cycle: Fields & { current_state: string; project: string }) {
      memory.cycles.set(story, { last_updated: clock(), ...cycle })
    },
    setWorkflowState(state: string) {
      memory.workflowState = state
    },
    /** Tells everyone the current state, or the history, unasked. */
    sendState: () => send(currentState()),
    sendHistory: () => send(history()),
    /** Sends recorded frames as they are, one a line. */
    replay(ndjson: string) {
      for (const line of ndjson.split('\n')) if (line.trim() !== '') sendRaw(line)
    },
    dropConnections: () => sockets.forEach((socket) => socket.terminate()),
    forget() {
      memory = { workflowState: 'IDLE', cycles: new Map(), history: [] }
    },
    connections: () => connections,
    connected: () => sockets.size,
    requests: () => [...requests],
    authorizations: () => [...authorizations],
    /** Resolves when the condition holds, looked at after everything that reaches this server. */
    until(condition: () => boolean): Promise<void> {
      if (condition()) return Promise.resolve()
      return new Promise((resolve) => void waiters.push({ until: condition, resolve }))
    },
    /** Closes the port and every connection; `startAgain` opens the same one. */
    async stop() {
      await server.stop(true)
    },
    startAgain() {
      server = listen(port)
    },
    close,
  }
}

/** Ports from 32768 on are given to outgoing connections, and may be taken at any moment. */
function listenAnywhere(listen: (port: number) => Server<undefined>): Server<undefined> {
  for (let attempt = 0; ; attempt++) {
    try {
      return listen(20_000 + Math.floor(Math.random() * 12_000))
    } catch (error) {
      if (attempt === 20) throw error
    }
  }
}
