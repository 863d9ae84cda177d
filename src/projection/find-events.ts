import type { StoredEvent } from '../domain/events/event.ts'
import type { EventReads } from '../event-log/event-log.ts'
import { openTurns, STEP, type Turns } from './long-reads.ts'

/** Below `before`, or from the head; it looks at no more than `scanLimit` events, so its cost is bounded. */
export type EventSearch = {
  before?: number | undefined
  matches(event: StoredEvent): boolean
  limit: number
  scanLimit: number
  turns?: Turns
}

/** Newest first. `next` continues the search as `before` or `after`; undefined when nothing is left to search. */
export type FoundEvents = {
  epoch: string
  first: number
  head: number
  events: StoredEvent[]
  next: number | undefined
}

const SMALLEST_CHUNK = 8

/** Searches a project's log backwards. Rejects with LogUnavailableError while the log is away. */
export function findEvents(eventLog: EventReads, project: string, search: EventSearch): Promise<FoundEvents> {
  return scan(eventLog, project, { ...search, from: search.before ?? Number.POSITIVE_INFINITY, isForward: false })
}

export type NewerSearch = Omit<EventSearch, 'before'> & { after: number }

/** Searches forwards from an offset; `events` are newest first all the same. Rejects with LogUnavailableError. */
export function findNewer(eventLog: EventReads, project: string, search: NewerSearch): Promise<FoundEvents> {
  return scan(eventLog, project, { ...search, from: search.after, isForward: true })
}

type ScanOptions = Omit<EventSearch, 'before'> & { from: number; isForward: boolean }

async function scan(eventLog: EventReads, project: string, { from, isForward, ...search }: ScanOptions): Promise<FoundEvents> {
  const found: StoredEvent[] = []
  let { epoch, first, head } = await eventLog.read(project, { after: 0, limit: 1 })
  let at = isForward ? Math.max(from, first - 1) : Math.min(head, from - 1)
  let left = search.scanLimit
  let size = STEP.limit
  const turns = search.turns ?? openTurns()
  const isMore = () => (isForward ? at < head : at >= first)
  const result = (next: number | undefined) => ({ epoch, first, head, events: isForward ? found.toReversed() : found, next })
  while (isMore() && left > 0) {
    const length = Math.min(size, left)
    const range = isForward ? { after: at, upTo: Math.min(head, at + length) } : { after: Math.max(first - 1, at - length), upTo: at }
    const chunk = await readAll(eventLog, project, { ...range, turns })
    // The log may have been trimmed or replaced meanwhile.
    ;({ epoch, first, head } = chunk)
    size = Math.max(SMALLEST_CHUNK, Math.floor(STEP.limit / chunk.reads))
    for (const event of isForward ? chunk.events : chunk.events.toReversed()) {
      if (turns.isOver()) await turns.take()
      if (!search.matches(event)) continue
      found.push(event)
      const isLast = isForward ? event.offset >= head : event.offset <= first
      if (found.length === search.limit) return result(isLast ? undefined : event.offset)
    }
    left -= range.upTo - range.after
    at = isForward ? range.upTo : range.after
  }
  if (!isMore()) return result(undefined)
  return result(isForward ? at : at + 1)
}

type Range = { after: number; upTo: number; turns: Turns }

async function readAll(eventLog: EventReads, project: string, { after, upTo, turns }: Range) {
  if (turns.isOver()) await turns.take()
  let page = await eventLog.read(project, { ...STEP, after, upTo })
  const events = [...page.events]
  let reads = 1
  while (page.events.length > 0 && (page.events.at(-1)?.offset ?? upTo) < upTo) {
    if (turns.isOver()) await turns.take()
    page = await eventLog.read(project, { ...STEP, after: page.events.at(-1)?.offset ?? upTo, upTo })
    events.push(...page.events)
    reads += 1
  }
  return { ...page, events, reads }
}
