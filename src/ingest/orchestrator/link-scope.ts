import { projectNameProblem, UNASSIGNED } from '../../domain/events/names.ts'
import type { Frame } from './frame.ts'

export type LinkScope = {
  name: string
  projects: readonly string[] | undefined
  /** Offset of the orchestrator's zoneless clock to UTC, once a live frame showed it. */
  offsetMs: number | undefined
}

const DEFAULT = 'default'

/** The project that a frame names, or the name that this link may not report for. */
export function addressedProject(named: unknown, scope: LinkScope): { project: string } | { dropped: string } {
  if (named === undefined || named === null || named === DEFAULT) return { project: onlyProject(scope) ?? UNASSIGNED }
  if (typeof named !== 'string') return { dropped: `(${typeof named})` }
  if (!scope.projects) return projectNameProblem(named) === undefined ? { project: named } : { dropped: named }
  const wanted = named.toLowerCase()
  const project = scope.projects.find((name) => name.toLowerCase() === wanted)
  return project === undefined ? { dropped: named } : { project }
}

/** The project of an orchestrator that has exactly one. */
export function onlyProject(scope: LinkScope): string | undefined {
  return scope.projects?.length === 1 ? scope.projects[0] : undefined
}

/** Every project whose state a frame is compared with. */
export function comparedProjects(frame: Frame, scope: LinkScope): string[] {
  const cycles = typeof frame['tdd_cycles'] === 'object' ? Object.values(frame['tdd_cycles'] ?? {}) : []
  const named = cycles.map((cycle: unknown) => addressedProject(projectOf(cycle), scope))
  const ours = named.flatMap((address) => ('project' in address ? [address.project] : []))
  return [...new Set([...ours, onlyProject(scope)])].filter((project) => project !== undefined)
}

function projectOf(cycle: unknown): unknown {
  return typeof cycle === 'object' && cycle !== null && 'project' in cycle ? cycle.project : undefined
}
