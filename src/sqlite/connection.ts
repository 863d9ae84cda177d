import type { Database } from 'bun:sqlite'
import { engineFailure, isBusy, spoilsConnection } from './failure.ts'

const PATIENCE_MS = 5_000

export type Away = (problem: string, options?: ErrorOptions) => Error

/** Retries until no other connection holds a lock: SQLite's busy timeout would block the event loop. */
async function whenFree<R>(attempt: () => R, away: Away): Promise<R> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error)) throw asAway(error, away)
      if (performance.now() > deadline) {
        throw away(`has been locked by another program for ${PATIENCE_MS / 1000} s`, { cause: error })
      }
    }
    await Bun.sleep(0.2 + Math.random() * 1.8)
  }
}

function asAway(error: unknown, away: Away): unknown {
  const reason = engineFailure(error)
  return reason === undefined ? error : away(`cannot answer: ${reason}`, { cause: error })
}

export type Connection = { db: Database }

export type HeldConnection<C extends Connection> = {
  /** Work is synchronous and may run several times from the beginning. */
  use<R>(work: (connection: C) => R): Promise<R>
  close(problem?: string): void
  /** Leaves the connection open: closing could write into files that are another's by now. */
  abandon(problem: string): void
}

type Holding<C extends Connection> = {
  open(): C
  away: Away
  isCurrent?(connection: C): boolean
}

/** One connection, opened again after a failure that leaves it in doubt. */
export function holdConnection<C extends Connection>({ open, away, isCurrent = () => true }: Holding<C>): HeldConnection<C> {
  let current: C | undefined
  let ended: string | undefined

  function drop() {
    const db = current?.db
    current = undefined
    db?.close(true)
  }

  function attempt<R>(work: (connection: C) => R): R {
    if (ended !== undefined) throw away(ended)
    if (current && !isCurrent(current)) drop()
    current ??= open()
    try {
      return work(current)
    } catch (error) {
      if (spoilsConnection(error) || current.db.inTransaction) drop()
      throw error
    }
  }

  return {
    use: (work) => whenFree(() => attempt(work), away),
    close(problem = 'is closed') {
      if (ended !== undefined) return
      ended = problem
      drop()
    },
    abandon: (problem) => void (ended ??= problem),
  }
}

/** A transaction with BEGIN IMMEDIATE: one that reads first can fail with SQLITE_BUSY_SNAPSHOT. */
export function inTransaction<R>(db: Database, work: () => R): R {
  db.run('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.run('COMMIT')
    return result
  } catch (error) {
    // SQLite itself rolls back after some failures.
    if (db.inTransaction) db.run('ROLLBACK')
    throw error
  }
}
