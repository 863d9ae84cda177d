import { Hono } from 'hono'
import { RefusedError } from '../../domain/refused.ts'
import type { Env, WebDeps } from '../env.ts'
import { findProject } from '../../projection/find-project.ts'
import { readBody } from '../read-body.ts'

const LIMIT_BYTES = 1_024

/**
 * POST /projects/:name/archive, …/restore and …/purge — forms of a project's page, which work without script. `purge` wants the
 * project's name typed as `confirm`. They lead back to the project, or to the overview where nothing is left of it.
 */
export function projectFormRoutes(deps: WebDeps) {
  const { changes } = deps
  const pageOf = (name: string) => `/projects/${encodeURIComponent(name)}`
  return new Hono<Env>()
    .post('/projects/:name/archive', async (c) => {
      const project = await findProject(deps, c.req.param('name'))
      await changes.archive(project)
      return c.redirect(pageOf(project.name), 303)
    })
    .post('/projects/:name/restore', async (c) => {
      const project = await findProject(deps, c.req.param('name'))
      await changes.change(project, { status: 'active' })
      return c.redirect(pageOf(project.name), 303)
    })
    .post('/projects/:name/purge', async (c) => {
      const project = await findProject(deps, c.req.param('name'))
      const { confirm } = Object.fromEntries(new URLSearchParams(await readBody(c, LIMIT_BYTES)))
      if (confirm !== project.name) {
        const message = `Type the project's name, "${project.name}", to forget all that was reported of it. Nothing was forgotten.`
        throw new RefusedError('VALIDATION_ERROR', message, { field: 'confirm' })
      }
      await changes.purge(project)
      return c.redirect('/', 303)
    })
}
