import type { Database } from 'bun:sqlite'
import { engineFailure, isBusy, spoilsConnection } from './failure.ts'

/** How long one call waits for other writers of the file before it gives up. */
const PATIENCE_MS = 5_000

/** Makes the error that callers see while the file cannot be used, such as `is closed`. */
export type Away = (problem: string, options?: ErrorOptions) => Error

/**
 * Runs a synchronous attempt until no other connection stands in its way. SQLite's own busy timeout would block the
 * event loop, and is unfair between processes.
 */
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
  /** Work is synchronous and may run several times, each time from the beginning, until nobody stands in its way. */
  use<R>(work: (connection: C) => R): Promise<R>
  /** Afterwards every use rejects with what callers are to see: `is closed`, unless something else is said. */
  close(problem?: string): void
  /** The same, but leaves the connection open to the program's end: to close it could write into files that are others' by now. */
  abandon(problem: string): void
}

export type Holding<C extends Connection> = {
  open(): C
  away: Away
  /** Asked before each use; false where the connection must be opened again. */
  isCurrent?(connection: C): boolean
}

/** Keeps one connection; after a failure that leaves it in doubt it is closed, and opened again at the next use. */
export function holdConnection<C extends Connection>({ open, away, isCurrent = () => true }: Holding<C>): HeldConnection<C> {
  let current: C | undefined
  let ended: string | undefined

  function drop() {
    const db = current?.db
    current = undefined
    // With its statements: a connection that still has some would keep its locks.
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

/** BEGIN IMMEDIATE, because a transaction that reads first and writes later can fail with SQLITE_BUSY_SNAPSHOT. */
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
