import type { NewEvent } from '../../domain/events/event.ts'
import { LogUnavailableError } from '../../event-log/event-log.ts'

export type Loss = {
  /** Empty where nobody can tell. */
  projects: readonly string[]
  reason: string
  detail?: string | undefined
  count?: number | undefined
}

type Deps = {
  source: string
  accept(project: string, events: readonly NewEvent[]): Promise<unknown>
  onError(error: unknown): void
  everyMs?: number | undefined
}

type Entry = { project: string; reason: string; detail: string | undefined; count: number; isUnknown: boolean }

const EVERY_MS = 60_000
const FIRST_MS = 250
const RETRY_MS = 5_000
const ENTRIES_LIMIT = 1_000

/** Writes losses into the logs of the projects concerned: the first soon, then once a minute. */
export function openLossBook({ source, accept, onError, everyMs = EVERY_MS }: Deps) {
  const open = new Map<string, Entry>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let toldAt = -Infinity
  let writing = Promise.resolve()
  let isClosed = false

  function arm(delayMs: number) {
    if (isClosed || open.size === 0) return
    timer ??= setTimeout(() => {
      timer = undefined
      write()
    }, delayMs)
  }

  function write() {
    toldAt = performance.now()
    writing = writing
      .then(() => writeAll(open, (entry) => accept(entry.project, [eventOf(source, entry)])))
      .then((isDone) => (isDone ? undefined : arm(RETRY_MS)))
      .catch(onError)
  }

  return {
    lost(loss: Loss) {
      for (const project of loss.projects) add(open, project, loss)
      arm(Math.max(FIRST_MS, toldAt + everyMs - performance.now()))
    },
    async close() {
      clearTimeout(timer)
      isClosed = true
      write()
      await writing
    },
  }
}

function add(open: Map<string, Entry>, project: string, { reason, detail, count }: Loss) {
  const key = JSON.stringify([project, reason])
  const known = open.get(key)
  if (!known && open.size >= ENTRIES_LIMIT) return
  const isUnknown = count === undefined || known?.isUnknown === true
  open.set(key, { project, reason, detail: detail ?? known?.detail, count: (known?.count ?? 0) + (count ?? 0), isUnknown })
}

/** False while the log is away: unwritten entries stay, and later losses are added to them. */
async function writeAll(open: Map<string, Entry>, store: (entry: Entry) => Promise<unknown>): Promise<boolean> {
  for (const [key, entry] of [...open]) {
    open.delete(key)
    try {
      await store(entry)
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error
      add(open, entry.project, { ...entry, projects: [] })
      const kept = open.get(key)
      if (kept && entry.isUnknown) open.set(key, { ...kept, isUnknown: true })
      return false
    }
  }
  return true
}

function eventOf(source: string, { reason, detail, count, isUnknown }: Entry): NewEvent {
  const lost = {
    type: 'reports_lost',
    id: Bun.randomUUIDv7(),
    told_by: source,
    reason,
    count: isUnknown && count === 0 ? null : count,
  } as const
  return { ...lost, ...(isUnknown ? { is_more: true } : {}), ...(detail === undefined ? {} : { detail }) }
}
