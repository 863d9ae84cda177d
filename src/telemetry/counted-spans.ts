import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace'

const WAITING_LIMIT = 4_096
const BATCH = 512
const DELAY_MS = 1_000
/** Slower collectors count as gone. */
export const EXPORT_MS = 10_000

type Options = {
  exporter: SpanExporter
  onDropped(spans: number, reason: string): void
}

/** Sends ended spans in batches. Counts and drops what a slow or absent collector does not take. */
export function countedSpans({ exporter, onDropped }: Options): SpanProcessor {
  let waiting = 0
  const isDone = ({ code, error }: ExportResult, spans: number) => {
    waiting -= spans
    if (code !== ExportResultCode.SUCCESS) onDropped(spans, error?.message ?? 'the collector did not take them')
  }
  const counted: SpanExporter = {
    export(spans, done) {
      withDeadline(
        (answered) => exporter.export(spans, answered),
        (result) => {
          isDone(result, spans.length)
          done(result)
        },
      )
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  }
  const options = {
    maxQueueSize: WAITING_LIMIT,
    maxExportBatchSize: BATCH,
    scheduledDelayMillis: DELAY_MS,
    exportTimeoutMillis: 2 * EXPORT_MS,
  }
  const batches = new BatchSpanProcessor({ exporter: counted, ...options })
  return {
    onStart: (span, parent) => batches.onStart(span, parent),
    onEnd(span: ReadableSpan) {
      if (waiting >= WAITING_LIMIT) return onDropped(1, 'too many spans wait for the collector')
      waiting += 1
      batches.onEnd(span)
    },
    forceFlush: () => batches.forceFlush(),
    async shutdown() {
      await batches.shutdown().catch(() => undefined)
    },
  }
}

function withDeadline(begin: (answered: (result: ExportResult) => void) => void, done: (result: ExportResult) => void) {
  let isAnswered = false
  const answer = (result: ExportResult) => {
    clearTimeout(timer)
    if (isAnswered) return
    isAnswered = true
    done(result)
  }
  const late = new Error(`the collector did not answer within ${EXPORT_MS / 1_000} s`)
  const timer = setTimeout(() => answer({ code: ExportResultCode.FAILED, error: late }), EXPORT_MS)
  timer.unref()
  begin(answer)
}
