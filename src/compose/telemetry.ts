import type { Config } from '../config/config.ts'
import { createLogger, type Logger } from '../telemetry/logger.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'

export type Telemetry = {
  log: Logger
  metrics: Metrics
  /** For what fails outside of a request: counted and logged. */
  onError(error: unknown): void
  /** Opens the log files anew, after something outside renamed them. */
  reopenLogs(): void
}

/** The log of records and the figures, as the configuration wants them. */
export function openTelemetry({ logLevel, logFormat }: Config): Telemetry {
  const log = createLogger({ level: logLevel, format: logFormat, write: (line) => void process.stdout.write(line) })
  const metrics = createMetrics()
  const onError = (error: unknown) => {
    metrics.errors.inc()
    log.error('something failed outside of a request', { error })
  }
  return { log, metrics, onError, reopenLogs: () => undefined }
}
