import type { WebDeps } from './env.ts'

export type Limit = { name: string; limit: number; /** Null where projects do not tell. */ used: number | null; is_exceeded: boolean }

/** Configured limits and their usage. The service only compares: it runs no projects. */
export function limitsOf({ overview, settings }: Pick<WebDeps, 'overview' | 'settings'>): Limit[] {
  const { parallelProjects, totalAgents, memoryMb, diskMb, cpuCores } = settings.limits
  const active = overview.ordered.filter(({ project }) => project.status === 'active')
  return [
    { name: 'parallel_projects', limit: parallelProjects, used: active.length },
    { name: 'total_agents', limit: totalAgents, used: active.reduce((sum, { agents }) => sum + agents, 0) },
    { name: 'memory_mb', limit: memoryMb, used: null },
    { name: 'disk_mb', limit: diskMb, used: null },
    { name: 'cpu_cores', limit: cpuCores, used: null },
  ].flatMap(({ name, limit, used }) => (limit === undefined ? [] : [{ name, limit, used, is_exceeded: used !== null && used > limit }]))
}
