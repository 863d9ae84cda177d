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
  /** Names at most, those of archived projects included. */
  maxProjects: number
  projections: {
    findProject(name: string): Project | undefined
    readonly registry: Registry
    /** Makes `findProject` know everything that the registry's log holds. */
    catchUpRegistry(): Promise<unknown>
  }
}

/**
 * Registers a project with its first report; resolves with the name that it is known under, whatever its case. `isNew`: its log
 * has just begun, and what is known of the list of projects may be of one that is no more.
 */
export function registration(deps: RegistrationDeps) {
  return async (name: string, isNew = false): Promise<string> => {
    if (isNew) await deps.projections.catchUpRegistry()
    const known = deps.projections.findProject(name)?.name
    if (known !== undefined || name === UNASSIGNED) return known ?? name
    await registerOnce(deps, name, {})
    return deps.projections.findProject(name)?.name ?? name
  }
}

/** Registers projects whose logs are there although the list of projects, which was lost alone, does not name them; gives their names. */
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

/**
 * Registers a name that is not known here; afterwards it is. True where it was this call that did. Refuses with STATE_CONFLICT beyond
 * the bound of names.
 */
export async function registerOnce(deps: RegistrationDeps, name: string, settings: Record<string, unknown>): Promise<boolean> {
  const { projections } = deps
  if (projections.registry.projects.size >= deps.maxProjects) await projections.catchUpRegistry()
  const isRegistered = await tryRegister(deps, name, settings)
  // Forgotten on another worker a moment ago: what is known now says which life of the name this is.
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
  // The id holds for every case of the name: of two first reports at once, one registers it and both get its name.
  const id = `registered:${key}${former === undefined ? '' : `:${former.offset}`}`
  // In the same letters as before: the log of each spelling has epochs of its own, and might know this one as it was.
  return { type: 'project_registered' as const, project: former?.name ?? name, settings, id }
}

function tooMany(name: string, limit: number): RefusedError {
  const message = `"${name}" cannot be registered: there are ${limit} projects already. Purge those that are over (DELETE …?purge=true), or raise MAX_PROJECTS.`
  return new RefusedError('STATE_CONFLICT', message, { limit })
}

/** Tells the registry what the configuration file changed. Of several workers that start at once and see the same, one is heard. */
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
