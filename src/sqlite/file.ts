import { Database } from 'bun:sqlite'
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * 0.8 MiB of 4 KiB pages. A checkpoint runs inside a commit: at SQLite's own 1,000 pages it held the event loop for 11 ms
 * in the median, at 200 for 3 ms, and the events per second were the same.
 */
const CHECKPOINT_PAGES = 200

/** A write-ahead log that grew under load is cut back to this when it begins anew. */
const WAL_LIMIT_BYTES = 16 * 1024 * 1024

/** The system's code for what failed, such as ENOSPC. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

export type Creating = { /** Makes the folder too, where it is missing. */ withFolder: boolean }

/**
 * Creates a file (0600), and its folder (0700) where that is wanted: both may hold what only the owner should read. Tells the
 * system's code, such as EACCES, where that fails.
 */
export function createPrivateFile(file: string, { withFolder }: Creating): string | undefined {
  try {
    if (withFolder) mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // Never opened when it exists: closing it would drop the locks that this process's other connections hold on it.
    closeSync(openSync(file, 'ax', 0o600))
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' || !statSync(file, { throwIfNoEntry: false })?.isFile()) return errorCode(error)
  }
  return undefined
}

export type Opening = { mode: 'read' | 'write'; configure?(db: Database): void }

/** A connection to an existing file that never waits by itself: waiting is done by `holdConnection`, without blocking. */
export function openDatabase(file: string, { mode, configure }: Opening): Database {
  const db = new Database(file, mode === 'read' ? { readonly: true, strict: true } : { readwrite: true, create: false, strict: true })
  try {
    db.run('PRAGMA busy_timeout = 0')
    configure?.(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Turns the write-ahead log on; false on a file system without shared memory. `synchronous` counts for this connection. */
export function writeAhead(db: Database, synchronous: 'FULL' | 'NORMAL'): boolean {
  const mode = db.query<{ journal_mode: string }, []>('PRAGMA journal_mode = WAL').get()?.journal_mode
  db.run(`PRAGMA synchronous = ${synchronous}`)
  db.run(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  db.run(`PRAGMA journal_size_limit = ${WAL_LIMIT_BYTES}`)
  return mode === 'wal'
}

/** Tells whether a file is still the one that stood there at the call: not moved, deleted or replaced. */
export function watchIdentity(file: string): () => boolean {
  const { ino } = statSync(file)
  return () => statSync(file, { throwIfNoEntry: false })?.ino === ino
}
