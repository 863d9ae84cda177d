import { endAfter } from './ending.ts'

/** What a browser shows of a project's activity, without a browser: fifty of them are cheap. */
export type Viewer = {
  project: string
  /** The position that was shown last; `epoch:offset`. */
  since(): string
  /** Offsets of the activity's rows, newest first, as the page would show them. */
  rows(): number[]
  isOpen(): boolean
  /** Sockets that were opened so far. */
  connections(): number
  /** Codes that sockets were closed with. */
  closeCodes(): readonly number[]
  /** Epochs that were shown, one after the other. */
  epochs(): readonly string[]
  /** What must never happen: a position that goes back, a row that is missing between others. */
  problems(): readonly string[]
  end(): void
}

type Frame = { content?: string; since?: string }

/** As htmx does: other codes end the connection for good. */
const RECONNECT_CODES = new Set([1001, 1005, 1006, 1011, 1012, 1013, 1014])
const FIRST_DELAY_MS = 50
const LAST_DELAY_MS = 1_000
const ROWS = 50

/** Watches a project's page until the test ends, and comes back whenever its socket is closed. */
export function watchProject(urls: readonly string[], project: string): Viewer {
  const shown = { since: '', rows: new Set<number>(), epochs: [] as string[] }
  const closeCodes: number[] = []
  const problems: string[] = []
  let socket: WebSocket | undefined
  let [connections, attempts] = [0, 0]
  let isOver = false

  function connect() {
    if (isOver) return
    const url = urls[attempts++ % urls.length] ?? ''
    const address = `${url.replace(/^http/, 'ws')}/live/projects/${project}?since=${encodeURIComponent(shown.since)}`
    const one = new WebSocket(address, { tls: { rejectUnauthorized: false } } as never)
    socket = one
    one.addEventListener('open', () => (connections += 1))
    one.addEventListener('message', ({ data }) => take(JSON.parse(String(data)) as Frame))
    one.addEventListener('close', ({ code }) => {
      closeCodes.push(code)
      if (RECONNECT_CODES.has(code)) setTimeout(connect, delayMs())
      else problems.push(`closed for good with code ${code}`)
    })
  }

  let failed = 0
  const delayMs = () => Math.min(FIRST_DELAY_MS * 2 ** failed++, LAST_DELAY_MS) * (0.7 + 0.6 * Math.random())

  function take({ content, since }: Frame) {
    if (since === undefined) return
    failed = 0
    const [epoch = '', offset = ''] = since.split(':')
    const [epochBefore = '', offsetBefore = ''] = shown.since.split(':')
    if (epoch === epochBefore && Number(offset) < Number(offsetBefore)) problems.push(`${shown.since} was followed by ${since}`)
    if (epoch !== shown.epochs.at(-1)) shown.epochs.push(epoch)
    shown.since = since
    if (content !== undefined) takeRows(content)
  }

  function takeRows(content: string) {
    const whole = /<hx-partial id="activity-list"[^]*?<\/hx-partial>/.exec(content)?.[0]
    if (whole !== undefined) shown.rows = new Set(offsetsIn(whole))
    for (const [added] of content.matchAll(/<hx-upsert hx-target="#activity-list"[^]*?<\/hx-upsert>/g)) {
      for (const offset of offsetsIn(added)) shown.rows.add(offset)
    }
    const rows = sorted()
    const missing = rows.find((offset, index) => index > 0 && offset !== (rows[index - 1] ?? 0) - 1)
    if (missing !== undefined) problems.push(`at ${shown.since} nothing stands between the rows ${missing} and those above it`)
    shown.rows = new Set(rows)
  }

  const sorted = () => [...shown.rows].toSorted((one, other) => other - one).slice(0, ROWS)

  connect()
  const viewer: Viewer = {
    project,
    since: () => shown.since,
    rows: sorted,
    isOpen: () => socket?.readyState === WebSocket.OPEN,
    connections: () => connections,
    closeCodes: () => closeCodes,
    epochs: () => shown.epochs,
    problems: () => problems,
    end() {
      isOver = true
      socket?.close()
    },
  }
  endAfter('test', viewer.end)
  return viewer
}

const offsetsIn = (html: string) => [...html.matchAll(/data-offset="(\d+)"/g)].map(([, offset]) => Number(offset))
