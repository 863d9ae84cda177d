import type { StoredEvent } from '../domain/event.ts'

/** What a line of the activity list shows is shorter than this. */
const TEXT_KEPT = 2_000
const NESTED_KEPT = 4_000

/**
 * An event as the list of recent ones keeps it: fifty of each project in memory are held to what a line can show,
 * however large the reports were. A short event is the same object. The whole one is in the log.
 */
export function shortEvent(event: StoredEvent): StoredEvent {
  const members = Object.entries(event)
  if (!members.some(([, value]) => isLong(value))) return event
  // What is left out or cut is text for a line: a field keeps its type, or is absent where it may be.
  const short = members.flatMap(([key, value]) => (isLong(value) ? cut(key, value) : [[key, value]]))
  return Object.assign({}, event, Object.fromEntries(short))
}

const isLong = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.length > TEXT_KEPT
    : typeof value === 'object' && value !== null && JSON.stringify(value).length > NESTED_KEPT

function cut(key: string, value: unknown): [string, unknown][] {
  if (typeof value === 'string') return [[key, value.slice(0, TEXT_KEPT).toWellFormed()]]
  return [[key, key === 'status_data' ? {} : undefined]]
}
