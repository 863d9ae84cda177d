import { type Attributes, ValueType } from '@opentelemetry/api'
import { hrTime } from '@opentelemetry/core'
import { AggregationTemporality, DataPointType, type MetricProducer, type ScopeMetrics } from '@opentelemetry/sdk-metrics'
import { emptyResource } from '@opentelemetry/resources'
import type { Figures } from './metrics.ts'

type Figure = Figures[number]
type Value = Figure['values'][number]
type Times = { startTime: [number, number]; endTime: [number, number] }

/** The metrics of /metrics for OTLP, read from the same source. */
export function registryMetrics(read: () => Promise<Figures>): MetricProducer {
  const startTime = hrTime()
  return {
    async collect() {
      const times = { startTime, endTime: hrTime() }
      const metrics = (await read()).map((figure) => metricOf(figure, times))
      return { resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope: { name: 'visualizer' }, metrics }] }, errors: [] }
    },
  }
}

function metricOf({ name, help, type, values }: Figure, times: Times): ScopeMetrics['metrics'][number] {
  const descriptor = { name, description: help, unit: '', valueType: ValueType.DOUBLE }
  const shared = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE }
  if (type === 'histogram') return { ...shared, dataPointType: DataPointType.HISTOGRAM, dataPoints: histograms(values, times) }
  const points = values.map(({ labels, value }) => ({ ...times, attributes: attributesOf(labels), value }))
  if (type === 'counter') return { ...shared, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: points }
  return { ...shared, dataPointType: DataPointType.GAUGE, dataPoints: points }
}

/** Prometheus buckets are cumulative, those of OTLP are not. */
function histograms(values: readonly Value[], times: Times) {
  return [...Map.groupBy(values, ({ labels }) => JSON.stringify({ ...labels, le: undefined })).values()].map((series) => {
    const sumOf = (ending: string) => series.find(({ metricName }) => metricName?.endsWith(ending))?.value ?? 0
    const buckets = series.filter(({ metricName }) => metricName?.endsWith('_bucket'))
    const cumulative = buckets.map(({ value }) => value)
    return {
      ...times,
      attributes: attributesOf(series[0]?.labels ?? {}),
      value: {
        buckets: {
          boundaries: buckets.map(({ labels }) => Number(labels['le'])).filter(Number.isFinite),
          counts: cumulative.map((count, index) => count - (cumulative[index - 1] ?? 0)),
        },
        sum: sumOf('_sum'),
        count: sumOf('_count'),
      },
    }
  })
}

function attributesOf({ le: _, ...labels }: Value['labels']): Attributes {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]))
}
