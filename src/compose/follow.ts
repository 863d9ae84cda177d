import type { Opened } from '../close-in-reverse.ts'
import type { Config } from '../config/config.ts'
import { removalProblem } from '../config/removal.ts'
import { newProject, type Registry, registryDifferences } from '../domain/registry/project-registry.ts'
import { LogUnavailableError } from '../event-log/event-log.ts'
import { registerUnlisted, tellRegistry } from '../ingest/accept/register-project.ts'
import { openProjections } from '../projection/open-projections.ts'
import { type Outages, logOutage } from '../projection/outages.ts'
import type { Engines } from './engines.ts'
import type { Telemetry } from './telemetry.ts'

type Deps = { config: Config; engines: Pick<Engines, 'eventLog' | 'bus'>; telemetry: Telemetry; opened: Opened }

/** Opens the projections, even while the log is away, and adds the configured projects to the registry. */
export async function openFollowed({ config, engines, telemetry, opened }: Deps) {
  const { log, onError } = telemetry
  const listeners: (() => void)[] = []
  let warning: string | undefined
  /** Projects that a file no longer lists are archived; an empty list archives nothing unless the file says so. */
  const changesOf = (registry: Registry) => {
    const listed = [...registry.projects.values()].flatMap(({ name, origin }) => (origin === 'file' ? [name] : []))
    const problem = removalProblem(listed, config)
    const found = problem && `${config.configFile ?? 'the start without a configuration file'} ${problem}; they are kept`
    if (found !== undefined && found !== warning) log.warn(found)
    warning = found
    const changes = registryDifferences(registry, config.projects)
    return problem === undefined ? changes : changes.filter(({ type }) => type !== 'project_archived')
  }
  const followed = await openProjections({
    ...engines,
    ...{ staleMinutes: config.staleMinutes, stateMemoryBytes: config.stateMemoryBytes, onError },
    onOutage(before: Outages, now: Outages) {
      logOutage(log, before, now)
      for (const listener of listeners) listener()
    },
    async tellRegistry(registry) {
      const unlisted = await registerUnlisted(engines, registry)
      const projects = new Map([...registry.projects, ...unlisted.map((name) => [name.toLowerCase(), newProject(name)] as const)])
      await tellRegistry(engines, registry.offset, changesOf({ ...registry, projects }))
    },
  })
  return opened.add({
    ...followed,
    /** What operators should know about projects missing from the configuration. */
    warnings: () => (warning === undefined ? [] : [warning]),
    onOutage: (listener: () => void) => void listeners.push(listener),
    /** A failed append reveals an outage before the next check. */
    suspectAfter(error: unknown): never {
      if (error instanceof LogUnavailableError) followed.suspect()
      throw error
    },
    /** Whole states are compared with what is known, so none is accepted before the log was read. */
    mustBeRead() {
      if (!followed.isRead()) throw new LogUnavailableError('the event log was not read yet')
    },
  })
}
