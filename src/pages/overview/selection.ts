import { PRIORITIES } from '../../domain/registry/project-registry.ts'
import { ATTENTION_ORDER, waitsForPerson } from '../../domain/summary/attention.ts'
import type { ProjectSummary } from '../../domain/summary/project-summary.ts'
import { type OverviewQuery, pageSize, type Sort } from '../../../views/overview/overview-query.ts'

type Selection = {
  matching: ProjectSummary[]
  rows: ProjectSummary[]
  total: number
}

/** The projects that match the filters, of all in order; archived ones only on request. */
export function selectProjects(ordered: readonly ProjectSummary[], query: OverviewQuery): Selection {
  const text = query.text?.toLowerCase()
  const found = ordered.filter((summary) => matches(summary, query, text))
  const sorted = query.sort ? sortedBy(query.sort, found) : found
  const matching = query.pins ? pinnedFirst(new Set(query.pins), sorted) : sorted
  const from = (query.page - 1) * pageSize(query)
  return { matching, rows: matching.slice(from, from + pageSize(query)), total: matching.length }
}

function matches({ project, attention, workflowState }: ProjectSummary, query: OverviewQuery, text: string | undefined): boolean {
  if (query.status ? project.status !== query.status : project.status === 'archived') return false
  if (query.attention && attention.word !== query.attention) return false
  if (query.priority && project.priority !== query.priority) return false
  if (query.tag && !project.tags.includes(query.tag)) return false
  if (!text) return true
  return [project.name, project.description, workflowState, attention.reason, ...project.tags].some((part) =>
    part.toLowerCase().includes(text),
  )
}

function pinnedFirst(pins: ReadonlySet<string>, summaries: readonly ProjectSummary[]): ProjectSummary[] {
  const isPinned = ({ project }: ProjectSummary) => pins.has(project.name)
  return [...summaries.filter(isPinned), ...summaries.filter((summary) => !isPinned(summary))]
}

const URGENCY = new Map(ATTENTION_ORDER.map((word, index) => [word, index]))
const PRECEDENCE = new Map(PRIORITIES.map((priority, index) => [priority, index]))

/** By attention, then waiting time, priority and name: the order changes with events only, never with time. */
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

/** The index of a summary among ordered ones. */
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

/** What the other orders compare, smallest first; missing values last. */
const MEASURES: Record<Exclude<Sort, 'name'>, (summary: ProjectSummary) => number> = {
  last_event: ({ lastEventAt }) => (lastEventAt === undefined ? Infinity : -lastEventAt),
  waiting: ({ attention }) => attention.waitingSince ?? Infinity,
  age: ({ ageSince }) => ageSince ?? Infinity,
}

function sortedBy(sort: Sort, summaries: readonly ProjectSummary[]): ProjectSummary[] {
  if (sort === 'name') return summaries.toSorted((a, b) => compareNames(a.project.name, b.project.name))
  const measure = MEASURES[sort]
  return summaries.toSorted((a, b) => compareNumbers(measure(a), measure(b)))
}

const compareNumbers = (a: number, b: number): number => (a === b ? 0 : a - b)
