import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { startReceiver } from '../support/otlp-receiver.ts'
import { bytesIn, messagesIn, readMessage } from '../support/protobuf.ts'
import { startServer } from '../support/server.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const CALLER = 'b7ad6b7169203331'
const TOKEN = 'tr0ub4dor'

const report = (url: string, type: string) =>
  fetch(`${url}/api/v1/projects/apollo/events`, {
    method: 'POST',
    headers: { traceparent: `00-${TRACE}-${CALLER}-01` },
    body: JSON.stringify({ type, story_id: 'S-1' }),
  })

test('spans are sent as protobuf by default, with the headers that were given and under the ids that were carried', async () => {
  const receiver = await startReceiver()
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_HEADERS: `x-token=${TOKEN}` }
  const ACCESS_LOG_FILE = join(temporaryFolder(), 'access.log')
  const server = await startServer({ env: { ...env, ACCESS_LOG_FILE, OTEL_METRICS_EXPORTER: 'none', OTEL_LOG_LEVEL: 'all' } })
  expect((await report(server.url, 'tdd_cycle_started')).status).toBe(202)
  expect(await server.stop()).toBe(0)
  expect(new Set(receiver.bodies.map(({ path }) => path))).toEqual(new Set(['/v1/traces']))
  expect(receiver.bodies.every(({ type, headers }) => type === 'application/x-protobuf' && headers.get('x-token') === TOKEN)).toBe(true)
  // ExportTraceServiceRequest: resource_spans 1, scope_spans 2, spans 2; of a span trace_id 1, parent_span_id 4, name 5.
  const spans = receiver.bodies
    .flatMap(({ body }) => messagesIn(readMessage(body), 1))
    .flatMap((resource) => messagesIn(resource, 2))
    .flatMap((scope) => messagesIn(scope, 2))
    .filter((span) => bytesIn(span, 1).toString('hex') === TRACE)
  expect(spans.map((span) => bytesIn(span, 5).toString())).toContain('append')
  const request = spans.find((span) => bytesIn(span, 5).toString().startsWith('POST '))
  expect(request && bytesIn(request, 4).toString('hex')).toBe(CALLER)
  expect(server.logs()).not.toContain(TOKEN)
  const line = readFileSync(ACCESS_LOG_FILE, 'utf8')
    .split('\n')
    .find((one) => one.includes('POST'))
  expect(JSON.parse(line ?? '')).toMatchObject({ trace_id: TRACE, span_id: request && bytesIn(request, 2).toString('hex') })
}, 60_000)

test('metrics over OTLP are those of /metrics', async () => {
  const receiver = await startReceiver()
  const env = { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${receiver.url}/own/path`, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }
  const server = await startServer({ env: { ...env, OTEL_METRIC_EXPORT_INTERVAL: '100' } })
  for (const type of ['tdd_cycle_started', 'tdd_cycle_started', 'tdd_cycle_started'])
    expect((await report(server.url, type)).status).toBe(202)
  const newest = (name: string) => receiver.metrics.findLast((metric) => metric.name === name)
  await eventually(() => newest('events_accepted_total')?.points[0]?.['asDouble'] === 3)
  expect(newest('events_accepted_total')).toMatchObject({
    kind: 'sum',
    points: [{ attributes: [{ key: 'source', value: { stringValue: 'http' } }] }],
    resource: { 'service.name': 'visualizer', 'service.instance.id': expect.any(String) },
  })
  await eventually(() => newest('projects_total')?.points[0]?.['asDouble'] === 1)
  const figures = await (await fetch(`${server.url}/metrics`)).text()
  const names = [...figures.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
  const withPoints = new Set(receiver.metrics.map(({ name }) => name))
  expect(names.filter((name = '') => !withPoints.has(name))).toEqual([])
  const histogram = newest('http_request_duration_seconds')?.points[0] as {
    bucketCounts: number[]
    explicitBounds: number[]
    count: number
  }
  expect(histogram.bucketCounts.length).toBe(histogram.explicitBounds.length + 1)
  expect(histogram.bucketCounts.reduce((sum, count) => sum + count, 0)).toBe(histogram.count)
  expect(histogram.count).toBeGreaterThanOrEqual(3)
  // No traces were asked for: none are sent.
  expect(receiver.spans).toEqual([])
  expect(new Set(receiver.bodies.map(({ path }) => path))).toEqual(new Set(['/own/path']))
}, 60_000)
