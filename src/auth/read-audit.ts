import type { StoredEvent } from '../domain/events/event.ts'
import type { Audited, AuditQuery } from '../domain/events/own-event.ts'
import { AUDIT_LOG } from '../domain/events/names.ts'
import type { EventLog } from '../event-log/event-log.ts'

const STEP = 500
const LOOKED_AT = 5_000

function entryOf(event: StoredEvent): Audited[] {
  if (event.type !== 'audited' || !('who' in event) || !('what' in event)) return []
  const { offset, received_at: at, who, what, on, from, result, details = {} } = event
  return [{ offset, at, who, what, on, from, result, details }]
}

function matches({ who, what, result }: AuditQuery): (entry: Audited) => boolean {
  const holds = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase())
  return (entry) => holds(entry.who, who) && holds(entry.what, what) && (result === '' || entry.result === result)
}

type Read = { eventLog: Pick<EventLog, 'read'>; query: AuditQuery }

/** The newest entries before an offset, and where older ones begin. Rejects with LogUnavailableError. */
export async function newestAudited(
  { eventLog, query }: Read,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<{ entries: Audited[]; before: number | undefined }> {
  const { head, first } = await eventLog.read(AUDIT_LOG, { after: 0, limit: 1 })
  const entries: Audited[] = []
  let upTo = Math.min(head, (before ?? Infinity) - 1)
  for (let looked = 0; upTo >= first && looked < LOOKED_AT && entries.length < limit; looked += STEP) {
    const after = Math.max(first - 1, upTo - STEP)
    const found = (await readAll(eventLog, after, upTo)).flatMap(entryOf).filter(matches(query)).toReversed()
    const taken = found.slice(0, limit - entries.length)
    entries.push(...taken)
    upTo = taken.length < found.length ? (taken.at(-1)?.offset ?? upTo) - 1 : after
  }
  return { entries, before: upTo >= first ? upTo + 1 : undefined }
}

async function readAll(eventLog: Pick<EventLog, 'read'>, after: number, upTo: number): Promise<StoredEvent[]> {
  const events: StoredEvent[] = []
  for (let from = after; from < upTo;) {
    const page = await eventLog.read(AUDIT_LOG, { after: from, upTo, limit: upTo - from })
    if (page.events.length === 0) break
    events.push(...page.events)
    from = page.events.at(-1)?.offset ?? upTo
  }
  return events
}

/** All entries that match, the oldest first, page by page. */
export async function* allAudited({ eventLog, query }: Read): AsyncGenerator<Audited[]> {
  for (let after = 0; ;) {
    const page = await eventLog.read(AUDIT_LOG, { after, limit: STEP })
    const last = page.events.at(-1)
    if (last === undefined) return
    yield page.events.flatMap(entryOf).filter(matches(query))
    after = last.offset
  }
}
