import type { Database } from 'bun:sqlite'
import { createPrivateFile, openDatabase, writeAhead } from '../../sqlite/file.ts'
import { UnusableLogError } from '../event-log.ts'
import { checkOwner, migrate } from './schema.ts'

/** Creates the folder and the file. */
export function createLogFile(file: string): void {
  const code = createPrivateFile(file, { withFolder: true })
  if (code !== undefined) throw cannotCreate(file, code)
}

/** Why the file cannot be created (`code` of the system), and what to do. */
export function cannotCreate(file: string, code: string): UnusableLogError {
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  const reason = isFull
    ? 'the disk is full; make room on it, then start again'
    : `(${code}); choose another data folder or correct its permissions`
  return new UnusableLogError(`${file} cannot be created${isFull ? ': ' : ' '}${reason}`)
}

/** Opens for appends: write-ahead log, every commit on disk, schema migrated. */
export function openForAppend(file: string): Database {
  return openDatabase(file, {
    mode: 'write',
    configure(db) {
      checkOwner(db, file)
      // NORMAL could lose acknowledged events on a power loss and reuse their numbers.
      if (!writeAhead(db, 'FULL')) {
        throw new UnusableLogError(`${file} lies on a file system without shared memory; choose a local data folder`)
      }
      migrate(db, file)
    },
  })
}

/** Opens read-only. */
export function openForRead(file: string): Database {
  return openDatabase(file, { mode: 'read' })
}
