import { expect, test } from 'bun:test'
import { eventually, within } from '../support/eventually.ts'
import { startReceiver } from '../support/otlp-receiver.ts'
import { freePort } from '../support/ports.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const REPORTS = 3_000

const settings = (url: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_METRIC_EXPORT_INTERVAL: '500',
  LOG_FORMAT: 'json',
})

/** Sends reports, each of which makes several spans; gives back the answers' status codes. */
async function report({ url }: RunningServer, count: number): Promise<Set<number>> {
  const statuses = new Set<number>()
  for (let sent = 0; sent < count; sent += 100) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        fetch(`${url}/api/v1/projects/apollo/events`, { method: 'POST', body: '{"type":"tdd_cycle_started","story_id":"S-1"}' }),
      ),
    )
    for (const { status } of answers) statuses.add(status)
  }
  return statuses
}

async function dropped({ url }: RunningServer): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^otel_spans_dropped_total (\d+)$/m.exec(text)?.[1])
}

/** What an operator sees of it: every report is stored, what is lost is counted, and it is said once. */
async function expectOnlySpansLost(server: RunningServer) {
  expect(await report(server, REPORTS)).toEqual(new Set([202]))
  expect(await eventually(() => dropped(server).then((spans) => spans > 0 && spans), { withinMs: 20_000 })).toBeGreaterThan(0)
  expect(await report(server, 100)).toEqual(new Set([202]))
  expect(await within(10_000, 'the end of the program', server.stop())).toBe(0)
  const lines = server.logs().split('\n').filter(Boolean)
  const records = lines.map((line) => JSON.parse(line) as { level: string; message: string })
  const problems = records.filter(({ level }) => level === 'WARN' || level === 'ERROR').map(({ message }) => message)
  expect(problems).toEqual(['the OpenTelemetry collector does not take everything'])
}

test('a collector that is gone costs nothing but its spans', async () => {
  const url = `http://127.0.0.1:${await freePort()}`
  await expectOnlySpansLost(await startServer({ env: settings(url) }))
}, 90_000)

test('nor does one that takes everything and answers nothing', async () => {
  const { url, bodies } = await startReceiver({ hangs: true })
  await expectOnlySpansLost(await startServer({ env: settings(url) }))
  expect(bodies.length).toBeGreaterThan(0)
}, 90_000)

test('one that comes back gets what happens from then on', async () => {
  const port = await freePort()
  const server = await startServer({ env: { ...settings(`http://127.0.0.1:${port}`), OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' } })
  expect(await report(server, 100)).toEqual(new Set([202]))
  const receiver = await startReceiver({ port })
  const trace = 'c'.repeat(32)
  await fetch(`${server.url}/api/v1/projects/apollo/events`, {
    method: 'POST',
    headers: { traceparent: `00-${trace}-${'d'.repeat(16)}-01` },
    body: '{"type":"tdd_cycle_started","story_id":"S-1"}',
  })
  await eventually(() => receiver.spans.some(({ traceId, name }) => traceId === trace && name === 'publish'), { withinMs: 20_000 })
}, 60_000)
