import { projectNameProblem, UNASSIGNED } from '../domain/names.ts'
import { newProject, type Project } from '../domain/project-registry.ts'
import { RefusedError } from '../domain/refused.ts'
import type { WebDeps } from './env.ts'

/** The project of an address, if it is there: registered, or where reports without a project go. */
export function lookUpProject({ projections }: Pick<WebDeps, 'projections'>, name: string): Project | undefined {
  if (name === UNASSIGNED && projections.summary(name)) return newProject(UNASSIGNED)
  return projections.findProject(name)
}

/** The project of an address. One that is not there, and one that nobody could name, is not found. */
export function findProject(deps: Pick<WebDeps, 'projections'>, name: string): Project {
  const project = lookUpProject(deps, name)
  if (project) return project
  const problem = projectNameProblem(name)
  if (problem) throw new RefusedError('PROJECT_NOT_FOUND', `There is no project "${name.slice(0, 63)}": ${problem}.`)
  throw new RefusedError('PROJECT_NOT_FOUND', `There is no project "${name}". A project appears with its first event.`)
}
