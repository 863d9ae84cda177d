import type { NewEvent } from '../domain/events/event.ts'
import { APPEND_LIMIT, type Appended } from './event-log.ts'

export type AppendCall = { project: string; events: readonly NewEvent[]; ids: string[]; bodies: string[]; bytes: number }

/** Serializes an append; throws on too many events or on what JSON cannot hold. */
export function appendCall(project: string, events: readonly NewEvent[]): AppendCall {
  if (events.length > APPEND_LIMIT) throw new RangeError(`an append takes ${APPEND_LIMIT} events at most, not ${events.length}`)
  const bodies = events.map((event) => JSON.stringify(event))
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0)
  return { project, events: [...events], ids: events.map(({ id }) => idText(id)), bodies, bytes }
}

/** An id as engines compare it: in UTF-8 all lone surrogates become the same character, and different ids one duplicate. */
export function idText(id: string): string {
  return id.isWellFormed() ? id : JSON.stringify(id)
}

/** Sorted by project, so that two groups cannot deadlock; calls of one project keep their order. */
export const inProjectOrder = (calls: readonly AppendCall[]): AppendCall[] =>
  calls.toSorted((a, b) => (a.project < b.project ? -1 : a.project > b.project ? 1 : 0))

type Storing = {
  store(calls: AppendCall[]): Promise<Appended[]>
  isHopeless(reason: unknown): boolean
}

/** Stores calls in one transaction; if that fails each alone, so that one cannot spoil the others. */
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
