import { ATTENTION_ORDER, waitsForPerson } from '../domain/attention.ts'
import { PRIORITIES } from '../domain/project-registry.ts'
import type { ProjectSummary } from '../domain/project-summary.ts'

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
export function placeOf(ordered: readonly ProjectSummary[], summary: ProjectSummary): number {
  let [from, to] = [0, ordered.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    const there = ordered[middle]
    if (there && inOrder(there, summary) < 0) from = middle + 1
    else to = middle
  }
  return from
}
