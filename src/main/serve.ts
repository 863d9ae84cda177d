import { resolve } from 'node:path'
import { programCommand } from '../cluster/program.ts'
import { runReloading } from '../cluster/reload.ts'
import type { Config } from '../config/config.ts'
import type { Flags } from '../config/environment.ts'
import { loadConfig } from '../config/load.ts'
import { folderProblem } from './open.ts'
import { refuse, say, warn } from './say.ts'
import { serveAlone } from './serve-alone.ts'
import { serveSupervised } from './serve-supervised.ts'

const ROOT = resolve(import.meta.dir, '../..')

/** Runs until a signal; with the arguments to start again with, and when the configuration wants it, restarts on change. */
export async function serve(flags: Flags, argv: string[] | undefined): Promise<number> {
  const { config, warnings } = loadConfig({ flags })
  if (config.autoReload && argv !== undefined) return serveReloading(config, argv)
  warn(warnings)
  const problem = folderProblem(config)
  if (problem !== undefined) return refuse(problem)
  // In development one process is enough; in production a second one restarts it, and takes over without a gap.
  const isWished = config.workers > 1 || config.appEnv === 'production'
  if (isWished && process.platform === 'linux') return serveSupervised(config, flags)
  if (config.workers > 1) say(['warning: several workers share a port on Linux only; this is one process'])
  return serveAlone(config, flags)
}

function serveReloading(config: Config, argv: string[]): Promise<number> {
  const others = argv.filter((argument) => argument !== 'serve')
  return runReloading({
    start: [...programCommand(), 'serve', ...others, '--no-reload'],
    check: [...programCommand(), 'check-config', ...others],
    watched: [...['src', 'views', 'static'].map((folder) => resolve(ROOT, folder)), config.configFile ?? resolve('orch-config.yaml')],
    tell: (line) => console.error(line),
  })
}
