import type { ProjectSummary } from '../../domain/summary/project-summary.ts'
import type { OverviewQuery } from '../../../views/overview/overview-query.ts'
import type { PageDeps } from '../page.ts'
import { selectProjects } from './selection.ts'

export type OverviewSource = Pick<PageDeps, 'overview' | 'links' | 'now'> & Partial<Pick<PageDeps, 'isPart'>>

/** What an overview shows at one moment, for its page and its frames. */
export function overviewContent({ overview: index, links, now, isPart = false }: OverviewSource, query: OverviewQuery) {
  const { rows, total } = selectProjects(index.ordered, query)
  const at = now()
  const together = { counts: { ...index.counts }, figures: index.figures(at), tags: index.tags(), events: index.events() }
  return { rows, total, ...together, query, links: links(), now: at, isPart }
}

export type OverviewContentNow = ReturnType<typeof overviewContent>

/** A digest of what an overview shows, which differs when the screen does; and the number of events, for returning pages. */
export function positionOf({ rows, total, counts, tags, links, events }: OverviewContentNow): string {
  const parts = rows.map(rowPosition)
  const states = links.map(({ name, state }) => `${name}=${state}`)
  return `${Bun.hash(JSON.stringify([total, counts, tags, parts, states])).toString(36)}.${events}`
}

const rowPosition = ({ project, epoch, offset, attention, approvals }: ProjectSummary) =>
  [project.name, project.status, project.priority, epoch, offset, attention.word, attention.reason, approvals.total].join()

/** When something on screen last happened (ms since 1970). */
export const lastEventOf = (rows: readonly ProjectSummary[]): number | undefined =>
  rows.reduce<number | undefined>(
    (latest, { lastEventAt }) => (lastEventAt !== undefined && lastEventAt > (latest ?? 0) ? lastEventAt : latest),
    undefined,
  )

/** Whether the rows stand in the same order, so that changed ones can be replaced singly. */
export function hasSameOrder(shown: OverviewContentNow, now: OverviewContentNow): boolean {
  return (
    shown.total === now.total &&
    shown.rows.length === now.rows.length &&
    // Rows are also grouped by attention.
    shown.rows.every(({ project, attention }, index) => {
      const other = now.rows[index]
      return project.name === other?.project.name && attention.word === other.attention.word
    })
  )
}
