import { version } from '../../package.json'
import type { Config } from '../config/config.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { NO_TRACING, type Tracing } from '../telemetry/tracing.ts'

/** What a collector does not take is said no more often than this. */
const SAY_EVERY_MS = 60_000

type Options = { config: Config; worker: string | undefined; metrics: Metrics; log: Logger }

/** Tracing, and metrics over OTLP, where the configuration names a collector; without one, nothing of OpenTelemetry is loaded. */
export async function openOpenTelemetry({ config, worker, metrics, log }: Options): Promise<{ tracing: Tracing; close(): Promise<void> }> {
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
