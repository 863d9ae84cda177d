import type { ProjectSummary } from '../../domain/summary/project-summary.ts'
import type { OverviewQuery } from '../../../views/overview/overview-query.ts'
import type { PageDeps } from '../page.ts'
import { selectProjects } from './selection.ts'

export type OverviewSource = Pick<PageDeps, 'overview' | 'links' | 'now'>

/** What an overview shows at one moment, as a page renders it and as a frame corrects it. */
export function overviewContent({ overview: index, links, now }: OverviewSource, query: OverviewQuery) {
  const { rows, total } = selectProjects(index.ordered, query)
  const at = now()
  const together = { counts: { ...index.counts }, figures: index.figures(at), tags: index.tags(), events: index.events() }
  return { rows, total, ...together, query, links: links(), now: at }
}

export type OverviewContentNow = ReturnType<typeof overviewContent>

/**
 * A digest of the positions and words that an overview shows, another one means that something else is on screen; and all
 * events that it rests on, which tells a page that comes back how many are new.
 */
export function positionOf({ rows, total, counts, tags, links, events }: OverviewContentNow): string {
  const parts = rows.map(rowPosition)
  const states = links.map(({ name, state }) => `${name}=${state}`)
  return `${Bun.hash(JSON.stringify([total, counts, tags, parts, states])).toString(36)}.${events}`
}

/** What a row shows besides its events: settings come from the configuration, and words and open questions change with the time. */
const rowPosition = ({ project, epoch, offset, attention, approvals }: ProjectSummary) =>
  [project.name, project.status, project.priority, epoch, offset, attention.word, attention.reason, approvals.total].join()

/** When anything on screen happened last, ms since 1970; undefined where nothing did. */
export const lastEventOf = (rows: readonly ProjectSummary[]): number | undefined =>
  rows.reduce<number | undefined>(
    (latest, { lastEventAt }) => (lastEventAt !== undefined && lastEventAt > (latest ?? 0) ? lastEventAt : latest),
    undefined,
  )

/** Whether the same rows stand in the same places: then those that changed can be replaced one by one. */
export function hasSameOrder(shown: OverviewContentNow, now: OverviewContentNow): boolean {
  return (
    shown.total === now.total &&
    shown.rows.length === now.rows.length &&
    // A word moves a row into another group even where its place among all rows stays.
    shown.rows.every(({ project, attention }, index) => {
      const other = now.rows[index]
      return project.name === other?.project.name && attention.word === other.attention.word
    })
  )
}
