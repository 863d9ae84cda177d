declare global {
  // Bun's client has methods that the browser's types lack.
  interface WebSocket {
    ping(): void
    terminate(): void
    pause(): void
    resume(): void
  }
}

export type Dialling = {
  url: string
  shownUrl: string
  headers: Record<string, string>
  connectMs: number
  opened(): void
  heard(): void
  text(frame: string): void
  binary(): void
  ended(problem: string): void
}

export type Dialled = {
  ask(type: 'get_history' | 'get_current_state'): void
  ping(): void
  /** While paused, frames wait in the network, and neither pings nor the end are heard. */
  pause(isPaused: boolean): void
  drop(problem: string): void
}

/** Connects once. Failures never throw; they are passed to `ended`. */
export function dialOrchestrator(dialling: Dialling): Dialled {
  const { shownUrl } = dialling
  let isOver = false
  let problem: string | undefined

  const end = (reason: string) => {
    if (isOver) return
    isOver = true
    clearTimeout(deadline)
    dialling.ended(problem ?? reason)
  }
  const socket = openSocket(dialling)
  const drop = (reason: string) => {
    problem ??= reason
    if (typeof socket !== 'string') {
      // A paused socket would not close its connection.
      socket.resume()
      socket.terminate()
    }
    end(reason)
  }
  const deadline = setTimeout(() => drop(`no answer within ${dialling.connectMs / 1000} s from ${shownUrl}`), dialling.connectMs)
  if (typeof socket === 'string') {
    queueMicrotask(() => end(socket))
    return { ask: ignore, ping: ignore, pause: ignore, drop }
  }
  socket.addEventListener('open', () => clearTimeout(deadline))
  listen(socket, { ...dialling, ended: end }, (reason) => (problem ??= reason))
  const isOpen = () => !isOver && socket.readyState === WebSocket.OPEN
  return {
    ask: (type) => void (isOpen() && socket.send(JSON.stringify({ type }))),
    ping: () => void (isOpen() && socket.ping()),
    pause: (isPaused) => void (!isOver && (isPaused ? socket.pause() : socket.resume())),
    drop,
  }
}

const ignore = () => undefined

function openSocket({ url, shownUrl, headers }: Dialling): WebSocket | string {
  try {
    // Bun takes headers, which the browser's types lack.
    const socket: unknown = Reflect.construct(WebSocket, [url, { headers }])
    return socket instanceof WebSocket ? socket : `no websocket could be made for ${shownUrl}`
  } catch (error) {
    return `${shownUrl} is not a websocket address (${error instanceof Error ? error.message : String(error)})`
  }
}

function listen(socket: WebSocket, dialling: Dialling, failed: (reason: string) => void) {
  const { shownUrl } = dialling
  socket.addEventListener('open', dialling.opened)
  socket.addEventListener('ping', dialling.heard)
  socket.addEventListener('pong', dialling.heard)
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    dialling.heard()
    if (typeof data === 'string') dialling.text(data)
    else dialling.binary()
  })
  socket.addEventListener('error', (event) => failed(`${failureWords(event)} at ${shownUrl}`))
  socket.addEventListener('close', ({ code, reason }) => dialling.ended(`${closeWords(code, reason)} by ${shownUrl}`))
}

const FAILURES: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'host name not found',
  ETIMEDOUT: 'connection timed out',
  WS_ERR_INVALID_UTF8: 'a text frame that is not UTF-8',
}
const REASON_LIMIT = 120

function failureWords(event: Event): string {
  const error: unknown = event instanceof ErrorEvent ? event.error : undefined
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const known = code === undefined ? undefined : FAILURES[code]
  if (known !== undefined) return known
  const message = event instanceof ErrorEvent ? event.message.replace(/^.*? failed: /, '') : 'connection failed'
  const status = /^Expected 101 status code: (\d+)/.exec(message)?.[1]
  if (status === undefined) return message.slice(0, REASON_LIMIT)
  const hint = status === '401' || status === '403' ? ' (check the token)' : ''
  return `HTTP ${status} instead of a websocket${hint}`
}

function closeWords(code: number, reason: string): string {
  if (code === 1006) return 'connection lost, or cut'
  return `connection closed with code ${code}${reason === '' ? '' : ` (${reason.slice(0, REASON_LIMIT)})`}`
}
