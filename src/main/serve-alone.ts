import { nameProgram } from '../cluster/program.ts'
import { untilSignal } from '../cluster/signals.ts'
import type { Visualizer } from '../compose.ts'
import type { Config } from '../config/config.ts'
import { configText } from '../config/config-text.ts'
import type { Flags } from '../config/environment.ts'
import { keepTimeSteady } from './keep-time.ts'
import { open } from './open.ts'
import { planOf, toPlan } from './plan.ts'
import { refuse, welcome } from './say.ts'
import type { ReloadReport } from '../config/problem.ts'

/** Longer than sockets and requests are given, and shorter than whoever ends the service waits. */
const DRAIN_MS = 29_000

/** The service in this very process: no supervisor, so a changed configuration needs a restart. */
export async function serveAlone(config: Config, flags: Flags): Promise<number> {
  nameProgram('visualizer')
  const time = keepTimeSteady()
  const now: { running?: Visualizer; report?: ReloadReport } = {}
  const stopped = untilSignal({
    end: (code) => process.exit(code),
    reload() {
      now.running?.reopenLogs()
      now.report = compare(config, flags)
      if (now.running) tell(now.report, now.running)
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

function tell({ outcome, problems }: ReloadReport, { log }: Visualizer) {
  for (const problem of problems) log.error(`configuration: ${problem}`)
  log[outcome === 'unchanged' ? 'info' : 'warn'](`configuration read anew: ${outcome}`)
}
