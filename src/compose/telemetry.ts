import type { Config } from '../config/config.ts'
import { LogUnavailableError } from '../event-log/event-log.ts'
import { StoreUnavailableError } from '../key-value/key-value.ts'
import type { AccessLog } from '../telemetry/access-log.ts'
import type { Logger } from '../telemetry/logger.ts'
import { BrokenConnectionError } from '../redis/reason.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import { openResourceUsage, type ResourceUsage } from '../telemetry/resource-usage.ts'
import { openThrottledLog } from '../telemetry/throttled-log.ts'
import { NO_TRACING, type Tracing } from '../telemetry/tracing.ts'
import { openLogs } from './logs.ts'
import { openOpenTelemetry } from './open-telemetry.ts'

const AWAY = [LogUnavailableError, StoreUnavailableError, BrokenConnectionError]

export type Telemetry = {
  log: Logger
  /** Undefined when requests are logged with all other records. */
  access: AccessLog | undefined
  metrics: Metrics
  tracing: Tracing
  usage(): ResourceUsage
  /** For errors outside of requests: counted, and logged; repeated within a minute, as one line that says how often. */
  onError(error: unknown): void
  reopenLogs(): void
  close(): Promise<void>
}

/** Opens logs, metrics and tracing as configured. */
export async function openTelemetry(config: Config, worker: string | undefined): Promise<Telemetry> {
  const metrics = createMetrics()
  const usage = openResourceUsage()
  let tracing = NO_TRACING
  const { log, access, reopen, close } = openLogs({ config, worker, metrics, step: () => tracing.ids() })
  const otlp = await openOpenTelemetry({ config, worker, metrics, log })
  tracing = otlp.tracing
  const throttled = openThrottledLog(log)
  return {
    log,
    access,
    metrics,
    tracing,
    usage: () => usage.read(),
    onError(error) {
      metrics.errors.inc()
      // An absent engine is not our fault, so its message is enough, without a stack.
      const isAway = error instanceof Error && AWAY.some((kind) => error instanceof kind)
      const message = isAway ? error.message : 'something failed outside of a request'
      throttled.say({ level: isAway ? 'warn' : 'error', key: String(error), message, fields: isAway ? {} : { error } })
    },
    reopenLogs: reopen,
    async close() {
      await otlp.close()
      throttled.close()
      usage.close()
      await close()
    },
  }
}
