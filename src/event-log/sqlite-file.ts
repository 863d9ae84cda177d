import type { Database } from 'bun:sqlite'
import { createPrivateFile, openDatabase, writeAhead } from '../sqlite/file.ts'
import { UnusableLogError } from './event-log.ts'
import { checkOwner, migrate } from './sqlite-schema.ts'

/** Creates folder and file where they are missing. */
export function createLogFile(file: string): void {
  const code = createPrivateFile(file, { withFolder: true })
  if (code === undefined) return
  throw new UnusableLogError(`${file} cannot be created (${code}); choose another data folder or correct its permissions`)
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
