import { type Finding, isSame, type Reported } from './state-file-report.ts'

/** `print` differs when a file may have changed. */
export type Listed = { print: string; modifiedMs: number }

/** What is known of a state file, or of a folder of them. Times are of `performance.now()`. */
export type Item = {
  reported: Reported | undefined
  listed: Listed | undefined
  /** A problem that may pass by itself: half-written, or gone for a moment. */
  trouble: { since: number; attempts: number } | undefined
  lookedAt: number
  pace: Pace
  /** It is not read before, for what it holds could not be stored. */
  heldUntil: number
  isPaced: boolean
}

/** What to do about a finding: tell it, look again later, or nothing. */
export type Verdict = { tell: Finding } | { lookAgainAt: number } | undefined

// A writer that truncates and writes is done long before the last of these, 1.6 s in all.
const PATIENCE_MS = [25, 50, 100, 200, 400, 800]
/** However often a damaged file is written anew, people hear of it after this. */
const PATIENCE_IN_ALL_MS = 10_000

/** An item that nobody has looked at; `reported` is what the log is known to hold of it. */
export function newItem(reported?: Reported): Item {
  return { reported, listed: undefined, trouble: undefined, lookedAt: -Infinity, pace: newPace(), heldUntil: 0, isPaced: false }
}

/** Judges a finding by what was reported before. Good news at once, bad news once they have stood for a while. */
export function weigh(item: Item, finding: Finding | undefined, now: number): Verdict {
  if (!finding || isSame(item.reported, finding)) {
    item.trouble = undefined
    return undefined
  }
  const waitMs = finding.kind === 'problem' ? patience(item, now) : undefined
  if (waitMs !== undefined) return { lookAgainAt: now + waitMs }
  item.trouble = undefined
  return { tell: finding }
}

function patience(item: Item, now: number): number | undefined {
  const trouble = (item.trouble ??= { since: now, attempts: 0 })
  if (now - trouble.since > PATIENCE_IN_ALL_MS) return undefined
  const waitMs = PATIENCE_MS[trouble.attempts]
  trouble.attempts += 1
  return waitMs
}

/** What one file may add to the log: two of the largest a minute. All files of a project together may add so many times as much. */
export const FILE_BOUND: Bound = { bytes: 8 * 1024 * 1024, perMs: 60_000 }
const PROJECT_FACTOR = 8

/** How long content has to wait so that the log grows no faster than its bounds; 0 where it may be reported now. */
export function holdBack(item: Item, bytes: number, { now, project, bound }: { now: number; project: Pace; bound: Bound }): number {
  const together = { ...bound, bytes: PROJECT_FACTOR * bound.bytes }
  const waitMs = waitFor(item.pace, bytes, { now, bound }) || waitFor(project, bytes, { now, bound: together })
  item.heldUntil = now + waitMs
  return waitMs
}

/** The file was written again: what was wrong with it gets its time anew. */
export function changedAgain(item: Item) {
  if (item.trouble) item.trouble.attempts = 0
}

/** How much of what a writer rewrites was stored lately. `at` is of `performance.now()`. */
export type Pace = { bytes: number; at: number }

/** So many bytes in so many ms. */
export type Bound = { bytes: number; perMs: number }

/** Nothing was stored yet. */
export const newPace = (): Pace => ({ bytes: 0, at: 0 })

/**
 * For how many ms so many bytes have to wait so that no more is stored than the bound allows; 0 where they are stored now. What
 * is larger than the bound itself is stored once everything before it has its time.
 */
export function waitFor(pace: Pace, bytes: number, { now, bound }: { now: number; bound: Bound }): number {
  const left = Math.max(0, pace.bytes - ((now - pace.at) / bound.perMs) * bound.bytes)
  const over = left + bytes - bound.bytes
  if (left > 0 && over > 0) return Math.ceil((Math.min(left, over) / bound.bytes) * bound.perMs)
  pace.bytes = left + bytes
  pace.at = now
  return 0
}
