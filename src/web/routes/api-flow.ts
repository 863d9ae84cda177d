import { Hono } from 'hono'
import { DAYS_KEPT } from '../../domain/project/flow.ts'
import { RefusedError } from '../../domain/refused.ts'
import { askedMoment } from '../asked-moment.ts'
import type { Env, WebDeps } from '../env.ts'
import { jsonWithEtag } from '../etag.ts'
import { findProject } from '../../projection/find-project.ts'
import { flowJson } from '../flow-json.ts'
import { pastOf } from '../../pages/past.ts'

/** GET /api/v1/projects/:name/flow?days= — how long things take and how many are done; with `?at=` as of that moment. */
export function flowApiRoutes(deps: WebDeps) {
  return new Hono<Env>().get('/projects/:name/flow', async (c) => {
    const days = daysOf(c.req.query('days'))
    const project = await findProject(deps, c.req.param('name'))
    const at = askedMoment(c)
    const past = at === undefined ? undefined : await pastOf(deps, { project, at, signal: c.env.arrived.signal })
    const view = past?.view ?? (await deps.projections.fresh(project.name))
    return jsonWithEtag(c, flowJson(project.name, view, { now: past?.now ?? Date.now(), days }))
  })
}

function daysOf(asked: string | undefined): number {
  if (asked === undefined) return DAYS_KEPT
  const days = /^\d{1,2}$/.test(asked) ? Number(asked) : 0
  if (days >= 1 && days <= DAYS_KEPT) return days
  throw new RefusedError('VALIDATION_ERROR', `"days" is a whole number from 1 to ${DAYS_KEPT}.`)
}
