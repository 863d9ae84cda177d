import { beforeAll, expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
})

type Ready = { status: string; warnings: string[] }
const json = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T
const text = async (url: string) => (await fetch(url)).text()
const valueOf = (metrics: string, row: string) =>
  Number(
    metrics
      .split('\n')
      .find((line) => line.startsWith(`${row} `))
      ?.slice(row.length),
  )

test('/health answers while the process lives, with the version and the time', async () => {
  const response = await fetch(`${server.url}/health`)
  const body = (await response.json()) as Record<'status' | 'timestamp' | 'version', string>
  expect(response.status).toBe(200)
  expect(Object.keys(body).toSorted()).toEqual(['status', 'timestamp', 'version'])
  expect(body.status).toBe('healthy')
  expect(Math.abs(Date.parse(body.timestamp) - Date.now())).toBeLessThan(60_000)
})

test('/ready names its checks, and a dead orchestrator is a warning, not an outage', async () => {
  const server = await startServer({ config: 'orchestrators:\n  gone: { url: "ws://localhost:9" }\n' })
  const body = await eventually(async () => {
    const now = await json<Ready>(`${server.url}/ready`)
    return now.warnings.some((warning) => warning.includes('refused')) && now
  })
  expect(body).toMatchObject({ status: 'ready', checks: { redis: true, projects: true, orchestrator: true, log: true } })
  expect(body.warnings[0]).toContain('orchestrator gone')
})

test('/ready names a project whose folder is not there', async () => {
  const server = await startServer({ config: 'projects:\n  apollo: { path: /nonexistent/apollo }\n' })
  const body = await eventually(async () => {
    const now = await json<Ready>(`${server.url}/ready`)
    return now.warnings.length > 0 && now
  })
  expect(body.status).toBe('ready')
  expect(body.warnings.join()).toContain('apollo')
})

test('security 39: /metrics counts requests by route, never by address, and times them', async () => {
  await report(server, 'apollo', { type: 'x-a' })
  await text(`${server.url}/projects/apollo`)
  for (const path of ['/nothing/1', '/nothing/2', '/projects/none', '/api/v1/nothing']) await text(`${server.url}${path}`)
  await text(`${server.url}/health`)
  const metrics = await text(`${server.url}/metrics`)
  expect(valueOf(metrics, 'http_requests_total{method="POST",endpoint="/api/v1/projects/:name/events",status="202"}')).toBe(1)
  expect(valueOf(metrics, 'http_requests_total{method="GET",endpoint="/projects/:name",status="200"}')).toBe(1)
  expect(valueOf(metrics, 'http_requests_total{method="GET",endpoint="/projects/:name",status="404"}')).toBe(1)
  expect(valueOf(metrics, 'http_requests_total{method="GET",endpoint="unknown",status="404"}')).toBe(3)
  expect(metrics).toContain('endpoint="/health",status="200"')
  expect(metrics).toContain('http_request_duration_seconds_bucket{le="0.005"}')
  expect(valueOf(metrics, 'http_request_duration_seconds_count')).toBeGreaterThanOrEqual(7)
  expect(valueOf(metrics, 'projects_total')).toBe(1)
  expect(valueOf(metrics, 'events_accepted_total{source="http"}')).toBe(1)
})

test('/metrics tells how many websockets are open', async () => {
  const open = async () => valueOf(await text(`${server.url}/metrics`), 'websocket_connections_active')
  const sockets = Array.from({ length: 3 }, () => new WebSocket(`${server.url.replace('http', 'ws')}/live/`))
  await eventually(async () => (await open()) === 3)
  for (const socket of sockets) socket.close()
  await eventually(async () => (await open()) === 0)
})

test('/metrics, /health and /ready are not there when they are switched off', async () => {
  const server = await startServer({ env: { PROMETHEUS_METRICS: 'false', HEALTH_CHECK_ENDPOINT: 'false' } })
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
  for (const path of ['/health', '/ready']) expect((await fetch(`${server.url}${path}`)).status).toBe(404)
})

test('logs are one JSON object a line, with the keys that shippers and grep look for', async () => {
  const server = await startServer({ env: { LOG_FORMAT: 'json', LOG_LEVEL: 'DEBUG' } })
  await report(server, 'apollo', { type: 'chat_message', message: 'a secret of the project' })
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live/`)
  await eventually(() => server.logs().includes('websocket opened'))
  socket.close()
  await eventually(() => server.logs().includes('websocket closed'))
  await server.stop()
  const records = server
    .logs()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; '@timestamp': string; message: string })
  for (const record of records) {
    expect(['DEBUG', 'INFO', 'WARN', 'ERROR']).toContain(record.level)
    expect(new Date(record['@timestamp']).toISOString()).toBe(record['@timestamp'])
    expect(record.message).toBeString()
  }
  expect(records.some(({ message }) => message.startsWith('server ready on http'))).toBe(true)
  const request = records.find(({ message }) => message === 'POST /api/v1/projects/apollo/events')
  expect(request).toMatchObject({ level: 'INFO', status: 202, ms: expect.any(Number), request_id: expect.any(String) })
  // What was reported stays in the log of events.
  expect(server.logs()).not.toContain('a secret of the project')
})
