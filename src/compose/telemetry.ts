import type { Config } from '../config/config.ts'
import { LogUnavailableError } from '../event-log/event-log.ts'
import { StoreUnavailableError } from '../key-value/key-value.ts'
import { type AccessLog, createAccessLog } from '../telemetry/access-log.ts'
import { boundedOutput, createLogger, type Fields, type Logger } from '../telemetry/logger.ts'
import { BrokenConnectionError } from '../redis/reason.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import { openResourceUsage, type ResourceUsage } from '../telemetry/resource-usage.ts'
import { openThrottledLog } from '../telemetry/throttled-log.ts'
import { NO_TRACING, type Tracing } from '../telemetry/tracing.ts'
import { LogFile } from '../telemetry/log-file.ts'
import { ROTATION } from '../telemetry/rotate-file.ts'
import { version } from '../../package.json'

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

type LogOptions = {
  config: Config
  worker: string | undefined
  metrics: Metrics
  step(): Fields | undefined
}

function openLogs({ config, worker, metrics, step }: LogOptions) {
  const { logLevel, logFormat, logFiles, appEnv } = config
  const origin = { environment: appEnv, pid: process.pid, ...(worker === undefined ? {} : { worker }) }
  const stdout = { format: logFormat, write: boundedOutput(process.stdout, (lines) => metrics.linesDropped.inc({ log: 'stdout' }, lines)) }
  const open = (name: 'records' | 'access') => {
    const path = logFiles[name]
    if (path === undefined) return undefined
    return new LogFile({
      path,
      rotation: logFiles.rotation === 'internal' ? ROTATION : undefined,
      onAway: (error) => log.error(`the log file ${path} cannot be written; its lines wait, then are dropped`, { error }),
      onBack: (dropped) => log.info(`the log file ${path} is written again`, { dropped }),
      onDropped: (lines) => metrics.linesDropped.inc({ log: name }, lines),
    })
  }
  const records = open('records')
  const access = open('access')
  const outputs = records ? [stdout, { format: 'json' as const, write: (line: string) => records.write(line) }] : [stdout]
  const log = createLogger({ level: logLevel, outputs, origin, step })
  const files = [records, access].filter((file) => file !== undefined)
  return {
    log,
    access: access && createAccessLog((line) => access.write(line), { origin, step }),
    reopen: () => files.forEach((file) => file.reopen()),
    close: async () => void (await Promise.all(files.map((file) => file.close()))),
  }
}

const SAY_EVERY_MS = 60_000

type OtlpOptions = { config: Config; worker: string | undefined; metrics: Metrics; log: Logger }

/** Without a configured collector, nothing of OpenTelemetry is loaded. */
async function openOpenTelemetry({ config, worker, metrics, log }: OtlpOptions): Promise<{ tracing: Tracing; close(): Promise<void> }> {
  if (!config.openTelemetry) return { tracing: NO_TRACING, close: async () => undefined }
  const { startOtlp } = await import('../telemetry/otlp.ts')
  let saidAt = -Infinity
  let dropped = 0
  const onProblem = (reason: string) => {
    if (performance.now() - saidAt < SAY_EVERY_MS) return
    saidAt = performance.now()
    log.warn('the OpenTelemetry collector does not take everything', { reason, spans_dropped: dropped })
    dropped = 0
  }
  return startOtlp({
    config: config.openTelemetry,
    version,
    worker,
    figures: () => metrics.read(),
    onProblem,
    onDropped(spans, reason) {
      metrics.spansDropped.inc(spans)
      dropped += spans
      onProblem(reason)
    },
  })
}
