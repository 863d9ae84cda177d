import type { StoredEvent } from '../domain/event.ts'
import type { EventLog } from '../event-log/event-log.ts'

export type EventSearch = {
  /** Looks at events below this offset, the newest first; at all when absent. */
  before?: number | undefined
  matches(event: StoredEvent): boolean
  /** Events that are found at most. */
  limit: number
  /** Events that are looked at, at most: what a search may cost is known beforehand. */
  scanLimit: number
}

export type FoundEvents = {
  epoch: string
  /** The first offset that is still in the log. */
  first: number
  head: number
  /** Newest first. */
  events: StoredEvent[]
  /** `before` of a search that goes on where this one ended; undefined where nothing older is left. */
  next: number | undefined
}

/** Read at once: some milliseconds of parsing. Between two, others have their turn. */
const CHUNK = 500

/** Searches a project's log backwards. Rejects with LogUnavailableError while the log is away. */
export async function findEvents(eventLog: EventLog, project: string, search: EventSearch): Promise<FoundEvents> {
  const events: StoredEvent[] = []
  let { epoch, first, head } = await eventLog.read(project, { after: 0, limit: 1 })
  let end = Math.min(head, (search.before ?? Number.POSITIVE_INFINITY) - 1)
  let left = search.scanLimit
  while (end >= first && left > 0) {
    const begin = Math.max(first, end - Math.min(CHUNK, left) + 1)
    const chunk = await readAll(eventLog, project, { after: begin - 1, upTo: end })
    // A log that was trimmed or replaced meanwhile is read as it is now.
    ;({ epoch, first, head } = chunk)
    for (const event of chunk.events.toReversed()) {
      if (!search.matches(event)) continue
      events.push(event)
      if (events.length === search.limit) return { epoch, first, head, events, next: event.offset > first ? event.offset : undefined }
    }
    left -= end - begin + 1
    end = begin - 1
  }
  return { epoch, first, head, events, next: end >= first ? end + 1 : undefined }
}

export type NewerSearch = Omit<EventSearch, 'before'> & {
  /** Looks at events above this offset, the oldest first. */
  after: number
}

/**
 * Searches the other way: the events next above an offset. `events` are the newest first as well; `next` is the `after` of a
 * search that goes on, undefined where the log ends. Rejects with LogUnavailableError while the log is away.
 */
export async function findNewer(eventLog: EventLog, project: string, search: NewerSearch): Promise<FoundEvents> {
  const events: StoredEvent[] = []
  let { epoch, first, head } = await eventLog.read(project, { after: 0, limit: 1 })
  let at = Math.max(search.after, first - 1)
  let left = search.scanLimit
  while (at < head && left > 0) {
    const end = Math.min(head, at + Math.min(CHUNK, left))
    const chunk = await readAll(eventLog, project, { after: at, upTo: end })
    ;({ epoch, first, head } = chunk)
    for (const event of chunk.events) {
      if (!search.matches(event)) continue
      events.unshift(event)
      if (events.length === search.limit) return { epoch, first, head, events, next: event.offset < head ? event.offset : undefined }
    }
    left -= end - at
    at = end
  }
  return { epoch, first, head, events, next: at < head ? at : undefined }
}

/** A range in as many reads as it takes: a page of large events ends early. */
async function readAll(eventLog: EventLog, project: string, { after, upTo }: { after: number; upTo: number }) {
  let page = await eventLog.read(project, { after, upTo, limit: CHUNK })
  const events = [...page.events]
  while (page.events.length > 0 && (page.events.at(-1)?.offset ?? upTo) < upTo) {
    page = await eventLog.read(project, { after: page.events.at(-1)?.offset ?? upTo, upTo, limit: CHUNK })
    events.push(...page.events)
  }
  return { ...page, events }
}
