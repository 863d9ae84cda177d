import type { StoredEvent } from '../domain/event.ts'

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

/** A text keeps its beginning; an object is left out where it may be absent, and empty where it may not. */
function cut(key: string, value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, TEXT_KEPT).toWellFormed()
  return key === 'status_data' ? {} : undefined
}
