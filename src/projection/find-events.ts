import type { StoredEvent } from '../domain/events/event.ts'
import type { EventLog } from '../event-log/event-log.ts'
import { openTurns, STEP, type Turns } from './long-reads.ts'

export type EventSearch = {
  before?: number | undefined
  matches(event: StoredEvent): boolean
  limit: number
  scanLimit: number
  turns?: Turns
}

export type FoundEvents = {
  epoch: string
  first: number
  head: number
  events: StoredEvent[]
  next: number | undefined
}

const SMALLEST_CHUNK = 8
const LOOKED = 25

/** Searches a project's log backwards. Rejects with LogUnavailableError while the log is away. */
export async function findEvents(eventLog: EventLog, project: string, search: EventSearch): Promise<FoundEvents> {
  const events: StoredEvent[] = []
  let { epoch, first, head } = await eventLog.read(project, { after: 0, limit: 1 })
  let end = Math.min(head, (search.before ?? Number.POSITIVE_INFINITY) - 1)
  let left = search.scanLimit
  let size = STEP.limit
  const turns = search.turns ?? openTurns()
  while (end >= first && left > 0) {
    const begin = Math.max(first, end - Math.min(size, left) + 1)
    const chunk = await readAll(eventLog, project, { after: begin - 1, upTo: end, turns })
    ;({ epoch, first, head } = chunk)
    size = Math.max(SMALLEST_CHUNK, Math.floor(STEP.limit / chunk.reads))
    for (const [index, event] of chunk.events.toReversed().entries()) {
      if (index % LOOKED === 0) await turns.take()
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
  after: number
}

/** Searches forwards from an offset; `events` are newest first all the same. Rejects with LogUnavailableError. */
export async function findNewer(eventLog: EventLog, project: string, search: NewerSearch): Promise<FoundEvents> {
  const events: StoredEvent[] = []
  let { epoch, first, head } = await eventLog.read(project, { after: 0, limit: 1 })
  let at = Math.max(search.after, first - 1)
  let left = search.scanLimit
  let size = STEP.limit
  const turns = search.turns ?? openTurns()
  while (at < head && left > 0) {
    const end = Math.min(head, at + Math.min(size, left))
    const chunk = await readAll(eventLog, project, { after: at, upTo: end, turns })
    ;({ epoch, first, head } = chunk)
    size = Math.max(SMALLEST_CHUNK, Math.floor(STEP.limit / chunk.reads))
    for (const [index, event] of chunk.events.entries()) {
      if (index % LOOKED === 0) await turns.take()
      if (!search.matches(event)) continue
      events.unshift(event)
      if (events.length === search.limit) return { epoch, first, head, events, next: event.offset < head ? event.offset : undefined }
    }
    left -= end - at
    at = end
  }
  return { epoch, first, head, events, next: at < head ? at : undefined }
}

type Range = { after: number; upTo: number; turns: Turns }

async function readAll(eventLog: EventLog, project: string, { after, upTo, turns }: Range) {
  let page = await eventLog.read(project, { ...STEP, after, upTo })
  const events = [...page.events]
  let reads = 1
  while (page.events.length > 0 && (page.events.at(-1)?.offset ?? upTo) < upTo) {
    await turns.take()
    page = await eventLog.read(project, { ...STEP, after: page.events.at(-1)?.offset ?? upTo, upTo })
    events.push(...page.events)
    reads += 1
  }
  return { ...page, events, reads }
}
