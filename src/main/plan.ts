import type { Plan } from '../cluster/worker-registry.ts'
import type { Config } from '../config/config.ts'
import { configText } from '../config/config-text.ts'
import type { Flags } from '../config/flags.ts'
import { loadConfig } from '../config/load.ts'
import { ConfigError, describeProblem } from '../config/problem.ts'
import { removalProblem } from '../config/removal.ts'
import { folderProblem } from './open.ts'

/** What a supervisor works by: how many workers, where they listen, and the settings that they are given. */
export function toPlan(config: Config): Plan {
  const { workers, host, port, workerMemoryMb } = config
  return { config: configText(config), workers, host, port, workerMemoryMb, projects: config.projects.map(({ name }) => name) }
}

/** The new configuration in place of the one in force, or its problems. */
export function planOf(flags: Flags, inForce: Pick<Plan, 'projects'>): Plan | readonly string[] {
  try {
    const { config } = loadConfig({ flags })
    const problem = folderProblem(config)
    if (problem !== undefined) return [problem]
    const removal = removalProblem(inForce.projects, config)
    return removal === undefined ? toPlan(config) : [`${config.configFile ?? 'no configuration file'}: ${removal}`]
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(describeProblem)
    throw error
  }
}
