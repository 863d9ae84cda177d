import type { Database, Statement } from 'bun:sqlite'
import type { NewEvent, StoredEvent } from '../../domain/events/event.ts'
import { type AppendCall, inProjectOrder, storeTogether } from '../append-call.ts'
import { type Appended, LogUnavailableError } from '../event-log.ts'
import { type Connection, type HeldConnection, inTransaction } from '../../sqlite/connection.ts'
import { isDiskFull } from '../../sqlite/failure.ts'
import { epochOf } from './schema.ts'

type AppendHead = { key: number; last: number; lastAt: number; salt: string }

/** Ten rows per statement: a tenth more events per second. */
const ROWS = 10

const INSERT = 'INSERT INTO event (project, "offset", id, received_at, body) VALUES'
const UNLESS_KNOWN = 'ON CONFLICT (id, project) DO NOTHING'
const ROWS_OF_ONE_CALL = Array.from({ length: ROWS }, (_, row) => `(?1, ?2 + ${row}, ?${4 + 2 * row}, ?3, ?${5 + 2 * row})`).join(', ')

export type Appender = Connection & {
  head: Statement<AppendHead, [string]>
  addProject: Statement<AppendHead, [string]>
  insert: Statement<unknown, [number, number, string, number, string]>
  insertRows: Statement<unknown, (number | string)[]>
  removeFrom: Statement<unknown, [number, number]>
  moveHead: Statement<unknown, [number, number, number]>
  countGroup: Statement<{ written: number }, []>
}

/** Prepares the statements of an append. */
export function prepareAppender(db: Database): Appender {
  return {
    db,
    head: db.prepare('SELECT key, last, last_at AS lastAt, salt FROM project WHERE name = ?'),
    addProject: db.prepare('INSERT INTO project (name) VALUES (?) RETURNING key, last, last_at AS lastAt, salt'),
    insert: db.prepare(`${INSERT} (?, ?, ?, ?, ?) ${UNLESS_KNOWN}`),
    insertRows: db.prepare(`${INSERT} ${ROWS_OF_ONE_CALL} ${UNLESS_KNOWN}`),
    removeFrom: db.prepare('DELETE FROM event WHERE project = ? AND "offset" >= ?'),
    moveHead: db.prepare('UPDATE project SET last = ?, last_at = ? WHERE key = ?'),
    countGroup: db.prepare(
      `UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'written' RETURNING CAST(value AS INTEGER) AS written`,
    ),
  }
}

type CommitDeps = {
  held: HeldConnection<Appender & Guarded>
  epoch: string
  clock: () => number
  note(written: number): void
}
export type Guarded = { mustFit(): void }

/** Stores a group in one transaction, or each call in its own. */
export function commitGroup(deps: CommitDeps, group: AppendCall[]): Promise<PromiseSettledResult<Appended>[]> {
  const store = (calls: AppendCall[]) =>
    deps.held.use((appender) => {
      const { appended, written } = inTransaction(appender.db, () => {
        // Writes into an unlinked file would be acknowledged and lost.
        appender.mustFit()
        return { appended: appendAll(appender, deps, calls), written: appender.countGroup.get()?.written }
      })
      appender.mustFit()
      if (written !== undefined) deps.note(written)
      return appended
    })
  return storeTogether(group, { store, isHopeless })
}

// On a full disk one call may fit where the group did not.
function isHopeless(reason: unknown): boolean {
  return reason instanceof LogUnavailableError && !isDiskFull(reason.cause)
}

const TRIED = 'x'.repeat(5_000)

/** Writes an event and removes it in one transaction. */
export function tryAppend({ db, insert, removeFrom, mustFit }: Appender & Guarded): void {
  inTransaction(db, () => {
    mustFit()
    insert.run(0, 1, ':try', 0, TRIED)
    removeFrom.run(0, 1)
  })
  mustFit()
}

function appendAll(appender: Appender, { epoch, clock }: CommitDeps, calls: AppendCall[]): Appended[] {
  const heads = new Map<string, AppendHead>()
  const now = clock()
  const results = new Map<AppendCall, Appended>()
  for (const call of inProjectOrder(calls)) {
    const head = heads.get(call.project) ?? appender.head.get(call.project) ?? appender.addProject.get(call.project)
    if (!head) throw new Error(`project ${call.project} got no row`)
    heads.set(call.project, head)
    const appended = appendCallTo(appender, head, { call, at: Math.max(now, head.lastAt) })
    results.set(call, {
      position: { epoch: epochOf(epoch, head.salt), offset: head.last },
      appended,
      duplicates: call.events.length - appended.length,
    })
  }
  for (const { key, last, lastAt } of heads.values()) appender.moveHead.run(last, lastAt, key)
  return calls.flatMap((call) => results.get(call) ?? [])
}

type Stamped = { call: AppendCall; at: number }

function appendCallTo(appender: Appender, head: AppendHead, { call, at }: Stamped): StoredEvent[] {
  const before = head.last
  const added = insertNew(appender, head, { call, at })
  if (added.length > 0) head.lastAt = at
  return added.map((event, index) => ({ ...event, offset: before + 1 + index, received_at: at }))
}

function insertNew(appender: Appender, head: AppendHead, { call, at }: Stamped): NewEvent[] {
  let next = 0
  while (next + ROWS <= call.events.length && insertTen(appender, head, { call, at, from: next })) next += ROWS
  const added = call.events.slice(0, next)
  for (const [index, event] of call.events.entries()) {
    if (index < next) continue
    const { changes } = appender.insert.run(head.key, head.last + 1, call.ids[index] ?? '', at, call.bodies[index] ?? '')
    if (changes === 0) continue
    head.last += 1
    added.push(event)
  }
  return added
}

/** All ten or none: a duplicate among them would leave a hole. */
function insertTen({ insertRows, removeFrom }: Appender, head: AppendHead, { call, at, from }: Stamped & { from: number }): boolean {
  const parameters: (number | string)[] = [head.key, head.last + 1, at]
  for (let index = from; index < from + ROWS; index += 1) parameters.push(call.ids[index] ?? '', call.bodies[index] ?? '')
  const { changes } = insertRows.run(...parameters)
  if (changes < ROWS) removeFrom.run(head.key, head.last + 1)
  else head.last += ROWS
  return changes === ROWS
}
