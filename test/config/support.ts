import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../src/config/config.ts'
import type { Flags } from '../../src/config/flags.ts'
import { loadConfig } from '../../src/config/load.ts'
import { ConfigError, describeProblem, type Variables } from '../../src/config/problem.ts'
import { temporaryFolder } from '../support/ending.ts'

export type Loaded = { config: Config | undefined; problems: string[]; warnings: string[]; folder: string }
export type Input = { yaml?: string | Uint8Array; env?: Variables; flags?: Flags; folders?: string[] }

/** Loads from a folder of its own, which holds the text as orch-config.yaml. Problems and warnings come as the lines that people see. */
export function load({ yaml, env = {}, flags = {}, folders = [] }: Input): Loaded {
  const folder = temporaryFolder()
  for (const name of folders) mkdirSync(join(folder, name), { recursive: true })
  if (yaml !== undefined) writeFileSync(join(folder, 'orch-config.yaml'), yaml)
  try {
    const { config, warnings } = loadConfig({ env, flags, cwd: folder })
    return { config, problems: [], warnings: warnings.map(describeProblem), folder }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { config: undefined, problems: error.problems.map(describeProblem), warnings: error.warnings.map(describeProblem), folder }
  }
}

/** The configuration of an input that nothing is wrong with. */
export function loaded(input: Input): Config {
  const { config, problems } = load(input)
  if (!config) throw new Error(`refused:\n${problems.join('\n')}`)
  return config
}
