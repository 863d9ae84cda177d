import type { StoredEvent } from '../../domain/events/event.ts'
import { type AppendCall, inProjectOrder, storeTogether } from '../append-call.ts'
import { type Appended, LogUnavailableError } from '../event-log.ts'
import type { Query } from './connection.ts'
import type { Pool } from './pool.ts'

const APPEND = `SELECT epochs, heads, stamps, offsets FROM visualizer.append($1::text[], $2::int[], $3::text[], $4::text[], $5::bigint)`

/** Epochs, heads and stamps are the calls', offsets the events'; an offset of 0 is a duplicate's. */
type Answer = { epochs: string[]; heads: number[]; stamps: number[]; offsets: number[] }

/** Stores a group in one transaction, or each call in its own. */
export function commitGroup(pool: Pool, clock: () => number, group: AppendCall[]): Promise<PromiseSettledResult<Appended>[]> {
  const store = (calls: AppendCall[]) => pool.use((query) => appendAll(query, clock(), calls))
  return storeTogether(group, { store, isHopeless: (reason) => reason instanceof LogUnavailableError })
}

async function appendAll(query: Query, now: number, calls: AppendCall[]): Promise<Appended[]> {
  const sorted = inProjectOrder(calls)
  const [answer] = await query<Answer>(APPEND, [
    textArray(sorted.map(({ project }) => project)),
    `{${sorted.map(({ events }) => events.length).join(',')}}`,
    textArray(sorted.flatMap(({ ids }) => ids.map(idWithoutNul))),
    textArray(sorted.flatMap(({ bodies }) => bodies)),
    now,
  ])
  if (!answer) throw new Error('an append was left without an answer')
  const results = new Map<AppendCall, Appended>()
  let next = 0
  for (const [index, call] of sorted.entries()) {
    results.set(call, appendedOf(call, { answer, index, from: next }))
    next += call.events.length
  }
  return calls.flatMap((call) => results.get(call) ?? [])
}

function appendedOf({ events }: AppendCall, { answer, index, from }: { answer: Answer; index: number; from: number }): Appended {
  const appended: StoredEvent[] = []
  const receivedAt = answer.stamps[index] ?? 0
  for (const [n, event] of events.entries()) {
    const offset = answer.offsets[from + n] ?? 0
    if (offset > 0) appended.push({ ...event, offset, received_at: receivedAt })
  }
  const position = { epoch: answer.epochs[index] ?? '', offset: answer.heads[index] ?? 0 }
  return { position, appended, duplicates: events.length - appended.length }
}

/** PostgreSQL's text has no NUL. */
const idWithoutNul = (id: string) => (id.includes('\0') ? JSON.stringify(id) : id)

/** An array as PostgreSQL reads it: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
const textArray = (texts: readonly string[]) => `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
