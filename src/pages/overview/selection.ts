import type { ProjectSummary } from '../../domain/summary/project-summary.ts'
import { type OverviewQuery, pageSize } from '../../../views/overview/overview-query.ts'
import { sortedBy } from './order.ts'

export type Selection = {
  /** All that the filters match, in order. */
  matching: ProjectSummary[]
  /** The projects on this page, in order. */
  rows: ProjectSummary[]
  /** How many the filters match, on all pages. */
  total: number
}

/** What an overview with these filters shows of all projects, which are in order. Archived ones show only when asked for. */
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

/** Each part stays in its order. */
function pinnedFirst(pins: ReadonlySet<string>, summaries: readonly ProjectSummary[]): ProjectSummary[] {
  const isPinned = ({ project }: ProjectSummary) => pins.has(project.name)
  return [...summaries.filter(isPinned), ...summaries.filter((summary) => !isPinned(summary))]
}
