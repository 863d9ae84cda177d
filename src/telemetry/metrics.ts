import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Figures = {
  name: string
  help: string
  type: unknown
  /** How the values of workers are combined; the default is their sum. */
  aggregator?: string
  /** `metricName` tells the buckets, sum and count of a histogram apart. */
  values: { value: number; metricName?: string; labels: Partial<Record<string, string | number>> }[]
}[]

export type Metrics = ReturnType<typeof createMetrics>

/** The service's metrics. Label values are bounded: methods, routes, status codes, sources, reasons. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  const samples: (() => void)[] = []
  const counter = counters(registers)
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name, help, labelNames, registers })
  return {
    httpRequests: counter('http_requests_total', 'Total HTTP requests', ['method', 'endpoint', 'status']),
    httpDuration: new Histogram({ name: 'http_request_duration_seconds', help: 'HTTP request duration', registers }),
    websockets: gauge('websocket_connections_active', 'Active WebSocket connections'),
    websocketCloses: counter('websocket_closes_total', 'Closed WebSocket connections by reason', ['reason']),
    frames: counter('websocket_frames_total', 'Frames published, once per topic whoever watches'),
    // Every worker knows all projects.
    projects: new Gauge({ name: 'projects_total', help: 'Total number of projects', registers, aggregator: 'max' }),
    events: counter('events_accepted_total', 'Events stored, by source; duplicates are not stored', ['source']),
    duplicates: counter('events_duplicate_total', 'Events that were known already, by source', ['source']),
    errors: counter('errors_total', 'Failures that were not the caller’s fault'),
    rateLimited: counter('rate_limited_total', 'Requests that were refused for their number, by class', ['class']),
    cspReports: counter('csp_reports_total', 'What browsers kept from running on pages, as they reported it', ['directive']),
    linesDropped: counter('log_lines_dropped_total', 'Log lines that could not be written, by log: records, access, stdout', ['log']),
    busDropped: counter('bus_dropped_total', 'Announcements that Redis did not take, and messages that were not ours', ['reason']),
    memory: gauge('process_resident_memory_bytes', 'Resident memory'),
    heap: gauge('process_js_heap_bytes', 'JavaScript heap in use'),
    cpu: counter('process_cpu_seconds_total', 'User and system CPU time'),
    loopDelay: gauge('event_loop_delay_seconds', 'How late the event loop was in the last whole half minute', ['statistic']),
    ...createFlowMetrics(registers),
    ...createSourceMetrics(registers),
    spansDropped: counter('otel_spans_dropped_total', 'Spans that the collector did not take, or that there was no room for'),
    read(): Promise<Figures> {
      for (const sample of samples) sample()
      return registry.getMetricsAsJSON()
    },
    render() {
      for (const sample of samples) sample()
      return registry.metrics()
    },
    /** Called before metrics are read, to set sampled ones. */
    onRead: (sample: () => void) => void samples.push(sample),
    contentType: registry.contentType,
  }
}

const WORK_SECONDS = [10, 30, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 259_200, 604_800]

function createFlowMetrics(registers: Registry[]) {
  const timing = (what: string, help: string) =>
    new Histogram({ name: `visualizer_${what}_seconds`, help, buckets: WORK_SECONDS, registers })
  const word = { name: 'visualizer_projects', help: 'Projects by the one word that is said of each' }
  return {
    flow: {
      cycleTime: timing('cycle_time', 'From the first phase of a story’s cycle to its last'),
      redToGreen: timing('red_to_green', 'From a failing test to a passing one'),
      approvalWait: timing('approval_wait', 'From a question to a person’s decision'),
    },
    attention: new Gauge({ ...word, labelNames: ['attention'], registers, aggregator: 'max' }),
  }
}

const counters =
  (registers: Registry[]) =>
  <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name, help, labelNames, registers })

function createSourceMetrics(registers: Registry[]) {
  const counter = counters(registers)
  return {
    tooOld: counter('events_too_old_total', 'Events that say that they are older than what is kept, by source; not stored', ['source']),
    questionsRefused: counter('questions_refused_total', 'Questions that were not taken, for as many were open as may be', ['source']),
    linkFrames: counter('orchestrator_frames_total', 'Frames that orchestrators sent', ['orchestrator']),
    linkChanges: counter('orchestrator_link_changes_total', 'Links that were connected, lost or read slowly', ['orchestrator', 'change']),
    linkRefused: counter('orchestrator_refused_total', 'Frames that were not accepted, or not for its projects', [
      'orchestrator',
      'reason',
    ]),
    reportsLost: counter('reports_lost_total', 'Reports that are missing, by reason; one where nobody can tell how many', ['reason']),
    fileReports: counter('state_file_reports_total', 'What was told of state files: changed, healed, damaged, …', ['outcome']),
  }
}
