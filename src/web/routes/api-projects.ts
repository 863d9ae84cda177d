import { type Context, Hono } from 'hono'
import type { ProjectState } from '../../domain/project/project-state.ts'
import { stateHash } from '../../domain/project/state-codec.ts'
import { RefusedError } from '../../domain/refused.ts'
import type { Project } from '../../domain/registry/project-registry.ts'
import type { ProjectSummary } from '../../domain/summary/project-summary.ts'
import { selectProjects } from '../../pages/overview/selection.ts'
import type { PageDeps } from '../../pages/page.ts'
import { keptEvents, pastOf } from '../../pages/past.ts'
import { findProject, mustBeRead } from '../../projection/find-project.ts'
import type { Env, WebDeps } from '../env.ts'
import { jsonWithEtag } from '../etag.ts'
import { askedMoment } from '../page-request.ts'
import { isoOrNull, projectJson, stateJson } from '../project-json.ts'
import { parseOverviewQuery } from '../../../views/overview/overview-query.ts'

const PAGE_LIMIT = 100

/** GET /api/v1/projects, …/:name and …/:name/state. */
export function projectRoutes(deps: WebDeps) {
  const { staleMinutes } = deps.settings
  return new Hono<Env>()
    .get('/projects', (c) => projectList(c, deps))
    .get('/projects/:name', async (c) => {
      const seen = deps.audiences.of(c.get('viewer'))
      const project = await findProject(seen, c.req.param('name'))
      const { view, summary, now } = await viewOf(c, seen, project)
      const { first } = await keptEvents(seen, project.name)
      const events_kept = { first_offset: first?.offset ?? 1, removed_before: isoOrNull(first?.at) }
      const metrics = figuresOf(view.state, summary)
      const { epoch, offset, state } = stateJson(project.name, view, { now, staleMinutes })
      const body = { ...projectJson(project, summary), epoch, offset, events_kept, state, metrics }
      return jsonWithEtag(c, body)
    })
    .get('/projects/:name/state', async (c) => {
      const seen = deps.audiences.of(c.get('viewer'))
      const project = await findProject(seen, c.req.param('name'))
      const { view, summary, now } = await viewOf(c, seen, project)
      return jsonWithEtag(
        c,
        { ...stateJson(project.name, view, { now, staleMinutes }), state_hash: stateHash(view.state) },
        summary?.attention.word,
      )
    })
}

async function viewOf(c: Context<Env>, deps: PageDeps, project: Project) {
  const at = askedMoment(c)
  if (at !== undefined) return pastOf(deps, { project, at, signal: c.env.arrived.signal })
  const view = await deps.projections.fresh(project.name)
  return { view, summary: deps.projections.summary(project.name), now: Date.now() }
}

/** Ordered by name, paged by the previous page's last name; unknown filter values are ignored. */
function projectList(c: Context<Env>, deps: WebDeps) {
  mustBeRead(deps)
  const { overview } = deps.audiences.of(c.get('viewer'))
  const url = new URL(c.req.url)
  const query = { ...parseOverviewQuery(url.searchParams), page: 1 }
  const limit = readLimit(c.req.query('limit'))
  const cursor = c.req.query('cursor') ?? ''
  const { matching } = selectProjects(overview.ordered, query)
  const named = matching.toSorted((a, b) => (a.project.name < b.project.name ? -1 : 1)).filter(({ project }) => project.name > cursor)
  const shown = named.slice(0, limit)
  const last = named.length > limit ? shown.at(-1)?.project.name : undefined
  return jsonWithEtag(c, {
    projects: shown.map((summary) => projectJson(summary.project, summary)),
    total_count: matching.length,
    active_count: matching.filter(({ project }) => project.status === 'active').length,
    last_updated: isoOrNull(Math.max(0, ...matching.map(({ lastEventAt }) => lastEventAt ?? 0)) || undefined),
    next: last ?? null,
  })
}

function readLimit(text: string | undefined): number {
  const limit = Number(text ?? PAGE_LIMIT)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) return limit
  throw new RefusedError('VALIDATION_ERROR', `limit must be 1 to 1000, not "${text?.slice(0, 20)}".`, { field: 'limit' })
}

function figuresOf(state: ProjectState, summary: ProjectSummary | undefined) {
  const { inputTokens, outputTokens, cacheReadTokens, costUsd } = state.usage
  return {
    events: state.offset,
    open_cycles: summary?.cyclesTotal ?? 0,
    agents: summary?.agents ?? 0,
    pending_approvals: summary?.approvals.total ?? 0,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cache_read_tokens: cacheReadTokens,
    cost_usd: costUsd,
  }
}
