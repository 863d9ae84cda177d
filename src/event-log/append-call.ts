import type { NewEvent } from '../domain/event.ts'
import { APPEND_LIMIT } from './event-log.ts'

/** One caller's append, made ready before it waits, so that nobody can change it meanwhile. */
export type AppendCall = { project: string; events: readonly NewEvent[]; ids: string[]; bodies: string[]; bytes: number }

/** Serializes what a caller wants stored; throws where it cannot be (too many events, or not JSON). */
export function appendCall(project: string, events: readonly NewEvent[]): AppendCall {
  if (events.length > APPEND_LIMIT) throw new RangeError(`an append takes ${APPEND_LIMIT} events at most, not ${events.length}`)
  const bodies = events.map((event) => JSON.stringify(event))
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0)
  return { project, events: [...events], ids: events.map(({ id }) => idText(id)), bodies, bytes }
}

/**
 * An id as an engine compares it. UTF-8 has no lone surrogates: each would become the same replacement character, and different
 * ids one duplicate.
 */
export function idText(id: string): string {
  return id.isWellFormed() ? id : JSON.stringify(id)
}
