import { projectNameProblem, UNASSIGNED } from '../domain/events/names.ts'
import { newProject, type Project } from '../domain/registry/project-registry.ts'
import { LogUnavailableError } from '../event-log/event-log.ts'
import { RefusedError } from '../domain/refused.ts'
import type { Projections } from './projections.ts'

type Deps = { projections: Pick<Projections, 'summary' | 'fresh' | 'findProject' | 'readRegistry'> }

/**
 * The project of an address, if it is there: registered, or where reports without a project go. Its first report may have
 * reached another worker a moment ago: what nobody told us of is looked up in the log. Rejects while that is away.
 */
export async function lookUpProject({ projections }: Deps, name: string): Promise<Project | undefined> {
  if (name === UNASSIGNED) {
    if (!projections.summary(name)) await projections.fresh(name)
    return projections.summary(name) && newProject(UNASSIGNED)
  }
  const known = projections.findProject(name)
  if (known || projectNameProblem(name)) return known
  await projections.readRegistry()
  return projections.findProject(name)
}

/** Refuses what rests on all projects, or on one that is not known, while nothing could be read. */
export function mustBeRead({ isRead }: { isRead(): boolean }): void {
  if (!isRead()) throw new LogUnavailableError('the event log was not read yet')
}

/** The project of an address. One that is not there, and one that nobody could name, is not found. */
export async function findProject(deps: Deps, name: string): Promise<Project> {
  const project = await lookUpProject(deps, name)
  if (project) return project
  const problem = projectNameProblem(name)
  if (problem) throw new RefusedError('PROJECT_NOT_FOUND', `There is no project "${name.slice(0, 63)}": ${problem}.`)
  throw new RefusedError('PROJECT_NOT_FOUND', `There is no project "${name}". A project appears with its first event.`)
}
