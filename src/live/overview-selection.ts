import { ATTENTION_ORDER, type AttentionWord, waitsForPerson } from '../domain/attention.ts'
import { PRIORITIES } from '../domain/project-registry.ts'
import type { ProjectSummary } from '../domain/project-summary.ts'
import { type OverviewQuery, PROJECTS_PER_PAGE } from '../../views/overview-query.ts'

export type Selection = {
  /** All that the filters match, in order. */
  matching: ProjectSummary[]
  /** The projects on this page, in order. */
  rows: ProjectSummary[]
  /** How many the filters match, on all pages. */
  total: number
  counts: Record<AttentionWord, number>
}

/**
 * What an overview with these filters shows. Ordered by attention, then by who waits longest, priority and name: an order
 * that changes only when something happened, never because time passed. Archived projects show only when asked for.
 */
export function selectProjects(summaries: Iterable<ProjectSummary>, query: OverviewQuery): Selection {
  const counts = noProjects()
  const matching: ProjectSummary[] = []
  for (const summary of summaries) {
    if (summary.project.status !== 'archived') counts[summary.attention.word] += 1
    if (matches(summary, query)) matching.push(summary)
  }
  matching.sort(inOrder)
  const from = (query.page - 1) * PROJECTS_PER_PAGE
  return { matching, rows: matching.slice(from, from + PROJECTS_PER_PAGE), total: matching.length, counts }
}

/** The counts before any project was counted. */
export function noProjects(): Record<AttentionWord, number> {
  return { needs_you: 0, blocked: 0, failed: 0, in_review: 0, stale: 0, working: 0, waiting: 0, paused: 0, idle: 0, done: 0 }
}

function matches({ project, attention, workflowState }: ProjectSummary, query: OverviewQuery): boolean {
  if (query.status ? project.status !== query.status : project.status === 'archived') return false
  if (query.attention && attention.word !== query.attention) return false
  if (query.priority && project.priority !== query.priority) return false
  if (query.tag && !project.tags.includes(query.tag)) return false
  if (!query.text) return true
  const text = query.text.toLowerCase()
  return [project.name, project.description, workflowState, attention.reason, ...project.tags].some((part) =>
    part.toLowerCase().includes(text),
  )
}

const URGENCY = new Map(ATTENTION_ORDER.map((word, index) => [word, index]))
const PRECEDENCE = new Map(PRIORITIES.map((priority, index) => [priority, index]))

function inOrder(a: ProjectSummary, b: ProjectSummary): number {
  return (
    (URGENCY.get(a.attention.word) ?? 0) - (URGENCY.get(b.attention.word) ?? 0) ||
    waitingSince(a) - waitingSince(b) ||
    (PRECEDENCE.get(a.project.priority) ?? 0) - (PRECEDENCE.get(b.project.priority) ?? 0) ||
    (a.project.name < b.project.name ? -1 : 1)
  )
}

const waitingSince = ({ attention }: ProjectSummary) => (waitsForPerson(attention.word) ? (attention.waitingSince ?? 0) : 0)
