import type { StoredEvent } from '../../domain/events/event.ts'
import { type AppendCall, inProjectOrder, storeTogether } from '../append-call.ts'
import { type Appended, LogUnavailableError, type Snapshot, SNAPSHOT_SPAN } from '../event-log.ts'
import type { Query } from './connection.ts'
import type { Pool } from './pool.ts'

const APPEND = `SELECT epochs, heads, stamps, offsets FROM visualizer.append($1::text[], $2::int[], $3::text[], $4::text[], $5::bigint)`

/** Epochs, heads and stamps are per call, offsets per event; 0 is a duplicate. */
type AppendAnswer = { epochs: string[]; heads: number[]; stamps: number[]; offsets: number[] }

/** Stores a group in one transaction, or each call in its own. */
export function commitGroup(pool: Pool, clock: () => number, group: AppendCall[]): Promise<PromiseSettledResult<Appended>[]> {
  const store = (calls: AppendCall[]) => pool.use((query) => appendAll(query, clock(), calls))
  return storeTogether(group, { store, isHopeless: (reason) => reason instanceof LogUnavailableError })
}

async function appendAll(query: Query, now: number, calls: AppendCall[]): Promise<Appended[]> {
  const sorted = inProjectOrder(calls)
  const [answer] = await query<AppendAnswer>(APPEND, [
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

function appendedOf({ events }: AppendCall, { answer, index, from }: { answer: AppendAnswer; index: number; from: number }): Appended {
  const appended: StoredEvent[] = []
  const receivedAt = answer.stamps[index] ?? 0
  for (const [n, event] of events.entries()) {
    const offset = answer.offsets[from + n] ?? 0
    if (offset > 0) appended.push({ ...event, offset, received_at: receivedAt })
  }
  const position = { epoch: answer.epochs[index] ?? '', offset: answer.heads[index] ?? 0 }
  return { position, appended, duplicates: events.length - appended.length }
}

const idWithoutNul = (id: string) => (id.includes('\0') ? JSON.stringify(id) : id)

const textArray = (texts: readonly string[]) => `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`

const STEP = 1_000

const SAVE = 'SELECT visualizer.save_snapshot($1, $2, $3::int, $4::bigint, $5, $6::bigint)'
const TRIM = 'SELECT visualizer.trim_step($1, $2, $3::int, $4::bigint, $5, $6::int) AS done'

const fields = ({ project, epoch, foldVersion, offset, body }: Snapshot) => [project, epoch, foldVersion, offset, body]

/** Replaces the snapshot of the same span, and those of other versions or epochs. */
export async function saveSnapshot(query: Query, snapshot: Snapshot): Promise<void> {
  await query(SAVE, [...fields(snapshot), SNAPSHOT_SPAN])
}

/** Gives the name a new epoch, then removes the old events step by step. */
export async function purge(pool: Pool, project: string): Promise<void> {
  await pool.use((query) => query('SELECT visualizer.begin_purge($1, $2)', [project, crypto.randomUUID()]))
  const step = () => pool.use((query) => query<{ done: boolean }>('SELECT visualizer.purge_step($1::int) AS done', [STEP]))
  while ((await step())[0]?.done === false) await new Promise(setImmediate)
}

/** Trims in steps, each of which leaves a consistent log. */
export async function trim(pool: Pool, beginning: Snapshot): Promise<void> {
  const step = () => pool.use((query) => query<{ done: boolean }>(TRIM, [...fields(beginning), STEP]))
  while ((await step())[0]?.done === false) await new Promise(setImmediate)
}
