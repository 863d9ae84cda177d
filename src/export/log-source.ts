import { newProject, type Project } from '../domain/registry/project-registry.ts'
import { PROJECTS_LOG, UNASSIGNED } from '../domain/events/names.ts'
import { RefusedError } from '../domain/refused.ts'
import { type EventLog, type LogReader, LogUnavailableError, READ_LIMIT } from '../event-log/event-log.ts'
import { registryFold } from '../projection/folds.ts'
import { catchUpToHead } from '../projection/catch-up.ts'
import { type PastDeps, stateAtMoment } from '../projection/time-travel.ts'
import type { ReplaySource } from './replay-source.ts'

type Deps = { log: LogReader; name: string; staleMinutes: number; onError(error: unknown): void }

/** A project's history from a log; refuses an unknown project. */
export async function openLogSource({ log, name, staleMinutes, onError }: Deps): Promise<ReplaySource> {
  const deps: PastDeps = { eventLog: unchanged(log), onError }
  const project = await findProject(deps, name)
  return {
    project,
    staleMinutes,
    async extent() {
      const { epoch, first, head } = await log.read(project.name, { after: 0, upTo: 0, limit: 1 })
      return { epoch, first, head }
    },
    offsetAt: (instant) => log.offsetAt(project.name, instant),
    stateAt: async (offset) => (await stateAtMoment(deps, project.name, { offset })).state,
    read: async (after, upTo) => (await log.read(project.name, { after, upTo, limit: READ_LIMIT })).events,
    close: () => log.close(),
  }
}

/** Nothing is written, not even snapshots. */
function unchanged(log: LogReader): EventLog {
  const refuse = () => Promise.reject(new LogUnavailableError('this log is only looked at'))
  return {
    ...log,
    append: refuse,
    trim: refuse,
    purge: refuse,
    tryAppend: refuse,
    heads: refuse,
    check: async () => [],
    time: async () => undefined,
    saveSnapshot: () => Promise.resolve(),
  }
}

async function findProject(deps: PastDeps, name: string): Promise<Project> {
  const registry = { ...deps, project: PROJECTS_LOG, fold: registryFold }
  const { after } = await catchUpToHead(registry, { known: undefined, announced: { offset: 0 } })
  const project = after.state.projects.get(name.toLowerCase()) ?? (name === UNASSIGNED ? newProject(name) : undefined)
  if (project) return project
  const names = [...after.state.projects.values()].map((known) => known.name)
  const shown = names.length === 0 ? 'it holds none' : `it holds ${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}`
  throw new RefusedError('PROJECT_NOT_FOUND', `there is no project ${JSON.stringify(name.slice(0, 63))} in this log: ${shown}`)
}
