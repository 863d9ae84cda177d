import type { Database, Statement } from 'bun:sqlite'
import type { NewEvent, StoredEvent } from '../domain/event.ts'
import { APPEND_LIMIT, type Appended, LogUnavailableError } from './event-log.ts'
import { type Connection, type HeldConnection, inTransaction } from './sqlite-connection.ts'
import { isDiskFull } from './sqlite-failure.ts'

/** One caller's append, made ready before it waits, so that nobody can change it meanwhile. */
export type AppendCall = { project: string; events: readonly NewEvent[]; ids: string[]; bodies: string[]; bytes: number }

type Head = { key: number; last: number; lastAt: number }

export type Appender = Connection & {
  head: Statement<Head, [string]>
  addProject: Statement<Head, [string]>
  insert: Statement<unknown, [number, number, string, number, string]>
  moveHead: Statement<unknown, [number, number, number]>
}

/** Prepares the statements of an append on a connection that may write. */
export function prepareAppender(db: Database): Appender {
  return {
    db,
    head: db.prepare('SELECT key, last, last_at AS lastAt FROM project WHERE name = ?'),
    addProject: db.prepare('INSERT INTO project (name) VALUES (?) RETURNING key, last, last_at AS lastAt'),
    insert: db.prepare(
      'INSERT INTO event (project, "offset", id, received_at, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id, project) DO NOTHING',
    ),
    moveHead: db.prepare('UPDATE project SET last = ?, last_at = ? WHERE key = ?'),
  }
}

/** Serializes what a caller wants stored; throws where it cannot be (too many events, or not JSON). */
export function appendCall(project: string, events: readonly NewEvent[]): AppendCall {
  if (events.length > APPEND_LIMIT) throw new RangeError(`an append takes ${APPEND_LIMIT} events at most, not ${events.length}`)
  const bodies = events.map((event) => JSON.stringify(event))
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0)
  return { project, events: [...events], ids: events.map(({ id }) => idText(id)), bodies, bytes }
}

// UTF-8 has no lone surrogates: each would become the same replacement character, and different ids one duplicate.
function idText(id: string): string {
  return id.isWellFormed() ? id : JSON.stringify(id)
}

export type CommitDeps = { held: HeldConnection<Appender>; epoch: string; clock: () => number }

/** Stores a group in one transaction. Where that fails, each call is tried alone, so that one cannot spoil the others. */
export async function commitGroup(deps: CommitDeps, calls: AppendCall[]): Promise<PromiseSettledResult<Appended>[]> {
  try {
    const results = await deps.held.use((appender) => inTransaction(appender.db, () => appendAll(appender, deps, calls)))
    return results.map((value) => ({ status: 'fulfilled', value }))
  } catch (reason) {
    if (calls.length === 1 || isHopeless(reason)) return calls.map(() => ({ status: 'rejected', reason }))
  }
  const outcomes: PromiseSettledResult<Appended>[] = []
  for (const call of calls) outcomes.push(...(await commitGroup(deps, [call])))
  return outcomes
}

// On a full disk a small append may still fit where the whole group did not.
function isHopeless(reason: unknown): boolean {
  return reason instanceof LogUnavailableError && !isDiskFull(reason.cause)
}

function appendAll(appender: Appender, { epoch, clock }: CommitDeps, calls: AppendCall[]): Appended[] {
  const heads = new Map<string, Head>()
  const now = clock()
  const results = new Map<AppendCall, Appended>()
  // In one order everywhere; calls for the same project stay in the order in which they came.
  for (const call of calls.toSorted((a, b) => (a.project < b.project ? -1 : a.project > b.project ? 1 : 0))) {
    const head = heads.get(call.project) ?? appender.head.get(call.project) ?? appender.addProject.get(call.project)
    if (!head) throw new Error(`project ${call.project} got no row`)
    heads.set(call.project, head)
    const appended = appendCallTo(appender, head, { call, at: Math.max(now, head.lastAt) })
    results.set(call, { position: { epoch, offset: head.last }, appended, duplicates: call.events.length - appended.length })
  }
  for (const { key, last, lastAt } of heads.values()) appender.moveHead.run(last, lastAt, key)
  return calls.flatMap((call) => results.get(call) ?? [])
}

function appendCallTo({ insert }: Appender, head: Head, { call, at }: { call: AppendCall; at: number }): StoredEvent[] {
  const stored: StoredEvent[] = []
  for (const [index, event] of call.events.entries()) {
    const offset = head.last + 1
    const { changes } = insert.run(head.key, offset, call.ids[index] ?? '', at, call.bodies[index] ?? '')
    if (changes === 0) continue
    head.last = offset
    head.lastAt = at
    stored.push({ ...event, offset, received_at: at })
  }
  return stored
}
