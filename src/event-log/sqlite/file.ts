import type { Database } from 'bun:sqlite'
import { createPrivateFile, openDatabase, writeAhead } from '../../sqlite/file.ts'
import { UnusableLogError } from '../event-log.ts'
import { checkOwner, migrate } from './schema.ts'

/** Creates folder and file where they are missing. */
export function createLogFile(file: string): void {
  const code = createPrivateFile(file, { withFolder: true })
  if (code !== undefined) throw cannotCreate(file, code)
}

/** Why a file of the log cannot be made, with the next step. `code` is the system's. */
export function cannotCreate(file: string, code: string): UnusableLogError {
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  const reason = isFull
    ? 'the disk is full; make room on it, then start again'
    : `(${code}); choose another data folder or correct its permissions`
  return new UnusableLogError(`${file} cannot be created${isFull ? ': ' : ' '}${reason}`)
}

/** The connection that appends: write-ahead log, every commit on disk, the schema brought up to date. */
export function openForAppend(file: string): Database {
  return openDatabase(file, {
    mode: 'write',
    configure(db) {
      checkOwner(db, file)
      // NORMAL could number anew, after a power loss, what was acknowledged before.
      if (!writeAhead(db, 'FULL')) {
        throw new UnusableLogError(`${file} lies on a file system without shared memory; choose a local data folder`)
      }
      migrate(db, file)
    },
  })
}

/** A connection that cannot write. */
export function openForRead(file: string): Database {
  return openDatabase(file, { mode: 'read' })
}
