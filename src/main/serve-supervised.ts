import { version } from '../../package.json'
import { AS_WORKER } from '../cluster/messages.ts'
import { nameProgram, programCommand } from '../cluster/program.ts'
import { supervise } from '../cluster/supervisor.ts'
import { openTelemetry } from '../compose/telemetry.ts'
import type { Config } from '../config/config.ts'
import type { Flags } from '../config/flags.ts'
import { keepTimeSteady } from './keep-time.ts'
import { startProblem } from './open.ts'
import { planOf, toPlan } from './plan.ts'
import { refuse, welcome } from './say.ts'

/** Runs workers that share the port, and supervises them. */
export async function serveSupervised(config: Config, flags: Flags): Promise<number> {
  nameProgram('visualizer')
  const time = keepTimeSteady()
  // Only the workers export telemetry.
  const telemetry = await openTelemetry({ ...config, openTelemetry: undefined }, 'supervisor')
  const { log, reopenLogs } = telemetry
  time.tellTo(log)
  try {
    const reason = await supervise({
      command: [...programCommand(), AS_WORKER],
      plan: toPlan(config),
      load: (inForce) => planOf(flags, inForce),
      log,
      reopenLogs,
      onReady(url) {
        log.info(`server ready on ${url}`, { version, pid: process.pid, workers: config.workers })
        if (config.logFormat === 'detailed') welcome(config, url)
      },
    })
    return reason === undefined ? 0 : refuse(reason)
  } catch (error) {
    const reason = startProblem(error, config)
    if (reason === undefined) throw error
    return refuse(reason)
  } finally {
    await telemetry.close()
  }
}
