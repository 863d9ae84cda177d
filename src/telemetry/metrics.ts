import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { createFlowMetrics } from './flow-metrics.ts'
import { createSourceMetrics } from './source-metrics.ts'

export type Figures = {
  name: string
  help: string
  type: unknown
  /** How those of several workers become one; a sum where nothing is said. */
  aggregator?: string
  /** Of a histogram also its buckets, sums and counts, told apart by `metricName`. */
  values: { value: number; metricName?: string; labels: Partial<Record<string, string | number>> }[]
}[]

export type Metrics = ReturnType<typeof createMetrics>

/** The service's own figures. Label values are bounded: methods, route patterns, status codes, sources, reasons. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  const samples: (() => void)[] = []
  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name, help, labelNames, registers })
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name, help, labelNames, registers })
  return {
    httpRequests: counter('http_requests_total', 'Total HTTP requests', ['method', 'endpoint', 'status']),
    httpDuration: new Histogram({ name: 'http_request_duration_seconds', help: 'HTTP request duration', registers }),
    websockets: gauge('websocket_connections_active', 'Active WebSocket connections'),
    websocketCloses: counter('websocket_closes_total', 'Closed WebSocket connections by reason', ['reason']),
    frames: counter('websocket_frames_total', 'Frames published, once per topic whoever watches'),
    // Every worker knows all of them.
    projects: new Gauge({ name: 'projects_total', help: 'Total number of projects', registers, aggregator: 'max' }),
    events: counter('events_accepted_total', 'Events stored, by source; duplicates are not stored', ['source']),
    duplicates: counter('events_duplicate_total', 'Events that were known already, by source', ['source']),
    errors: counter('errors_total', 'Failures that were not the caller’s fault'),
    linesDropped: counter('log_lines_dropped_total', 'Log lines that could not be written, by log: records, access, stdout', ['log']),
    busDropped: counter('bus_dropped_total', 'Announcements that Redis did not take, and messages that were not ours', ['reason']),
    memory: gauge('process_resident_memory_bytes', 'Resident memory'),
    heap: gauge('process_js_heap_bytes', 'JavaScript heap in use'),
    cpu: counter('process_cpu_seconds_total', 'User and system CPU time'),
    loopDelay: gauge('event_loop_delay_seconds', 'How late the event loop was in the last whole half minute', ['statistic']),
    ...createFlowMetrics(registers),
    ...createSourceMetrics(registers),
    spansDropped: counter('otel_spans_dropped_total', 'Spans that the collector did not take, or that there was no room for'),
    /** Every figure with its values, for those who do not read text. */
    read(): Promise<Figures> {
      for (const sample of samples) sample()
      return registry.getMetricsAsJSON()
    },
    render() {
      for (const sample of samples) sample()
      return registry.metrics()
    },
    /** Called before figures are read, to set those that nobody counts. */
    onRead: (sample: () => void) => void samples.push(sample),
    contentType: registry.contentType,
  }
}
