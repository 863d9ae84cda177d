import type { StoredEvent } from '../domain/events/event.ts'
import { bothEnds, isRecord } from '../domain/events/loose-fields.ts'
import { TOLD_FIRST } from '../domain/events/tool-detail.ts'

/** What a line of the activity list shows is shorter than this. */
const TEXT_KEPT = 2_000
const NESTED_KEPT = 4_000

/**
 * An event as the list of recent ones keeps it: fifty of each project in memory are held to what a line can show,
 * however large the reports were. A short event is the same object. The whole one is in the log.
 */
export function shortEvent(event: StoredEvent): StoredEvent {
  const long = Object.entries(event).filter(([, value]) => isLong(value))
  if (long.length === 0) return event
  const short = { ...event }
  for (const [key, value] of long) Reflect.set(short, key, cut(key, value))
  return short
}

const isLong = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.length > TEXT_KEPT
    : typeof value === 'object' && value !== null && JSON.stringify(value).length > NESTED_KEPT

/** Both ends of a text; of an object what a line may tell, and nothing of what it never does. */
function cut(key: string, value: unknown): unknown {
  if (typeof value === 'string') return bothEnds(value, TEXT_KEPT)
  if (key === 'status_data') return {}
  return key !== 'content' && isRecord(value) ? shortFields(value) : undefined
}

const FIELD_KEPT = 1_000

/** Its texts, each with both ends, the ones that lines tell first, as many as have room. */
function shortFields(record: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  let room = NESTED_KEPT
  const told = TOLD_FIRST.filter((name) => name in record)
  for (const name of new Set([...told, ...Object.keys(record)])) {
    const value = record[name]
    const short = typeof value === 'string' && value.length > FIELD_KEPT ? bothEnds(value, FIELD_KEPT) : value
    const size = name.length + JSON.stringify(short ?? null).length
    if (size > room) continue
    room -= size
    kept[name] = short
  }
  return kept
}
