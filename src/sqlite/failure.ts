import { SQLiteError } from 'bun:sqlite'

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

const IOERR_SHMSIZE = 4_874

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof SQLiteError)) return undefined
  return error.errno === IOERR_SHMSIZE ? FULL : error.errno & 0xff
}

/** Whether another connection holds a lock; retrying may succeed. */
export function isBusy(error: unknown): boolean {
  const code = primaryCode(error)
  return code === BUSY || code === LOCKED || code === PROTOCOL
}

/** Whether the disk failed, not the statement. */
export function isDiskFull(error: unknown): boolean {
  return primaryCode(error) === FULL
}

/** Whether the file or folder is read-only. */
export function isReadOnly(error: unknown): boolean {
  return primaryCode(error) === READONLY
}

/** Why the engine cannot answer; undefined where our own code is at fault. */
export function engineFailure(error: unknown): string | undefined {
  const code = primaryCode(error)
  return code === undefined ? undefined : REASONS.get(code)
}

/** Whether the connection must be opened again. */
export function spoilsConnection(error: unknown): boolean {
  return engineFailure(error) !== undefined && !isDiskFull(error)
}
