import type { StoredEventOf } from '../events/event.ts'
import { BELIEVED_WITHIN_MS, clockOffset, parseStatedTime, placeStatedTime, type StatedTime } from '../events/stated-time.ts'

export type StateFileContent = { content: Record<string, unknown>; event: StoredEventOf<'state_file'> }

export type FileTimes = { mtime: string | null | undefined; arrival: number }

/** Ms since 1970, never after the file's arrival. */
type FileClock = { said: number | undefined; modified: number | undefined }

export type FileMemory = {
  statusDigest: string | undefined
  statusClock: FileClock | undefined
  statusCycles: Map<string, string>
  fileClocks: Map<string, FileClock>
}

/** When a file was written (ms since 1970): its stated time if within two minutes of its modification time, else the latter. */
export function fileTime(text: unknown, { mtime, arrival }: FileTimes): number {
  const modified = modifiedAt(mtime)
  const said = saidAt(text, modified)
  if (modified === undefined) return Math.min(said ?? arrival, arrival)
  const isBelieved = said !== undefined && Math.abs(modified - said) <= BELIEVED_WITHIN_MS
  return Math.min(isBelieved ? said : modified, arrival)
}

/** When something in a file happened: its time relative to the file's, by the same clock. */
export function timeInFile(text: unknown, ofFile: unknown, writing: FileTimes): number {
  const told = typeof text === 'string' ? parseStatedTime(text) : undefined
  const file = typeof ofFile === 'string' ? parseStatedTime(ofFile) : undefined
  if (!told) return fileTime(ofFile, writing)
  if (!file || file.isZoned !== told.isZoned) return fileTime(text, writing)
  return fileTime(ofFile, writing) - Math.max(0, file.ms - told.ms)
}

/** A file's own times, to compare its versions. A future time counts as the arrival: otherwise nothing later would count. */
export function fileClock(text: unknown, { mtime, arrival }: FileTimes): FileClock {
  const modified = modifiedAt(mtime)
  const past = (at: number | undefined) => (at === undefined ? undefined : Math.min(at, arrival))
  return { said: past(saidAt(text, modified)), modified: past(modified) }
}

/** Whether a file is older than the last version that was read. */
export function isWrittenBefore(one: FileClock, last: FileClock): boolean {
  if (one.said !== undefined && last.said !== undefined) return one.said < last.said
  return one.modified !== undefined && last.modified !== undefined && one.modified < last.modified
}

const modifiedAt = (mtime: string | null | undefined) => (mtime ? placeStatedTime(mtime, 0) : undefined)

/** A zoneless time that no zone brings near the modification time is unusable: the file was touched or copied. */
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
