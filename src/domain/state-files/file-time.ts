import type { StoredEventOf } from '../events/event.ts'
import { BELIEVED_WITHIN_MS, clockOffset, parseStatedTime, placeStatedTime, type StatedTime } from '../events/stated-time.ts'

/** A state file with what its readers need of the event. */
export type FileReport = { content: Record<string, unknown>; event: StoredEventOf<'state_file'> }

/** What is known of when a file was written: its modification time, and the arrival (ms since 1970) of the report of it. */
export type Writing = { mtime: string | null | undefined; arrival: number }

/** What a file last said of its own time, ms since 1970 by its own clocks, and never after it arrived. */
export type FileClock = { said: number | undefined; modified: number | undefined }

/** What a project's state keeps of its files, to know news from what is old. */
export type FileMemory = {
  /** Of status.json's last content, to know a change from a touch. */
  statusDigest: string | undefined
  /** What it said of its own time when it was last the newest. */
  statusClock: FileClock | undefined
  /** What it last said of stories' cycles, by story: said again, it is no news. */
  statusCycles: Map<string, string>
  /** When each state file was written that was taken last, by file: what was written before comes late. */
  fileClocks: Map<string, FileClock>
}

/**
 * When a file's content came to be (ms since 1970), to be compared with what others tell: what it says where that lies within
 * two minutes of its modification time, else that time; and never after it arrived. A zoneless saying is placed by the
 * modification time, which is absolute and was set by the same writing: the zone is what makes the two meet.
 */
export function fileTime(text: unknown, { mtime, arrival }: Writing): number {
  const modified = modifiedAt(mtime)
  const said = saidAt(text, modified)
  if (modified === undefined) return Math.min(said ?? arrival, arrival)
  const isBelieved = said !== undefined && Math.abs(modified - said) <= BELIEVED_WITHIN_MS
  return Math.min(isBelieved ? said : modified, arrival)
}

/**
 * When something came to be that a file tells of with a time of its own: as long before the file as the clock that wrote both
 * says. Not after the file itself.
 */
export function timeInFile(text: unknown, ofFile: unknown, writing: Writing): number {
  const told = typeof text === 'string' ? parseStatedTime(text) : undefined
  const file = typeof ofFile === 'string' ? parseStatedTime(ofFile) : undefined
  if (!told) return fileTime(ofFile, writing)
  if (!file || file.isZoned !== told.isZoned) return fileTime(text, writing)
  return fileTime(ofFile, writing) - Math.max(0, file.ms - told.ms)
}

/**
 * What a file says of its own time, for comparing it with what the same file says at another time. A time to come is one of a
 * wrong clock, and counts as its arrival: else nothing after it would count.
 */
export function fileClock(text: unknown, { mtime, arrival }: Writing): FileClock {
  const modified = modifiedAt(mtime)
  const past = (at: number | undefined) => (at === undefined ? undefined : Math.min(at, arrival))
  return { said: past(saidAt(text, modified)), modified: past(modified) }
}

/** Whether a file was written before what the same file told last: like is compared with like. */
export function isWrittenBefore(one: FileClock, last: FileClock): boolean {
  if (one.said !== undefined && last.said !== undefined) return one.said < last.said
  return one.modified !== undefined && last.modified !== undefined && one.modified < last.modified
}

const modifiedAt = (mtime: string | null | undefined) => (mtime ? placeStatedTime(mtime, 0) : undefined)

/** A zoneless saying that no zone brings near the modification time names no instant: the file was touched or copied since. */
function saidAt(text: unknown, modified: number | undefined): number | undefined {
  const stated = typeof text === 'string' ? parseStatedTime(text) : undefined
  if (!stated || stated.isZoned) return stated?.ms
  return modified === undefined ? undefined : placedBy(modified, stated)
}

function placedBy(modified: number, stated: StatedTime): number | undefined {
  const offset = clockOffset(modified, stated)
  if (offset === undefined) return undefined
  const placed = stated.ms + offset
  return Math.abs(modified - placed) <= BELIEVED_WITHIN_MS ? placed : undefined
}
