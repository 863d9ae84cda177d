import { type Finding, isSame, type ReportedFile } from './state-file-report.ts'

export type ListedFile = { print: string; modifiedMs: number }

export type Item = {
  reported: ReportedFile | undefined
  listed: ListedFile | undefined
  trouble: { since: number; attempts: number } | undefined
  lookedAt: number
  pace: Pace
  heldUntil: number
  isPaced: boolean
}

export type Verdict = { tell: Finding } | { lookAgainAt: number } | undefined

// Long enough (1.6 s in all) for a writer that truncates and writes.
const PATIENCE_MS = [25, 50, 100, 200, 400, 800]
const PATIENCE_IN_ALL_MS = 10_000

/** A new item; `reported` is what the log holds of it. */
export function newItem(reported?: ReportedFile): Item {
  return { reported, listed: undefined, trouble: undefined, lookedAt: -Infinity, pace: newPace(), heldUntil: 0, isPaced: false }
}

/** Decides what to do with a finding: good news is reported at once, bad news after it lasted. */
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

/** How much one file may add to the log; a project's files together may add `PROJECT_FACTOR` times as much. */
export const FILE_BOUND: Bound = { bytes: 8 * 1024 * 1024, perMs: 60_000 }
const PROJECT_FACTOR = 8

/** How long (ms) content has to wait so that the log stays within its bounds. */
export function holdBack(item: Item, bytes: number, { now, project, bound }: { now: number; project: Pace; bound: Bound }): number {
  const together = { ...bound, bytes: PROJECT_FACTOR * bound.bytes }
  const waitMs = waitFor(item.pace, bytes, { now, bound }) || waitFor(project, bytes, { now, bound: together })
  item.heldUntil = now + waitMs
  return waitMs
}

/** The file was written again: its problem gets new patience. */
export function changedAgain(item: Item) {
  if (item.trouble) item.trouble.attempts = 0
}

export type Pace = { bytes: number; at: number }

export type Bound = { bytes: number; perMs: number }

/** An unused pace. */
export const newPace = (): Pace => ({ bytes: 0, at: 0 })

/** How long (ms) these bytes have to wait to stay within the bound. Larger content waits until everything before it has expired. */
export function waitFor(pace: Pace, bytes: number, { now, bound }: { now: number; bound: Bound }): number {
  const left = Math.max(0, pace.bytes - ((now - pace.at) / bound.perMs) * bound.bytes)
  const over = left + bytes - bound.bytes
  if (left > 0 && over > 0) return Math.ceil((Math.min(left, over) / bound.bytes) * bound.perMs)
  pace.bytes = left + bytes
  pace.at = now
  return 0
}
