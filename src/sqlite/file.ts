import { Database } from 'bun:sqlite'
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** A checkpoint blocks the event loop: at SQLite's 1,000 pages 11 ms in the median, at 200 pages 3 ms. */
const CHECKPOINT_PAGES = 200

const WAL_LIMIT_BYTES = 16 * 1024 * 1024

/** The system's error code, such as ENOSPC. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

type Creating = { /** Makes the folder too, where it is missing. */ withFolder: boolean }

/** Creates a file (0600), and if wanted its folder (0700); returns the system's code where that fails. */
export function createPrivateFile(file: string, { withFolder }: Creating): string | undefined {
  try {
    if (withFolder) mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // Opening and closing an existing file would drop this process's locks on it.
    closeSync(openSync(file, 'ax', 0o600))
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' || !statSync(file, { throwIfNoEntry: false })?.isFile()) return errorCode(error)
  }
  return undefined
}

export type Opening = { mode: 'read' | 'write'; configure?(db: Database): void }

/** Opens an existing file without a busy timeout: `holdConnection` waits. */
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

/** Turns on the write-ahead log; false without shared memory. `synchronous` is of this connection. */
export function writeAhead(db: Database, synchronous: 'FULL' | 'NORMAL'): boolean {
  const mode = db.query<{ journal_mode: string }, []>('PRAGMA journal_mode = WAL').get()?.journal_mode
  db.run(`PRAGMA synchronous = ${synchronous}`)
  db.run(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  db.run(`PRAGMA journal_size_limit = ${WAL_LIMIT_BYTES}`)
  return mode === 'wal'
}

/** Returns a check that the file was not moved, deleted or replaced. */
export function watchIdentity(file: string): () => boolean {
  const { ino } = statSync(file)
  return () => statSync(file, { throwIfNoEntry: false })?.ino === ino
}
