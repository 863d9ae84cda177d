import type { ProjectSummary } from '../src/domain/project-summary.ts'

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

const MINUTES = 60

/** Adds up the summaries of all projects that the viewer may see. */
export function overviewFigures(summaries: Iterable<ProjectSummary>, now: number): OverviewFigures {
  const thisMinute = Math.floor(now / 60_000)
  const counts = new Int32Array(MINUTES)
  const figures: OverviewFigures = { projects: 0, oldestWait: undefined, oldestSilence: undefined, minutes: [] }
  for (const { attention, minutes } of summaries) {
    figures.projects += 1
    figures.oldestWait = earlier(figures.oldestWait, attention.waitingSince)
    if (attention.word === 'stale') figures.oldestSilence = earlier(figures.oldestSilence, attention.since)
    addLastHour(counts, packedMinutes(minutes), thisMinute)
  }
  figures.minutes = Array.from(counts, (count, age) => [thisMinute - age, count])
  return figures
}

/** `counts` by age in minutes. */
function addLastHour(counts: Int32Array, packed: Int32Array, thisMinute: number) {
  for (let at = 0; at < packed.length; at += 2) {
    const age = thisMinute - (packed[at] ?? 0)
    if (age >= 0 && age < MINUTES) counts[age] = (counts[age] ?? 0) + (packed[at + 1] ?? 0)
  }
}

type Minutes = ProjectSummary['minutes']

/**
 * The minutes of a thousand projects are sixty thousand small objects all over the memory: reading them took 5 ms of every
 * flush. A fold replaces the list of a project in which something happened, so the others are packed already.
 */
const packed = new WeakMap<Minutes, Int32Array>()

function packedMinutes(minutes: Minutes): Int32Array {
  const known = packed.get(minutes)
  if (known) return known
  const fresh = Int32Array.from(minutes.flat())
  packed.set(minutes, fresh)
  return fresh
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.min(one, other)
}
