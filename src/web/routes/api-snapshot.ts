import { Hono } from 'hono'
import { FOLD_VERSION } from '../../domain/project/project.ts'
import { encodeState } from '../../domain/project/state-codec.ts'
import { pastOf } from '../../pages/past.ts'
import { findProject } from '../../projection/find-project.ts'
import type { Env, WebDeps } from '../env.ts'
import { askedMoment } from '../page-request.ts'

/** GET /api/v1/projects/:name/snapshot?at=: a state from which a client can go on folding. */
export function snapshotRoutes(deps: WebDeps) {
  return new Hono<Env>().get('/projects/:name/snapshot', async (c) => {
    const seen = deps.audiences.of(c.get('viewer'))
    const { name, ...project } = await findProject(seen, c.req.param('name'))
    const at = askedMoment(c)
    const { epoch, state } =
      at === undefined
        ? await seen.projections.fresh(name)
        : (await pastOf(seen, { project: { name, ...project }, at, signal: c.env.arrived.signal })).view
    c.header('Cache-Control', 'no-store')
    return c.json({
      project_name: name,
      epoch,
      offset: state.offset,
      fold_version: FOLD_VERSION,
      stale_minutes: deps.settings.staleMinutes,
      body: encodeState(state),
    })
  })
}
