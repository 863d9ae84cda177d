import type { Config } from '../config/config.ts'
import type { AccessLog } from '../telemetry/access-log.ts'
import type { Logger } from '../telemetry/logger.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import { openResourceUsage, type ResourceUsage } from '../telemetry/resource-usage.ts'
import { openLogs } from './logs.ts'

export type Telemetry = {
  log: Logger
  /** Undefined: requests are told in the log. */
  access: AccessLog | undefined
  metrics: Metrics
  usage(): ResourceUsage
  /** For what fails outside of a request: counted and logged. */
  onError(error: unknown): void
  /** Opens the log files anew, after something outside renamed them. */
  reopenLogs(): void
  /** Writes what is left. */
  close(): Promise<void>
}

/** The log of records, that of requests and the figures, as the configuration wants them. */
export function openTelemetry(config: Config, worker: string | undefined): Telemetry {
  const metrics = createMetrics()
  const usage = openResourceUsage()
  const { log, access, reopen, close } = openLogs({ config, worker, metrics })
  return {
    log,
    access,
    metrics,
    usage: () => usage.read(),
    onError(error) {
      metrics.errors.inc()
      log.error('something failed outside of a request', { error })
    },
    reopenLogs: reopen,
    async close() {
      usage.close()
      await close()
    },
  }
}
