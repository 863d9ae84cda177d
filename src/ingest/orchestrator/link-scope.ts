import { projectNameProblem, UNASSIGNED } from '../../domain/events/names.ts'
import type { Frame } from './frame.ts'

/** Who reports, and for which projects its words count. */
export type LinkScope = {
  /** The orchestrator's name in the configuration. */
  name: string
  /** Without a list every valid name counts. */
  projects: readonly string[] | undefined
  /** From its zoneless clock to UTC; undefined until a live frame told. */
  offsetMs: number | undefined
}

/** The name that orchestrators give when they do not know better. */
const DEFAULT = 'default'

/** The project that a frame speaks of, or the name that does not count here. */
export function addressedProject(named: unknown, scope: LinkScope): { project: string } | { dropped: string } {
  if (named === undefined || named === null || named === DEFAULT) return { project: onlyProject(scope) ?? UNASSIGNED }
  if (typeof named !== 'string') return { dropped: `(${typeof named})` }
  if (!scope.projects) return projectNameProblem(named) === undefined ? { project: named } : { dropped: named }
  const wanted = named.toLowerCase()
  const project = scope.projects.find((name) => name.toLowerCase() === wanted)
  return project === undefined ? { dropped: named } : { project }
}

/** The one project of an orchestrator that has exactly one. */
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
