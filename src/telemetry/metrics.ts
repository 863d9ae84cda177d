import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** The service's own figures. Label values are bounded: methods, route patterns, status codes, sources, reasons. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  return {
    httpRequests: new Counter({
      name: 'http_requests_total',
      help: 'Total HTTP requests',
      labelNames: ['method', 'endpoint', 'status'],
      registers,
    }),
    httpDuration: new Histogram({ name: 'http_request_duration_seconds', help: 'HTTP request duration', registers }),
    websockets: new Gauge({ name: 'websocket_connections_active', help: 'Active WebSocket connections', registers }),
    websocketCloses: new Counter({
      name: 'websocket_closes_total',
      help: 'Closed WebSocket connections by reason',
      labelNames: ['reason'],
      registers,
    }),
    frames: new Counter({ name: 'websocket_frames_total', help: 'Frames published, once per topic whoever watches', registers }),
    projects: new Gauge({ name: 'projects_total', help: 'Total number of projects', registers }),
    events: new Counter({
      name: 'events_accepted_total',
      help: 'Events stored, by source; duplicates are not stored',
      labelNames: ['source'],
      registers,
    }),
    duplicates: new Counter({
      name: 'events_duplicate_total',
      help: 'Events that were known already, by source',
      labelNames: ['source'],
      registers,
    }),
    errors: new Counter({ name: 'errors_total', help: 'Failures that were not the caller’s fault', registers }),
    memory: new Gauge({ name: 'process_resident_memory_bytes', help: 'Resident memory', registers }),
    cpu: new Counter({ name: 'process_cpu_seconds_total', help: 'User and system CPU time', registers }),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
