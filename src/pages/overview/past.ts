import { summaryOfFigures } from '../../domain/figures-only.ts'
import { RefusedError } from '../../domain/refused.ts'
import { parseMoment, projectsAt } from '../../projection/time-travel.ts'
import { type OverviewQuery, pageSize } from '../../../views/overview/overview-query.ts'
import type { PageDeps, PageRequest } from '../page.ts'
import { readLong } from '../past.ts'
import { openOverviewIndex } from './index-of-projects.ts'
import { selectProjects } from './selection.ts'

/**
 * One page of all projects at `?at=`. If a single page holds all, it is in the order of that moment, else by name: then only the
 * page's projects are folded, and filters by state do not apply.
 */
export async function pastOverview(request: PageRequest, deps: PageDeps, asked: OverviewQuery) {
  const { at = '' } = request
  const now = Math.min(instantOf(at), deps.now())
  const known = selectProjects(deps.overview.ordered, { status: asked.status, priority: asked.priority, tag: asked.tag, page: 1 }).matching
  const isWhole = known.length <= pageSize(asked)
  const query: OverviewQuery = { ...asked, ...(isWhole ? {} : { attention: undefined, sort: 'name' }), at }
  const named = isWhole ? undefined : selectProjects(known, { ...query, text: undefined })
  const wanted = (named?.rows ?? known).map(({ project }) => project)
  const moment = { instant: now, staleMinutes: deps.settings.staleMinutes }
  const past = await readLong(deps, request, ({ whole }) => projectsAt(whole, wanted, moment))
  if (past.summaries.length === 0 && past.forgotten > 0) throw gone(past.firstAt)
  const shown = past.summaries.map((summary) => (deps.isFiguresOnly(summary.project.name) ? summaryOfFigures(summary) : summary))
  const then = openOverviewIndex({ summaries: () => shown, onChange: () => undefined })
  const { rows, total } = selectProjects(then.ordered, { ...query, page: 1, ...(isWhole ? {} : { text: undefined }) })
  const together = { counts: then.counts, figures: then.figures(now), tags: deps.overview.tags(), links: [] }
  return { rows, total: named?.total ?? total, query, now, isWhole, forgotten: past.forgotten, ...together }
}

function instantOf(at: string): number {
  const moment = parseMoment(at)
  if ('instant' in moment) return moment.instant
  throw new RefusedError(
    'VALIDATION_ERROR',
    'For all projects together, at must be a time with a zone such as 2026-11-23T20:30:00Z: an offset counts the events of one project.',
    { field: 'at' },
  )
}

/** Retention removed that time of all projects. */
function gone(firstAt: string | undefined): RefusedError {
  const since = firstAt === undefined ? '' : ` What is left begins at ${firstAt}.`
  return new RefusedError(
    'GONE',
    `Events of that time were removed by retention.${since}`,
    firstAt === undefined ? {} : { first_at: firstAt },
  )
}
