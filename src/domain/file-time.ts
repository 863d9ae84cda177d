import { clockOffset, parseStatedTime, placeStatedTime } from './stated-time.ts'

/** A clock's text written with a file is this close to the file's own time. */
const WRITTEN_WITHIN_MS = 120_000

/**
 * When a file's content came to be (ms since 1970): what it says, else its modification time; undefined where neither is
 * told. A zoneless saying is placed by the modification time, which is absolute and was set by the same writing: the zone
 * is what makes the two meet. Where none does, the file was touched or copied since, and only its own time is sure.
 */
export function fileTime(said: unknown, mtime: string | null | undefined): number | undefined {
  const modified = mtime ? placeStatedTime(mtime, 0) : undefined
  const stated = typeof said === 'string' ? parseStatedTime(said) : undefined
  if (!stated) return modified
  if (stated.isZoned) return stated.ms
  if (modified === undefined) return undefined
  const offset = clockOffset(modified, stated)
  if (offset === undefined) return modified
  const placed = stated.ms + offset
  return Math.abs(modified - placed) <= WRITTEN_WITHIN_MS ? placed : modified
}
