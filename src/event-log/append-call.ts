import type { NewEvent } from '../domain/events/event.ts'
import { APPEND_LIMIT, type Appended } from './event-log.ts'

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

/** In one order everywhere, so that nobody waits for each other; calls for the same project stay in the order in which they came. */
export const inProjectOrder = (calls: readonly AppendCall[]): AppendCall[] =>
  calls.toSorted((a, b) => (a.project < b.project ? -1 : a.project > b.project ? 1 : 0))

type Storing = {
  /** In one transaction. */
  store(calls: AppendCall[]): Promise<Appended[]>
  /** Whether what failed would fail for each call alone, too. */
  isHopeless(reason: unknown): boolean
}

/** Stores calls together. Where that fails, each is tried alone, so that one cannot spoil the others. */
export async function storeTogether(calls: AppendCall[], { store, isHopeless }: Storing): Promise<PromiseSettledResult<Appended>[]> {
  try {
    return (await store(calls)).map((value) => ({ status: 'fulfilled', value }))
  } catch (reason) {
    if (calls.length === 1 || isHopeless(reason)) return calls.map(() => ({ status: 'rejected', reason }))
  }
  const outcomes: PromiseSettledResult<Appended>[] = []
  for (const call of calls) outcomes.push(...(await storeTogether([call], { store, isHopeless })))
  return outcomes
}
