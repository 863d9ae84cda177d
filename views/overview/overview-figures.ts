import type { ProjectSummary } from '../../src/domain/summary/project-summary.ts'

export type OverviewFigures = {
  projects: number
  oldestWait: number | undefined
  oldestSilence: number | undefined
  minutes: [number, number][]
}

/** So many minutes, the present one first, each with its events. */
export const lastHour = (length: number, thisMinute: number, countOf: (minute: number) => number): [number, number][] =>
  Array.from({ length }, (_, age) => [thisMinute - age, countOf(thisMinute - age)])

type Minutes = ProjectSummary['minutes']

/** Packed once per list, because a thousand projects have sixty thousand small objects; folds replace changed lists. */
const packed = new WeakMap<Minutes, Int32Array>()

export function packedMinutes(minutes: Minutes): Int32Array {
  const known = packed.get(minutes)
  if (known) return known
  const fresh = Int32Array.from(minutes.flat())
  packed.set(minutes, fresh)
  return fresh
}
