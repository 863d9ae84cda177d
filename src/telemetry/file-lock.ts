import { Database } from 'bun:sqlite'

const isBusy = (error: unknown) => error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')

/**
 * Takes a lock that the kernel lets go when its owner dies, whoever shares the folder: SQLite's lock of an empty file, because
 * Bun has no flock. Gives back the way to release it; undefined while another process has it. Throws where no file can be made.
 */
export function tryFileLock(path: string): (() => void) | undefined {
  const file = new Database(path, { create: true })
  try {
    file.run('PRAGMA busy_timeout = 0')
    file.run('BEGIN EXCLUSIVE')
    return () => file.close()
  } catch (error) {
    file.close()
    if (isBusy(error)) return undefined
    throw error
  }
}
