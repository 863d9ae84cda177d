import { Hono } from 'hono'
import { RefusedError } from '../../domain/refused.ts'
import type { Env, WebDeps } from '../env.ts'
import { findProject } from '../../projection/find-project.ts'
import { readBody } from '../read-body.ts'

const LIMIT_BYTES = 1_024

/** POST /projects/:name/losses — a form that says that somebody looked at what is missing, up to an offset (`seen`); leads back to the page. */
export function lossRoutes(deps: WebDeps) {
  return new Hono<Env>().post('/projects/:name/losses', async (c) => {
    const { name } = await findProject(deps, c.req.param('name'))
    const upTo = Number(new URLSearchParams(await readBody(c, LIMIT_BYTES)).get('seen'))
    if (!Number.isSafeInteger(upTo) || upTo < 1) throw new RefusedError('VALIDATION_ERROR', 'Say up to which event the losses were seen.')
    await deps.accept(name, [{ type: 'losses_seen', id: Bun.randomUUIDv7(), up_to: upTo }])
    return c.redirect(`/projects/${encodeURIComponent(name)}`, 303)
  })
}
