import { expect, test } from 'bun:test'
import { Redis } from 'ioredis'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { startReceiver } from '../support/otlp-receiver.ts'
import { startPostgres } from '../support/postgres.ts'
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

test('a trace that is not sampled is carried on all the same, marked as such, and nothing of it is sent', async () => {
  const [redis, receiver] = await Promise.all([startRedis(), startReceiver()])
  const sampler = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }
  const server = await startServer({
    env: { REDIS_URL: redis.url, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRICS_EXPORTER: 'none', ...sampler },
  })
  const subscriber = new Redis(redis.url)
  endAfter('test', () => subscriber.disconnect())
  const heard: string[] = []
  subscriber.on('pmessage', (_pattern, _channel, message: string) => heard.push(message))
  await subscriber.psubscribe('*')
  expect((await report(server.url, { traceparent: `00-${TRACE}-${CALLER}-01` })).status).toBe(202)
  const carried = await eventually(() => new RegExp(`00-${TRACE}-[0-9a-f]{16}-0[01]`).exec(heard.join('\n'))?.[0])
  expect(carried).toEndWith('-00')
  expect(await server.stop()).toBe(0)
  expect(receiver.bodies).toEqual([])
}, 60_000)

test('one trace runs through the workers of one instance', async () => {
  const receiver = await startReceiver()
  const exporting = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_METRIC_EXPORT_INTERVAL: '100',
  }
  const said = { OTEL_EXPORTER_OTLP_HEADERS: 'x-token=t0ken', OTEL_RESOURCE_ATTRIBUTES: 'secret=known' }
  const server = await startServer({ env: { WORKERS: '2', ...exporting, ...said } })
  await report(server.url)
  const viewers = Array.from({ length: 12 }, () => watchProject([server.url], 'apollo'))
  for (const viewer of viewers) await eventually(() => viewer.rows().length > 0)
  expect((await report(server.url, { traceparent: `00-${TRACE}-${CALLER}-01` })).status).toBe(202)
  const of = (name: string) => receiver.spans.filter((span) => span.traceId === TRACE && span.name === name)
  await eventually(() => of('flush').length === 2 && of('publish').length === 1)
  const [published] = of('publish')
  expect(of('deliver').map(({ parentSpanId }) => parentSpanId)).toEqual([published?.spanId, published?.spanId])
  for (const part of ['deliver', 'flush']) expect(new Set(of(part).map(({ resource }) => resource['process.pid'])).size).toBe(2)
  expect(published?.resource).toMatchObject({ secret: 'known' })
  expect(receiver.bodies.every(({ headers }) => headers.get('x-token') === 't0ken')).toBe(true)
  // Each worker has its own figures, and the supervisor none.
  const sources = () => new Set(receiver.metrics.map(({ resource }) => resource['process.pid']))
  await eventually(() => sources().size === 2)
  expect(sources()).toEqual(new Set(of('deliver').map(({ resource }) => resource['process.pid'])))
}, 90_000)

test('calls of PostgreSQL are told of without statements and what was in them', async () => {
  const [postgres, receiver] = await Promise.all([startPostgres('test'), startReceiver()])
  const exporting = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }
  const server = await startServer({ env: { DATABASE_URL: postgres.url, ...exporting } })
  await report(server.url)
  expect((await report(server.url, { traceparent: `00-${TRACE}-${CALLER}-01` })).status).toBe(202)
  const page = await fetch(`${server.url}/api/v1/projects/apollo/events`, { headers: { traceparent: `00-${TRACE}-${CALLER}-01` } })
  expect(page.status).toBe(200)
  expect(await server.stop()).toBe(0)
  const calls = receiver.spans.filter(({ traceId, attributes }) => traceId === TRACE && attributes['db.operation.name'] !== undefined)
  expect(new Set(calls.map(({ attributes }) => attributes['db.system.name']))).toEqual(new Set(['postgresql']))
  expect(calls.map(({ name }) => name)).toEqual(expect.arrayContaining(['commit', 'read']))
  expect(JSON.stringify(receiver.spans)).not.toMatch(/apollo|S-1|select|insert/i)
}, 90_000)
