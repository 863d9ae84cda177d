import { Hono } from 'hono'
import { projectNameProblem } from '../../domain/events/names.ts'
import type { Viewer } from '../../auth/viewer.ts'
import { RefusedError } from '../../domain/refused.ts'
import type { Project } from '../../domain/registry/project-registry.ts'
import type { Env, WebDeps } from '../env.ts'
import { findProject } from '../../projection/find-project.ts'
import { projectJson } from '../project-json.ts'
import { readChanges, readRegistration } from '../project-settings.ts'
import { readBody } from '../read-body.ts'

const LIMIT_BYTES = 256 * 1024

/** POST, PATCH and DELETE of /api/v1/projects. */
export function projectChangeRoutes(deps: WebDeps) {
  const { changes } = deps
  const now = async (viewer: Viewer, name: string) => {
    const project = await findProject(deps, name)
    return projectJson(project, deps.audiences.of(viewer).projections.summary(project.name))
  }
  return new Hono<Env>()
    .post('/projects', async (c) => {
      const { name, settings } = readRegistration(await readBody(c, LIMIT_BYTES))
      const problem = projectNameProblem(name)
      if (problem) throw new RefusedError('INVALID_PROJECT_NAME', `"${name.slice(0, 63)}" cannot name a project: ${problem}.`)
      mayCreate(deps, c.get('viewer'), { name, settings })
      await changes.register(name, settings)
      const registered = await now(c.get('viewer'), name)
      c.header('Location', `/api/v1/projects/${encodeURIComponent(registered.name)}`)
      return c.json(registered, 201)
    })
    .patch('/projects/:name', async (c) => {
      const project = await findProject(deps, c.req.param('name'))
      const settings = readChanges(await readBody(c, LIMIT_BYTES))
      mustStayTheirs(deps, c.get('viewer'), { project, settings })
      await changes.change(project, settings)
      return c.json(await now(c.get('viewer'), project.name))
    })
    .delete('/projects/:name', async (c) => {
      const project = await findProject(deps, c.req.param('name'))
      if (mayForget(c.req.query('purge'))) {
        await changes.purge(project)
        return c.json({ purged: project.name })
      }
      await changes.archive(project)
      return c.json({ ...(await now(c.get('viewer'), project.name)), hint: 'Its log is kept and can be read; ?purge=true forgets it.' })
    })
}

type Settings = Record<string, unknown>

const tagsIn = ({ tags }: Settings): string[] | undefined => (Array.isArray(tags) ? tags.map(String) : undefined)

/** A name that is taken by a project which the viewer does not see is refused like one that may not be given. */
function mayCreate({ audiences, projections }: WebDeps, viewer: Viewer, { name, settings }: { name: string; settings: Settings }): void {
  const { policy } = audiences
  const taken = projections.findProject(name)
  const isHidden = taken !== undefined && !policy.allows(viewer, 'see', taken)
  if (!isHidden && policy.allows(viewer, 'manage', { name, tags: tagsIn(settings) ?? [] })) return
  throw new RefusedError('PERMISSION_DENIED', `Creating "${name}" is not permitted to you.`, { needs: 'manage' })
}

/** Other tags may be other grants: nobody gives a project away to tags that they may not manage. */
function mustStayTheirs({ audiences }: WebDeps, viewer: Viewer, { project, settings }: { project: Project; settings: Settings }): void {
  const tags = tagsIn(settings)
  if (tags === undefined || audiences.policy.allows(viewer, 'manage', { name: project.name, tags })) return
  throw new RefusedError('PERMISSION_DENIED', 'With these tags the project would not be yours to manage. Leave a tag that is.', {
    needs: 'manage',
  })
}

function mayForget(purge: string | undefined): boolean {
  if (purge === undefined || purge === 'false') return false
  if (purge === 'true') return true
  throw new RefusedError('VALIDATION_ERROR', `purge must be true or false, not "${purge.slice(0, 20)}".`, { field: 'purge' })
}
