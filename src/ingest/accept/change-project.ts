import { PROJECTS_LOG } from '../../domain/events/names.ts'
import type { Project } from '../../domain/registry/project-registry.ts'
import { RefusedError } from '../../domain/refused.ts'
import { storeAndAnnounce } from './accept-events.ts'
import { type RegistrationDeps, registerOnce } from './register-project.ts'
import type { RegistryEvent } from '../../domain/events/own-event.ts'

type Deps = Omit<RegistrationDeps, 'projections'> & {
  projections: RegistrationDeps['projections'] & { fresh(name: string): Promise<unknown> }
  /** Projects listed in this file can only be changed there. */
  configFile: string | undefined
}

export type ProjectChanges = {
  register(name: string, settings: Record<string, unknown>): Promise<void>
  change(project: Project, settings: Record<string, unknown>): Promise<void>
  archive(project: Project): Promise<void>
  purge(project: Project): Promise<void>
}

/** Changes of projects through pages and API; each is an event in the registry's log. The configuration file wins. */
export function projectChanges(deps: Deps): ProjectChanges {
  const { eventLog, projections, configFile } = deps

  async function tell(event: RegistryEvent) {
    await storeAndAnnounce(deps, PROJECTS_LOG, [{ ...event, id: `changed:${Bun.randomUUIDv7()}` }])
    await projections.catchUpRegistry()
  }

  function mustBeOurs({ name, origin }: Project) {
    if (origin !== 'file') return
    const file = configFile ?? 'the configuration file'
    throw new RefusedError('STATE_CONFLICT', `The project "${name}" is listed in ${file}: change it there, and reload.`, { file })
  }

  return {
    async register(name, settings) {
      const known = projections.findProject(name)
      if (known || !(await registerOnce(deps, name, settings))) throw alreadyThere(projections.findProject(name) ?? known, name)
    },
    async change(project, settings) {
      mustBeOurs(project)
      if (Object.keys(settings).length > 0) await tell({ type: 'project_changed', project: project.name, settings })
    },
    async archive(project) {
      mustBeOurs(project)
      if (project.status !== 'archived') await tell({ type: 'project_archived', project: project.name })
    },
    async purge(project) {
      mustBeOurs(project)
      // If this stops in between, the project is empty and can be purged again.
      await eventLog.purge(project.name)
      if (projections.findProject(project.name)) await tell({ type: 'project_purged', project: project.name })
      await projections.fresh(project.name)
    },
  }
}

function alreadyThere(known: Project | undefined, name: string): RefusedError {
  const step = known?.status === 'archived' ? ' It is archived; PATCH its status to active to have it back.' : ''
  return new RefusedError('PROJECT_ALREADY_EXISTS', `There is a project "${known?.name ?? name}" already.${step}`)
}
