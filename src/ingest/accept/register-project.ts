import type { Bus } from '../../bus/bus.ts'
import { PROJECTS_LOG, projectNameProblem, UNASSIGNED } from '../../domain/events/names.ts'
import type { Project, Registry } from '../../domain/registry/project-registry.ts'
import { RefusedError } from '../../domain/refused.ts'
import type { EventLog } from '../../event-log/event-log.ts'
import { storeAndAnnounce } from './accept-events.ts'
import type { RegistryEvent } from '../../domain/events/own-event.ts'

export type RegistrationDeps = {
  eventLog: EventLog
  bus: Bus
  maxProjects: number
  projections: {
    findProject(name: string): Project | undefined
    readonly registry: Registry
    catchUpRegistry(): Promise<unknown>
  }
}

/** Registers a project with its first report, and returns its registered name. `isNew`: its log was empty. */
export function registration(deps: RegistrationDeps) {
  return async (name: string, isNew = false): Promise<string> => {
    if (isNew) await deps.projections.catchUpRegistry()
    const known = deps.projections.findProject(name)?.name
    if (known !== undefined || name === UNASSIGNED) return known ?? name
    await registerOnce(deps, name, {})
    return deps.projections.findProject(name)?.name ?? name
  }
}

/** Registers projects that have a log but are missing from the registry, as when it alone was lost; returns their names. */
export async function registerUnlisted(
  { eventLog, bus }: Pick<RegistrationDeps, 'eventLog' | 'bus'>,
  registry: Registry,
): Promise<string[]> {
  const heads = await eventLog.heads()
  const unlisted = [...heads.keys()].filter((name) => projectNameProblem(name) === undefined && !registry.projects.has(name.toLowerCase()))
  const events = unlisted.map((name) => registered(registry, name, {}))
  if (events.length > 0) await storeAndAnnounce({ eventLog, bus }, PROJECTS_LOG, events)
  return unlisted
}

/** Registers a name; true if this call did it. Refuses with STATE_CONFLICT beyond the limit of names. */
export async function registerOnce(deps: RegistrationDeps, name: string, settings: Record<string, unknown>): Promise<boolean> {
  const { projections } = deps
  if (projections.registry.projects.size >= deps.maxProjects) await projections.catchUpRegistry()
  const isRegistered = await tryRegister(deps, name, settings)
  return isRegistered || projections.findProject(name) ? isRegistered : tryRegister(deps, name, settings)
}

async function tryRegister(deps: RegistrationDeps, name: string, settings: Record<string, unknown>): Promise<boolean> {
  const { projections, maxProjects } = deps
  const { registry } = projections
  if (registry.projects.size >= maxProjects) throw tooMany(name, maxProjects)
  const { appended } = await storeAndAnnounce(deps, PROJECTS_LOG, [registered(registry, name, settings)])
  await projections.catchUpRegistry()
  return appended.length > 0
}

function registered({ purged }: Registry, name: string, settings: Record<string, unknown>) {
  const key = name.toLowerCase()
  const former = purged.get(key)
  // The id ignores case: of two concurrent first reports, one registers the name and both use it.
  const id = `registered:${key}${former === undefined ? '' : `:${former.offset}`}`
  // The spelling is kept: another one could find epochs of an older log.
  return { type: 'project_registered' as const, project: former?.name ?? name, settings, id }
}

function tooMany(name: string, limit: number): RefusedError {
  const message = `"${name}" cannot be registered: there are ${limit} projects already. Purge those that are over (DELETE …?purge=true), or raise MAX_PROJECTS.`
  return new RefusedError('STATE_CONFLICT', message, { limit })
}

/** Adds the changes of the configuration file to the registry. Workers that start together agree on the ids, so one is stored. */
export async function tellRegistry(
  deps: Pick<RegistrationDeps, 'eventLog' | 'bus'>,
  seenAt: number,
  events: readonly RegistryEvent[],
): Promise<void> {
  if (events.length === 0) return
  await storeAndAnnounce(
    deps,
    PROJECTS_LOG,
    events.map((event) => ({ ...event, id: `file:${seenAt}:${Bun.hash(JSON.stringify(event)).toString(36)}` })),
  )
}
