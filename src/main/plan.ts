import type { Plan } from '../cluster/fleet.ts'
import type { Config } from '../config/config.ts'
import { configText } from '../config/config-text.ts'
import type { Flags } from '../config/environment.ts'
import { loadConfig } from '../config/load.ts'
import { ConfigError, describeProblem } from '../config/problem.ts'
import { folderProblem } from './open.ts'

export function toPlan(config: Config): Plan {
  const { workers, host, port, workerMemoryMb } = config
  return { config: configText(config), workers, host, port, workerMemoryMb }
}

/** What the configuration wants now, or every problem that it has. */
export function planOf(flags: Flags): Plan | readonly string[] {
  try {
    const { config } = loadConfig({ flags })
    const problem = folderProblem(config)
    return problem === undefined ? toPlan(config) : [problem]
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(describeProblem)
    throw error
  }
}
