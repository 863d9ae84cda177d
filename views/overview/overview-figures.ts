import type { ProjectSummary } from '../../src/domain/summary/project-summary.ts'

/** What the overview's heading says about all projects together, whatever page of them is on screen. */
export type OverviewFigures = {
  projects: number
  /** Since when the longest waiting project waits for a person. */
  oldestWait: number | undefined
  /** Since when the longest silent one is silent. */
  oldestSilence: number | undefined
  /** Events of the last hour, per minute. */
  minutes: [number, number][]
}

/** So many minutes, the present one first, each with its events. */
export const lastHour = (length: number, thisMinute: number, countOf: (minute: number) => number): [number, number][] =>
  Array.from({ length }, (_, age) => [thisMinute - age, countOf(thisMinute - age)])

type Minutes = ProjectSummary['minutes']

/**
 * The minutes of a thousand projects are sixty thousand small objects all over the memory. A fold replaces the list of a
 * project in which something happened, so the others are packed already.
 */
const packed = new WeakMap<Minutes, Int32Array>()

/** Minutes and counts in turn. */
export function packedMinutes(minutes: Minutes): Int32Array {
  const known = packed.get(minutes)
  if (known) return known
  const fresh = Int32Array.from(minutes.flat())
  packed.set(minutes, fresh)
  return fresh
}
