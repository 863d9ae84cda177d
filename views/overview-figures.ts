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

/** Adds up the summaries of all projects that the viewer may see. Told anew at every flush, with an hour of each: counted in place. */
export function overviewFigures(summaries: Iterable<ProjectSummary>, now: number): OverviewFigures {
  const thisMinute = Math.floor(now / 60_000)
  const counts = new Array<number>(MINUTES).fill(0)
  const figures: OverviewFigures = { projects: 0, oldestWait: undefined, oldestSilence: undefined, minutes: [] }
  for (const { attention, minutes } of summaries) {
    figures.projects += 1
    figures.oldestWait = earlier(figures.oldestWait, attention.waitingSince)
    if (attention.word === 'stale') figures.oldestSilence = earlier(figures.oldestSilence, attention.since)
    for (const [minute, count] of minutes) {
      const known = counts[thisMinute - minute]
      if (known !== undefined) counts[thisMinute - minute] = known + count
    }
  }
  figures.minutes = counts.map((count, age) => [thisMinute - age, count])
  return figures
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.min(one, other)
}
