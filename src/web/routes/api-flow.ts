import { Hono } from 'hono'
import { openQuestions } from '../../domain/project/approval.ts'
import type { FlowKind } from '../../domain/project/durations.ts'
import { DAYS_KEPT, dayText } from '../../domain/project/flow.ts'
import type { ProjectState } from '../../domain/project/project-state.ts'
import { RefusedError } from '../../domain/refused.ts'
import { flowFigures, type Timing } from '../../domain/summary/flow-figures.ts'
import { pastOf } from '../../pages/past.ts'
import { findProject } from '../../projection/find-project.ts'
import type { ProjectView } from '../../projection/projections.ts'
import type { Env, WebDeps } from '../env.ts'
import { jsonWithEtag } from '../etag.ts'
import { askedMoment } from '../page-request.ts'
import { isoOrNull } from '../project-json.ts'

/** GET /api/v1/projects/:name/flow?days=, as of `?at=`. */
export function flowApiRoutes(deps: WebDeps) {
  return new Hono<Env>().get('/projects/:name/flow', async (c) => {
    const days = daysOf(c.req.query('days'))
    const seen = deps.audiences.of(c.get('viewer'))
    const project = await findProject(seen, c.req.param('name'))
    const at = askedMoment(c)
    const past = at === undefined ? undefined : await pastOf(seen, { project, at, signal: c.env.arrived.signal })
    const view = past?.view ?? (await seen.projections.fresh(project.name))
    return jsonWithEtag(c, flowJson(project.name, view, { now: past?.now ?? Date.now(), days }))
  })
}

function daysOf(asked: string | undefined): number {
  if (asked === undefined) return DAYS_KEPT
  const days = /^\d{1,2}$/.test(asked) ? Number(asked) : 0
  if (days >= 1 && days <= DAYS_KEPT) return days
  throw new RefusedError('VALIDATION_ERROR', `"days" is a whole number from 1 to ${DAYS_KEPT}.`)
}

const seconds = (ms: number) => Math.round(ms) / 1_000

const KINDS: Record<FlowKind, string> = { cycleTime: 'cycle_time', redToGreen: 'red_to_green', approvalWait: 'approval_wait' }

/** Contains start times instead of ages, so that it stays the same while nothing happens. */
function flowJson(project: string, { epoch, state }: ProjectView, { now, days }: { now: number; days: number }) {
  const { window, timings, completed, throughput, stateTimes, costs, medianCostUsd } = flowFigures(state, now, days)
  const kinds: FlowKind[] = ['cycleTime', 'redToGreen', 'approvalWait']
  return {
    project_name: project,
    epoch,
    offset: state.offset,
    window: { from: dayText(window.from), to: dayText(window.to), time_zone: 'UTC', counted_since: isoOrNull(state.flowSince) },
    ...Object.fromEntries(kinds.map((kind) => [KINDS[kind], timingJson(timings[kind])])),
    approvals_open: openJson(state, now),
    completed,
    throughput: throughput.map(({ day, completed }) => ({ day: dayText(day), completed })),
    time_in_state: {
      since: isoOrNull(state.firstEventAt),
      states: stateTimes.map(({ state: name, entered, ms, currentSince }) => ({
        ...{ state: name, entered, seconds: seconds(ms), current_since: isoOrNull(currentSince) },
      })),
    },
    cost: {
      median_usd: medianCostUsd ?? null,
      stories: costs.map(({ storyId, costUsd, at }) => ({ story_id: storyId, cost_usd: costUsd, last_reported_at: isoOrNull(at) })),
    },
  }
}

function timingJson({ count, medianMs, p85Ms }: Timing) {
  const orNull = (ms: number | undefined) => (ms === undefined ? null : seconds(ms))
  return { count, median_seconds: orNull(medianMs), p85_seconds: orNull(p85Ms) }
}

function openJson(state: ProjectState, now: number) {
  const { count, oldestAt } = openQuestions(state, now)
  return { count, oldest_requested_at: isoOrNull(oldestAt) }
}
