import { expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { type ReceivedSpan, type Receiver, startReceiver } from '../support/otlp-receiver.ts'
import { startServer } from '../support/server.ts'
import { watchProject } from '../support/viewer.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const CALLER = 'b7ad6b7169203331'
const TRACEPARENT = `00-${TRACE}-${CALLER}-01`

const settings = (receiver: Receiver, more: Record<string, string> = {}) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  LOG_FORMAT: 'json',
  ...more,
})

const report = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/v1/projects/apollo/events?token=tr0ub4dor`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ type: 'tdd_cycle_started', story_id: 'S-1' }),
  })

/** Waits until somebody watches the project: only then is anything rendered. */
async function watch(url: string) {
  await report(url)
  const viewer = watchProject([url], 'apollo')
  await eventually(() => viewer.rows().length > 0)
  return viewer
}

/** Each span with the name of the one that it is part of. */
const tree = (spans: readonly ReceivedSpan[]) =>
  Object.fromEntries(
    spans.map(({ name, parentSpanId }) => [name, spans.find(({ spanId }) => spanId === parentSpanId)?.name ?? parentSpanId]),
  )

test('one trace runs from a report to the frame that viewers get, under the caller’s trace id', async () => {
  const receiver = await startReceiver()
  const server = await startServer({ env: settings(receiver, { OTEL_SERVICE_NAME: 'board', OTEL_RESOURCE_ATTRIBUTES: 'zone=a%20b' }) })
  await watch(server.url)
  expect((await report(server.url, { traceparent: TRACEPARENT })).status).toBe(202)
  const ours = () => receiver.spans.filter(({ traceId }) => traceId === TRACE)
  await eventually(() => ours().some(({ name }) => name === 'flush'))
  const request = 'POST /api/v1/projects/:name/events'
  expect(tree(ours())).toMatchObject({
    [request]: CALLER,
    report: request,
    append: 'report',
    commit: 'append',
    publish: 'report',
    deliver: 'publish',
    flush: 'deliver',
  })
  const of = (name: string) => ours().find((span) => span.name === name)?.attributes
  expect(of(request)).toMatchObject({ 'http.request.method': 'POST', 'http.response.status_code': 202 })
  expect(of('commit')).toMatchObject({ 'db.system.name': 'sqlite', 'db.operation.name': 'append', 'visualizer.events': 1 })
  expect(Number(of('flush')?.['visualizer.frame.length'])).toBeGreaterThan(100)
  expect(ours()[0]?.resource).toMatchObject({ 'service.name': 'board', zone: 'a b', 'service.instance.id': expect.any(String) })
  expect(JSON.stringify(receiver.spans)).not.toMatch(/tr0ub4dor|apollo|S-1/)
  const line = server
    .logs()
    .split('\n')
    .find((one) => one.includes(TRACE))
  expect(JSON.parse(line ?? '')).toMatchObject({ trace_id: TRACE, span_id: ours().find(({ name }) => name === request)?.spanId })
}, 60_000)

test('a flush that several reports led to is part of the first one’s trace and linked to the others', async () => {
  const receiver = await startReceiver()
  const server = await startServer({ env: settings(receiver) })
  await watch(server.url)
  const ids = Array.from({ length: 60 }, (_, index) => (index + 1).toString(16).padStart(32, '0'))
  await Promise.all(ids.map((id) => report(server.url, { traceparent: `00-${id}-${CALLER}-01` })))
  const linked = () => receiver.spans.filter(({ name, links }) => name === 'flush' && links.length > 0)
  await eventually(() => linked().length > 0)
  expect(await server.stop()).toBe(0)
  for (const { links, traceId } of linked()) {
    expect(links.length).toBeLessThanOrEqual(32)
    expect(links.every((link) => ids.includes(link.traceId) && link.traceId !== traceId)).toBe(true)
  }
  // Contexts never mix, whatever waits for the same group: each report has its own append.
  const appends = receiver.spans.filter(({ name, traceId }) => name === 'append' && ids.includes(traceId))
  expect(appends.map(({ traceId }) => traceId).toSorted()).toEqual(ids)
}, 60_000)

test('of traces that are not sampled nothing is sent', async () => {
  const receiver = await startReceiver()
  const ratio = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }
  const server = await startServer({ env: settings(receiver, ratio) })
  await watch(server.url)
  expect((await report(server.url, { traceparent: `00-${TRACE}-${CALLER}-00` })).status).toBe(202)
  expect((await report(server.url, { traceparent: `00-${'1'.repeat(32)}-${CALLER}-01` })).status).toBe(202)
  expect(await server.stop()).toBe(0)
  expect(new Set(receiver.spans.map(({ traceId }) => traceId))).toEqual(new Set(['1'.repeat(32)]))
}, 60_000)
