import type { AttentionWord } from '../../domain/summary/attention.ts'
import type { ProjectSummary } from '../../domain/summary/project-summary.ts'
import { inOrder, rankOf } from './selection.ts'
import { lastHour, type OverviewFigures, packedMinutes } from '../../../views/overview/overview-figures.ts'

/** All projects in the overview's order, with counts over all of them. */
export type OverviewIndex = {
  readonly ordered: readonly ProjectSummary[]
  readonly counts: Readonly<Record<AttentionWord, number>>
  figures(now: number): OverviewFigures
  tags(): readonly string[]
  events(): number
}

export type OverviewChange = { before: ProjectSummary | undefined; summary: ProjectSummary; isGone?: boolean }
type Source = { summaries(): Iterable<ProjectSummary>; onChange(listener: (change: OverviewChange) => void): void }

const KEPT_MINUTES = 60

/**
 * Updated per summary, so that the cost does not grow with the number of projects.
 * Open it before what shows it, so that it is updated first.
 */
export function openOverviewIndex(source: Source): OverviewIndex {
  const ordered: ProjectSummary[] = [...source.summaries()].sort(inOrder)
  const counts = noProjects()
  const totals = openTotals()

  function count(summary: ProjectSummary, by: 1 | -1) {
    if (summary.project.status !== 'archived') counts[summary.attention.word] += by
    totals.count(summary, by)
  }

  for (const summary of ordered) count(summary, 1)
  source.onChange(({ before, summary, isGone }) => {
    if (before) {
      ordered.splice(rankOf(ordered, before), 1)
      count(before, -1)
    }
    if (isGone) return
    ordered.splice(rankOf(ordered, summary), 0, summary)
    count(summary, 1)
  })
  return { ordered, counts, figures: totals.figures, tags: totals.tags, events: totals.events }
}

function noProjects(): Record<AttentionWord, number> {
  return { needs_you: 0, blocked: 0, failed: 0, in_review: 0, stale: 0, working: 0, waiting: 0, paused: 0, idle: 0, done: 0 }
}

function openTotals() {
  const waiting = openEarliest()
  const silent = openEarliest()
  const minutes = new Map<number, number>()
  const tagged = new Map<string, number>()
  let [projects, events]: [number, number] = [0, 0]
  let tagList: readonly string[] | undefined

  return {
    count(summary: ProjectSummary, by: 1 | -1) {
      events += by * summary.offset
      for (const tag of summary.project.tags) if (addTo(tagged, tag, by)) tagList = undefined
      if (summary.project.status === 'archived') return
      projects += by
      const { attention } = summary
      waiting.count(attention.waitingSince, by)
      if (attention.word === 'stale') silent.count(attention.since, by)
      const packed = packedMinutes(summary.minutes)
      for (let at = 0; at < packed.length; at += 2) addTo(minutes, packed[at] ?? 0, by * (packed[at + 1] ?? 0))
    },
    figures(now: number): OverviewFigures {
      const thisMinute = Math.floor(now / 60_000)
      return {
        projects,
        oldestWait: waiting.earliest(),
        oldestSilence: silent.earliest(),
        minutes: lastHour(KEPT_MINUTES, thisMinute, (minute) => minutes.get(minute) ?? 0),
      }
    },
    tags: () => (tagList ??= [...tagged.keys()].toSorted()),
    events: () => events,
  }
}

/** True when the key is new or gone; zero sums are dropped. */
function addTo<K>(counts: Map<K, number>, key: K, by: number): boolean {
  const before = counts.get(key) ?? 0
  if (before + by === 0) counts.delete(key)
  else counts.set(key, before + by)
  return before === 0 || before + by === 0
}

/** The earliest of many instants (ms since 1970), looked for anew only when it was taken away. */
function openEarliest() {
  const instants = new Map<number, number>()
  let first: number | undefined
  return {
    count(instant: number | undefined, by: number) {
      if (instant === undefined) return
      const isOther = addTo(instants, instant, by)
      if (by > 0 && (first === undefined || instant < first)) first = instant
      else if (isOther && instant === first)
        first = instants.size === 0 ? undefined : [...instants.keys()].reduce((one, other) => Math.min(one, other))
    },
    earliest: () => first,
  }
}
