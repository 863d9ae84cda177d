import { Hono } from 'hono'
import { projectNameProblem } from '../../domain/events/names.ts'
import { RefusedError } from '../../domain/refused.ts'
import type { Env, WebDeps } from '../env.ts'
import { findProject } from '../../projection/find-project.ts'
import { projectJson } from '../project-json.ts'
import { readChanges, readRegistration } from '../project-settings.ts'
import { readBody } from '../read-body.ts'

const LIMIT_BYTES = 256 * 1024

/** POST, PATCH and DELETE of /api/v1/projects. */
export function projectChangeRoutes(deps: WebDeps) {
  const { changes } = deps
  const now = async (name: string) => projectJson(await findProject(deps, name), deps.projections.summary(name))
  return new Hono<Env>()
    .post('/projects', async (c) => {
      const { name, settings } = readRegistration(await readBody(c, LIMIT_BYTES))
      const problem = projectNameProblem(name)
      if (problem) throw new RefusedError('INVALID_PROJECT_NAME', `"${name.slice(0, 63)}" cannot name a project: ${problem}.`)
      await changes.register(name, settings)
      const registered = await now(name)
      c.header('Location', `/api/v1/projects/${encodeURIComponent(registered.name)}`)
      return c.json(registered, 201)
    })
    .patch('/projects/:name', async (c) => {
      const project = await findProject(deps, c.req.param('name'))
      await changes.change(project, readChanges(await readBody(c, LIMIT_BYTES)))
      return c.json(await now(project.name))
    })
    .delete('/projects/:name', async (c) => {
      const project = await findProject(deps, c.req.param('name'))
      if (mayForget(c.req.query('purge'))) {
        await changes.purge(project)
        return c.json({ purged: project.name })
      }
      await changes.archive(project)
      return c.json({ ...(await now(project.name)), hint: 'Its log is kept and can be read; ?purge=true forgets it.' })
    })
}

function mayForget(purge: string | undefined): boolean {
  if (purge === undefined || purge === 'false') return false
  if (purge === 'true') return true
  throw new RefusedError('VALIDATION_ERROR', `purge must be true or false, not "${purge.slice(0, 20)}".`, { field: 'purge' })
}
