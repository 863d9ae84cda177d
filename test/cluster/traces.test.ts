import { expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startReceiver } from '../support/otlp-receiver.ts'
import { startRedis } from '../support/redis.ts'
import { startServer } from '../support/server.ts'
import { watchProject } from '../support/viewer.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const CALLER = 'b7ad6b7169203331'

const report = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/api/v1/projects/apollo/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ type: 'tdd_cycle_started', story_id: 'S-1' }),
  })

test('one trace runs from a report on one instance to the frame on another', async () => {
  const [redis, receiver] = await Promise.all([startRedis(), startReceiver()])
  const env = { REDIS_URL: redis.url, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }
  const [here, there] = await Promise.all([startServer({ env }), startServer({ env })])
  await report(here.url)
  const viewer = watchProject([there.url], 'apollo')
  await eventually(() => viewer.rows().length > 0)
  expect((await report(here.url, { traceparent: `00-${TRACE}-${CALLER}-01` })).status).toBe(202)
  const of = (pid: number) => receiver.spans.filter(({ traceId, resource }) => traceId === TRACE && Number(resource['process.pid']) === pid)
  const spanOf = (pid: number, name: string) => of(pid).find((span) => span.name === name)
  await eventually(() => spanOf(there.pid(), 'flush') !== undefined && spanOf(here.pid(), 'publish') !== undefined)
  const [published, delivered, flushed] = [spanOf(here.pid(), 'publish'), spanOf(there.pid(), 'deliver'), spanOf(there.pid(), 'flush')]
  expect(delivered?.parentSpanId).toBe(published?.spanId)
  expect(flushed?.parentSpanId).toBe(delivered?.spanId)
  expect(spanOf(here.pid(), 'commit')?.attributes).toMatchObject({ 'db.system.name': 'redis', 'db.operation.name': 'append' })
  expect(published?.attributes).toMatchObject({ 'messaging.system': 'redis' })
  // The same figures and spans of two instances are told apart.
  expect(new Set(receiver.spans.map(({ resource }) => resource['service.instance.id'])).size).toBe(2)
}, 90_000)
