import type { StoredEvent } from '../domain/events/event.ts'
import { bothEnds, isRecord, TOLD_FIRST } from '../domain/events/loose-fields.ts'

const TEXT_LIMIT = 2_000
const NESTED_LIMIT = 4_000

/** An event as kept in the list of recent ones: long texts are cut to what a row can show. The log has the full event. */
export function truncateEvent(event: StoredEvent): StoredEvent {
  const long = Object.entries(event).filter(([, value]) => isLong(value))
  if (long.length === 0) return event
  const short = { ...event }
  for (const [key, value] of long) Reflect.set(short, key, cut(key, value))
  return short
}

const isLong = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.length > TEXT_LIMIT
    : typeof value === 'object' && value !== null && JSON.stringify(value).length > NESTED_LIMIT

function cut(key: string, value: unknown): unknown {
  if (typeof value === 'string') return bothEnds(value, TEXT_LIMIT)
  if (key === 'status_data') return {}
  return key !== 'content' && isRecord(value) ? shortFields(value) : undefined
}

const FIELD_LIMIT = 1_000

function shortFields(record: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  let room = NESTED_LIMIT
  const told = TOLD_FIRST.filter((name) => name in record)
  for (const name of new Set([...told, ...Object.keys(record)])) {
    const value = record[name]
    const short = typeof value === 'string' && value.length > FIELD_LIMIT ? bothEnds(value, FIELD_LIMIT) : value
    const size = name.length + JSON.stringify(short ?? null).length
    if (size > room) continue
    room -= size
    kept[name] = short
  }
  return kept
}
