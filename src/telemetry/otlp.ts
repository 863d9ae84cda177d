import { hostname } from 'node:os'
import { diag, trace } from '@opentelemetry/api'
import { setGlobalErrorHandler } from '@opentelemetry/core'
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, type Sampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace'
import type { OpenTelemetryConfig } from '../config/config.ts'
import { countedSpans, EXPORT_MS } from './counted-spans.ts'
import type { Figures } from './metrics.ts'
import { otlpTracing } from './otlp-tracing.ts'
import { registryMetrics } from './registry-metrics.ts'
import { NO_TRACING, type Tracing } from './tracing.ts'

export type OtlpOptions = {
  config: OpenTelemetryConfig
  version: string
  worker: string | undefined
  figures(): Promise<Figures>
  onDropped(spans: number, reason: string): void
  onProblem(reason: string): void
}

const CLOSE_MS = 3_000

/** Starts the SDK with explicit settings only; the configuration has read and checked the environment. */
export function startOtlp(options: OtlpOptions): { tracing: Tracing; close(): Promise<void> } {
  const { traces } = options.config
  const sdk = new NodeSDK({
    autoDetectResources: false,
    resource: resourceOf(options),
    instrumentations: [],
    logRecordProcessors: [],
    textMapPropagator: null,
    metricReaders: metricReaders(options),
    spanProcessors: traces ? [spanProcessor(options, traces.url)] : [],
    ...(traces ? { sampler: samplerOf(traces.sampler) } : {}),
  })
  // OTEL_LOG_LEVEL would make the SDK write to the console.
  diag.disable()
  setGlobalErrorHandler((error) => options.onProblem(error instanceof Error ? error.message : String(error)))
  sdk.start()
  return {
    tracing: traces ? otlpTracing(trace.getTracer('visualizer', options.version)) : NO_TRACING,
    close: () => withinClose(sdk.shutdown()),
  }
}

function resourceOf({ config, version, worker }: OtlpOptions) {
  return resourceFromAttributes({
    'host.name': hostname(),
    'process.pid': process.pid,
    'service.version': version,
    // One per worker, because a restarted worker counts from 0.
    'service.instance.id': crypto.randomUUID(),
    ...(worker === undefined ? {} : { 'visualizer.worker': worker }),
    ...Object.fromEntries(config.resourceAttributes.map(({ name, value }) => [name, value])),
    'service.name': config.serviceName,
  })
}

function exporting({ headers }: OpenTelemetryConfig, url: string) {
  return { url, timeoutMillis: EXPORT_MS, headers: Object.fromEntries(headers.map(({ name, value }) => [name, value.reveal()])) }
}

function spanProcessor({ config, onDropped }: OtlpOptions, url: string) {
  const Exporter = config.protocol === 'http/json' ? JsonTraceExporter : ProtobufTraceExporter
  return countedSpans({ exporter: new Exporter(exporting(config, url)), onDropped })
}

function metricReaders({ config, figures }: OtlpOptions) {
  const { metrics, protocol } = config
  if (!metrics) return []
  const Exporter = protocol === 'http/json' ? JsonMetricExporter : ProtobufMetricExporter
  const exporter = new Exporter(exporting(config, metrics.url))
  const exportTimeoutMillis = Math.min(EXPORT_MS, metrics.intervalMs)
  return [
    new PeriodicExportingMetricReader({
      ...{ exporter, exportIntervalMillis: metrics.intervalMs, exportTimeoutMillis },
      metricProducers: [registryMetrics(figures)],
    }),
  ]
}

function samplerOf({ name, ratio }: { name: string; ratio: number }): Sampler {
  const root = name.endsWith('_off')
    ? new AlwaysOffSampler()
    : name.endsWith('_on')
      ? new AlwaysOnSampler()
      : new TraceIdRatioBasedSampler(ratio)
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root
}

/** A collector that hangs must not delay the end; its loss was counted already. */
async function withinClose(shutdown: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, CLOSE_MS)
  await Promise.race([shutdown.catch(() => undefined), late])
  clearTimeout(timer)
}
