import { SQLiteError } from 'bun:sqlite'

// Primary result codes, https://sqlite.org/rescode.html; the low byte of the extended code that Bun reports.
const [BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB] = [5, 6, 7, 8, 10, 11, 13, 14, 15, 26]

const REASONS = new Map([
  [NOMEM, 'memory is short'],
  [READONLY, 'it is read-only'],
  [IOERR, 'the disk reported an error'],
  [CORRUPT, 'it is damaged: stop the program and restore a backup'],
  [FULL, 'the disk is full'],
  [CANTOPEN, 'it cannot be opened'],
  [NOTADB, 'it is not an SQLite database: stop the program and restore a backup'],
])

/** Room for the index beside the file could not be had. */
const IOERR_SHMSIZE = 4_874

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof SQLiteError)) return undefined
  return error.errno === IOERR_SHMSIZE ? FULL : error.errno & 0xff
}

/** True where another connection holds a lock: nothing happened, and the same may succeed a moment later. */
export function isBusy(error: unknown): boolean {
  const code = primaryCode(error)
  return code === BUSY || code === LOCKED || code === PROTOCOL
}

/** True where the disk, not the statement, failed. */
export function isDiskFull(error: unknown): boolean {
  return primaryCode(error) === FULL
}

/** True where the file or its folder may not be written. */
export function isReadOnly(error: unknown): boolean {
  return primaryCode(error) === READONLY
}

/** Why the engine cannot answer, in words; undefined where the statement or our own code is at fault. */
export function engineFailure(error: unknown): string | undefined {
  const code = primaryCode(error)
  return code === undefined ? undefined : REASONS.get(code)
}

/** True where the connection may hold a wrong picture of the file, so that it must be opened again. */
export function spoilsConnection(error: unknown): boolean {
  return engineFailure(error) !== undefined && !isDiskFull(error)
}
