import { resolve } from 'node:path'
import { nameProgram, programCommand } from '../cluster/program.ts'
import type { Config } from '../config/config.ts'
import type { Flags } from '../config/flags.ts'
import { loadConfig } from '../config/load.ts'
import { folderProblem, open } from './open.ts'
import { planOf, toPlan } from './plan.ts'
import { refuse, say, warn, welcome } from './say.ts'
import { serveSupervised } from './serve-supervised.ts'
import type { ReloadReport } from '../config/problem.ts'
import { keepTimeSteady } from './keep-time.ts'
import { configText } from '../config/config-text.ts'
import type { Visualizer } from '../compose.ts'
import { untilSignal } from '../cluster/signals.ts'

const ROOT = resolve(import.meta.dir, '../..')

/** Runs until a signal; with autoReload it restarts when files change. */
export async function serve(flags: Flags, argv: string[] | undefined): Promise<number> {
  const { config, warnings } = loadConfig({ flags })
  if (config.autoReload && argv !== undefined) return serveReloading(config, argv)
  warn(warnings)
  const problem = folderProblem(config)
  if (problem !== undefined) return refuse(problem)
  // In production a supervisor restarts workers without a gap.
  const isWished = config.workers > 1 || config.appEnv === 'production'
  if (isWished && process.platform === 'linux') return serveSupervised(config, flags)
  if (config.workers > 1) say(['warning: several workers share a port on Linux only; this is one process'])
  return serveAlone(config, flags)
}

async function serveReloading(config: Config, argv: string[]): Promise<number> {
  const { runReloading } = await import('../cluster/reload.ts')
  const others = argv.filter((argument) => argument !== 'serve')
  return runReloading({
    start: [...programCommand(), 'serve', ...others, '--no-reload'],
    check: [...programCommand(), 'check-config', ...others],
    watched: {
      folders: ['src', 'views', 'static'].map((folder) => resolve(ROOT, folder)),
      file: config.configFile ?? resolve('orch-config.yaml'),
    },
    tell: (line) => console.error(line),
  })
}

/** Longer than draining takes, shorter than process managers wait. */
const DRAIN_MS = 29_000

async function serveAlone(config: Config, flags: Flags): Promise<number> {
  nameProgram('visualizer')
  const time = keepTimeSteady()
  const now: { running?: Visualizer; report?: ReloadReport } = {}
  const stopped = untilSignal({
    end: (code) => process.exit(code),
    reload() {
      now.running?.reopenLogs()
      now.report = compare(config, flags)
      if (now.running) logReload(now.report, now.running)
    },
  })
  const visualizer = await open(config, { reload: () => now.report })
  if (typeof visualizer === 'string') return refuse(visualizer)
  now.running = visualizer
  time.tellTo(visualizer.log)
  if (config.logFormat === 'detailed') welcome(config, visualizer.url)
  await stopped
  setTimeout(() => process.exit(1), DRAIN_MS).unref()
  await visualizer.close()
  return 0
}

function compare(config: Config, flags: Flags): ReloadReport {
  const next = planOf(flags, toPlan(config))
  if (!('config' in next)) return { at: Date.now(), outcome: 'refused', problems: next }
  return { at: Date.now(), outcome: next.config === configText(config) ? 'unchanged' : 'restart needed', problems: [] }
}

function logReload({ outcome, problems }: ReloadReport, { log }: Visualizer) {
  for (const problem of problems) log.error(`configuration: ${problem}`)
  log[outcome === 'unchanged' ? 'info' : 'warn'](`configuration read anew: ${outcome}`)
}
