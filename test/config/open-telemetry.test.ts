import { expect, test } from 'bun:test'
import { inspect } from 'node:util'
import { load, loaded } from './support.ts'

const TOKEN = 'tr0ub4dor&3'
const COLLECTOR = 'http://collector:4318'

test('without a collector there is no OpenTelemetry, whatever else is said of it', () => {
  expect(loaded({ env: { OTEL_SERVICE_NAME: 'board', OTEL_TRACES_SAMPLER: 'always_on' } }).openTelemetry).toBeUndefined()
  expect(loaded({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, OTEL_SDK_DISABLED: 'true' } }).openTelemetry).toBeUndefined()
})

test('one endpoint stands for traces and metrics', () => {
  expect(loaded({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: `${COLLECTOR}/otlp/` } }).openTelemetry).toMatchObject({
    traces: { url: `${COLLECTOR}/otlp/v1/traces`, sampler: { name: 'parentbased_always_on', ratio: 1 } },
    metrics: { url: `${COLLECTOR}/otlp/v1/metrics`, intervalMs: 60_000 },
    protocol: 'http/protobuf',
    serviceName: 'visualizer',
  })
})

test('each of them may have an endpoint of its own, used as it is, or none', () => {
  const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces/in', OTEL_METRIC_EXPORT_INTERVAL: '5000' }
  expect(loaded({ env: own }).openTelemetry).toMatchObject({ traces: { url: 'https://traces/in' }, metrics: undefined })
  const both = { ...own, OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, OTEL_TRACES_EXPORTER: 'none' }
  expect(loaded({ env: both }).openTelemetry).toMatchObject({
    traces: undefined,
    metrics: { url: `${COLLECTOR}/v1/metrics`, intervalMs: 5_000 },
  })
})

test('headers are decoded, and secret', () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR,
    OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${encodeURIComponent(TOKEN)}, x-team=a=b`,
  }
  const config = loaded({ env })
  expect(config.openTelemetry?.headers.map(({ name, value }) => [name, value.reveal()])).toEqual([
    ['Authorization', `Bearer ${TOKEN}`],
    ['x-team', 'a=b'],
  ])
  expect(`${inspect(config, { depth: 9 })}${JSON.stringify(config)}`).not.toContain(TOKEN)
})

test('what the service is called comes from its own variable first', () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR,
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,deployment.environment.name=test%20bed',
  }
  expect(loaded({ env }).openTelemetry).toMatchObject({
    serviceName: 'other',
    resourceAttributes: [
      { name: 'service.name', value: 'other' },
      { name: 'deployment.environment.name', value: 'test bed' },
    ],
  })
  expect(loaded({ env: { ...env, OTEL_SERVICE_NAME: 'board' } }).openTelemetry?.serviceName).toBe('board')
})

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT: must be an address such as http://collector:4318'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: `http://me:${TOKEN}@collector` }, 'OTEL_EXPORTER_OTLP_ENDPOINT: must hold no user and password'],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL: must be http/protobuf or http/json: grpc is not available'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: TOKEN }, 'OTEL_EXPORTER_OTLP_HEADERS: must be name=value'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: `a=${TOKEN}%0d%0ab` }, 'OTEL_EXPORTER_OTLP_HEADERS: must be name=value'],
  [{ OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER: expected always_on, always_off, traceidratio'],
  [{ OTEL_TRACES_SAMPLER_ARG: '1.5', OTEL_TRACES_SAMPLER: 'traceidratio' }, 'OTEL_TRACES_SAMPLER_ARG: must be'],
  [{ OTEL_TRACES_SAMPLER_ARG: '-1', OTEL_TRACES_SAMPLER: 'traceidratio' }, 'OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1'],
  [{ OTEL_METRIC_EXPORT_INTERVAL: '1s' }, 'OTEL_METRIC_EXPORT_INTERVAL: must be a whole number'],
])('refuses %j', (env: Record<string, string>, reason) => {
  const { problems } = load({ env })
  expect(problems.length).toBe(1)
  expect(problems[0]).toStartWith(`environment ${reason}`)
  expect(problems[0]).not.toContain('tr0ub4dor')
})

test('says when a ratio is given to a sampler that has none', () => {
  expect(load({ env: { OTEL_TRACES_SAMPLER_ARG: '0.5' } }).warnings).toEqual([
    'environment OTEL_TRACES_SAMPLER_ARG: is not used without OTEL_TRACES_SAMPLER=traceidratio or parentbased_traceidratio',
  ])
})
