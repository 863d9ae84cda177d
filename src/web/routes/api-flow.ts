import { Hono } from 'hono'
import type { Env, WebDeps } from '../env.ts'
import { jsonWithEtag } from '../etag.ts'
import { findProject } from '../find-project.ts'
import { flowJson } from '../flow-json.ts'
import { pastOf } from '../past.ts'

/** GET /api/v1/projects/:name/flow — how long things take and how many are done; with `?at=` as of that moment. */
export function flowApiRoutes(deps: WebDeps) {
  return new Hono<Env>().get('/projects/:name/flow', async (c) => {
    const project = await findProject(deps, c.req.param('name'))
    const at = c.req.query('at')
    const past = at === undefined ? undefined : await pastOf(deps, project, at)
    const view = past?.view ?? (await deps.projections.fresh(project.name))
    return jsonWithEtag(c, flowJson(project.name, view, past?.now ?? Date.now()))
  })
}
