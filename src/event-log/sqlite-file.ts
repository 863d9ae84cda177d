import { Database } from 'bun:sqlite'
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { UnusableLogError } from './event-log.ts'
import { checkOwner, migrate } from './sqlite-schema.ts'

/**
 * 0.8 MiB of 4 KiB pages. A checkpoint runs inside a commit: at SQLite's own 1,000 pages it held the event loop for 11 ms
 * in the median, at 200 for 3 ms, and the events per second were the same.
 */
const CHECKPOINT_PAGES = 200

/** A log file that grew under load is cut back to this when it begins anew. */
const WAL_LIMIT_BYTES = 16 * 1024 * 1024

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** Creates folder (0700) and file (0600) where they are missing: events may hold what only the owner should read. */
export function createLogFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // Never opened when it exists: closing it would drop the locks that this process's other connections hold on it.
    closeSync(openSync(file, 'ax', 0o600))
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && statSync(file, { throwIfNoEntry: false })?.isFile()) return
    throw new UnusableLogError(`${file} cannot be created (${errorCode(error)}); choose another data folder or correct its permissions`, {
      cause: error,
    })
  }
}

/** The connection that appends: write-ahead log, every commit on disk, the schema brought up to date. */
export function openForAppend(file: string): Database {
  return configured(new Database(file, { readwrite: true, create: false, strict: true }), (db) => {
    checkOwner(db, file)
    const mode = db.query<{ journal_mode: string }, []>('PRAGMA journal_mode = WAL').get()?.journal_mode
    if (mode !== 'wal') throw new UnusableLogError(`${file} lies on a file system without shared memory; choose a local data folder`)
    // Per connection. NORMAL could number anew, after a power loss, what was acknowledged before.
    db.run('PRAGMA synchronous = FULL')
    db.run(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    db.run(`PRAGMA journal_size_limit = ${WAL_LIMIT_BYTES}`)
    migrate(db, file)
  })
}

/** A connection that cannot write. */
export function openForRead(file: string): Database {
  return configured(new Database(file, { readonly: true, strict: true }))
}

function configured(db: Database, configure?: (db: Database) => void): Database {
  try {
    // Waiting is done asynchronously (whenFree); SQLite's own waiting would block the event loop.
    db.run('PRAGMA busy_timeout = 0')
    configure?.(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
