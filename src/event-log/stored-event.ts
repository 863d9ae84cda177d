import type { NewEvent, StoredEvent } from '../domain/events/event.ts'
import { LogUnavailableError } from './event-log.ts'

/** In characters of JSON: parsing blocks the event loop. */
export const PAGE_CHARACTERS = 2 * 1024 * 1024

export type StoredRow = { offset: number; at: number; body: string }

/** The event of a row; throws LogUnavailableError on a damaged body. */
export function storedEvent({ offset, at, body }: StoredRow): StoredEvent {
  return Object.assign(parseBody(body, offset), { offset, received_at: at })
}

function parseBody(body: string, offset: number): NewEvent {
  try {
    const event: unknown = JSON.parse(body)
    if (isEvent(event)) return event
    throw new TypeError('not an event')
  } catch (cause) {
    throw new LogUnavailableError(`the event log is damaged at offset ${offset}: stop the program and restore a backup`, { cause })
  }
}

function isEvent(value: unknown): value is NewEvent {
  return typeof value === 'object' && value !== null && 'id' in value && 'type' in value
}
