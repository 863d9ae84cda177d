import { ATTENTION_ORDER, waitsForPerson } from '../../domain/summary/attention.ts'
import { PRIORITIES } from '../../domain/registry/project-registry.ts'
import type { ProjectSummary } from '../../domain/summary/project-summary.ts'
import type { Sort } from '../../../views/overview/overview-query.ts'

const URGENCY = new Map(ATTENTION_ORDER.map((word, index) => [word, index]))
const PRECEDENCE = new Map(PRIORITIES.map((priority, index) => [priority, index]))

/**
 * By attention, then by who waits longest, priority and name: an order that changes only when something happened, never because
 * time passed.
 */
export function inOrder(a: ProjectSummary, b: ProjectSummary): number {
  return (
    (URGENCY.get(a.attention.word) ?? 0) - (URGENCY.get(b.attention.word) ?? 0) ||
    waitingSince(a) - waitingSince(b) ||
    (PRECEDENCE.get(a.project.priority) ?? 0) - (PRECEDENCE.get(b.project.priority) ?? 0) ||
    compareNames(a.project.name, b.project.name)
  )
}

const waitingSince = ({ attention }: ProjectSummary) => (waitsForPerson(attention.word) ? (attention.waitingSince ?? 0) : 0)

function compareNames(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Where a summary stands, or would stand, among those that are in order. */
export function rankOf(ordered: readonly ProjectSummary[], summary: ProjectSummary): number {
  let [from, to] = [0, ordered.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    const there = ordered[middle]
    if (there && inOrder(there, summary) < 0) from = middle + 1
    else to = middle
  }
  return from
}

/** What each other order goes by, the smallest first; what has no such instant comes last. */
const MEASURES: Record<Exclude<Sort, 'name'>, (summary: ProjectSummary) => number> = {
  last_event: ({ lastEventAt }) => (lastEventAt === undefined ? Infinity : -lastEventAt),
  waiting: ({ attention }) => attention.waitingSince ?? Infinity,
  age: ({ ageSince }) => ageSince ?? Infinity,
}

/** The same projects in another order; equals stay in the order in which they came. */
export function sortedBy(sort: Sort, summaries: readonly ProjectSummary[]): ProjectSummary[] {
  if (sort === 'name') return summaries.toSorted((a, b) => compareNames(a.project.name, b.project.name))
  const measure = MEASURES[sort]
  return summaries.toSorted((a, b) => compareNumbers(measure(a), measure(b)))
}

const compareNumbers = (a: number, b: number): number => (a === b ? 0 : a - b)
