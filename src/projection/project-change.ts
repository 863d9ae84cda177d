import type { Project, Registry } from '../domain/registry/project-registry.ts'
import type { ProjectSummary } from '../domain/summary/project-summary.ts'
import type { Followed } from './folds.ts'
import type { ProjectState } from '../domain/project/project-state.ts'

export type ProjectView = Followed<ProjectState>

export type ProjectChange = {
  project: Project
  before: ProjectSummary | undefined
  summary: ProjectSummary
  view: ProjectView
  /** Nothing is left of it: its log is another one, and it is not registered. */
  isGone: boolean
}

export type RegistryChange = { before: Followed<Registry> | undefined; after: Followed<Registry> }
