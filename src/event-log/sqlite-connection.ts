import type { Database } from 'bun:sqlite'
import { LogUnavailableError } from './event-log.ts'
import { asLogError, isBusy, spoilsConnection } from './sqlite-failure.ts'

/** How long one call waits for other writers of the file before it gives up. */
const PATIENCE_MS = 5_000

/**
 * Runs a synchronous attempt until no other connection stands in its way. SQLite's own busy timeout would block the
 * event loop, and is unfair between processes.
 */
export async function whenFree<R>(file: string, attempt: () => R): Promise<R> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error)) throw asLogError(error, file)
      if (performance.now() > deadline) {
        throw new LogUnavailableError(`the event log ${file} has been locked by another program for ${PATIENCE_MS / 1000} s`, {
          cause: error,
        })
      }
    }
    await Bun.sleep(0.2 + Math.random() * 1.8)
  }
}

export type Connection = { db: Database }

export type HeldConnection<C extends Connection> = {
  /** Work is synchronous and may run several times, each time from the beginning, until nobody stands in its way. */
  use<R>(work: (connection: C) => R): Promise<R>
  close(): void
}

/** Keeps one connection; after a failure that leaves it in doubt it is closed, and opened again at the next use. */
export function holdConnection<C extends Connection>(file: string, open: () => C): HeldConnection<C> {
  let current: C | undefined
  let isClosed = false

  function drop() {
    const db = current?.db
    current = undefined
    // With its statements: a connection that still has some would keep its locks.
    db?.close(true)
  }

  function attempt<R>(work: (connection: C) => R): R {
    if (isClosed) throw new LogUnavailableError(`the event log ${file} is closed`)
    current ??= open()
    try {
      return work(current)
    } catch (error) {
      if (spoilsConnection(error) || current.db.inTransaction) drop()
      throw error
    }
  }

  return {
    use: (work) => whenFree(file, () => attempt(work)),
    close() {
      isClosed = true
      drop()
    },
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
