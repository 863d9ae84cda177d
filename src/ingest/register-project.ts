import type { Bus } from '../bus/bus.ts'
import { PROJECTS_LOG, projectNameProblem, UNASSIGNED } from '../domain/names.ts'
import type { Project } from '../domain/project-registry.ts'
import type { RegistryEvent } from '../domain/registry-event.ts'
import type { EventLog } from '../event-log/event-log.ts'
import { storeAndAnnounce } from './accept-events.ts'

type Deps = {
  eventLog: EventLog
  bus: Bus
  projections: {
    findProject(name: string): Project | undefined
    /** Makes `findProject` know everything that the registry's log holds. */
    catchUp(): Promise<unknown>
  }
}

/**
 * Registers a project with its first report; resolves with the name that it is known under, whatever its case. `isNew`: its log
 * has just begun, and what is known of the list of projects may be of one that is no more.
 */
export function registration({ eventLog, bus, projections }: Deps) {
  return async (name: string, isNew = false): Promise<string> => {
    if (isNew) await projections.catchUp()
    const known = projections.findProject(name)?.name
    if (known !== undefined || name === UNASSIGNED) return known ?? name
    await storeAndAnnounce({ eventLog, bus }, PROJECTS_LOG, [registered(name)])
    await projections.catchUp()
    return projections.findProject(name)?.name ?? name
  }
}

/** Registers projects whose logs are there although the list of projects, which was lost alone, does not name them; gives their names. */
export async function registerUnlisted(
  { eventLog, bus }: Pick<Deps, 'eventLog' | 'bus'>,
  known: ReadonlyMap<string, unknown>,
): Promise<string[]> {
  const heads = await eventLog.heads()
  const unlisted = [...heads.keys()].filter((name) => projectNameProblem(name) === undefined && !known.has(name.toLowerCase()))
  if (unlisted.length > 0) await storeAndAnnounce({ eventLog, bus }, PROJECTS_LOG, unlisted.map(registered))
  return unlisted
}

// The id holds for every case of the name: of two first reports at once, one registers it and both get its name.
const registered = (name: string) =>
  ({ type: 'project_registered', project: name, settings: {}, id: `registered:${name.toLowerCase()}` }) as const

/** Tells the registry what the configuration file changed. Of several workers that start at once and see the same, one is heard. */
export async function tellRegistry(deps: Pick<Deps, 'eventLog' | 'bus'>, seenAt: number, events: readonly RegistryEvent[]): Promise<void> {
  if (events.length === 0) return
  await storeAndAnnounce(
    deps,
    PROJECTS_LOG,
    events.map((event) => ({ ...event, id: `file:${seenAt}:${Bun.hash(JSON.stringify(event)).toString(36)}` })),
  )
}
