import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { startReceiver } from '../support/otlp-receiver.ts'
import { startServer } from '../support/server.ts'

/** prom-client brings the API along: declarations that do nothing by themselves. */
const NOTHING = ['@opentelemetry/api']
const PRELOAD = { BUN_OPTIONS: `--preload ${join(import.meta.dir, 'loaded-modules.ts')}` }

/** What the real program loaded of OpenTelemetry until its end. */
async function loadedBy(env: Record<string, string>): Promise<string[]> {
  const server = await startServer({ env: { ...PRELOAD, ...env } })
  await fetch(`${server.url}/api/v1/projects/apollo/events`, { method: 'POST', body: '{"type":"build_started"}' })
  await server.stop()
  return JSON.parse(/^loaded (.*)$/m.exec(server.logs())?.[1] ?? 'null') as string[]
}

test('without a collector, nothing of OpenTelemetry’s SDK is loaded', async () => {
  expect(await loadedBy({})).toEqual(NOTHING)
  expect(await loadedBy({ OTEL_SERVICE_NAME: 'board', OTEL_TRACES_SAMPLER: 'always_on' })).toEqual(NOTHING)
}, 60_000)

test('nor is it where it is switched off', async () => {
  const { url } = await startReceiver()
  expect(await loadedBy({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SDK_DISABLED: 'true' })).toEqual(NOTHING)
  expect(await loadedBy({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' })).toEqual(NOTHING)
}, 60_000)

test('with one, it is', async () => {
  const { url } = await startReceiver()
  expect(await loadedBy({ OTEL_EXPORTER_OTLP_ENDPOINT: url })).toContain('@opentelemetry/sdk-node')
}, 60_000)
