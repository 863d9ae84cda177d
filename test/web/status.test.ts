import { expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startRedis } from '../support/redis.ts'
import { call, report } from '../support/report.ts'
import { startServer } from '../support/server.ts'

const number = expect.any(Number)

test('/api/v1/status tells what runs, what it stands on and what it has done', async () => {
  const server = await startServer()
  await report(server, 'apollo', [{ type: 'x-a' }, { type: 'agent_status', agent_id: 'a1', status: 'working' }])
  await report(server, 'apollo', { type: 'x-a', id: 'twice' })
  await report(server, 'apollo', { type: 'x-a', id: 'twice' })
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live/`)
  const status = await eventually(async () => {
    const { body } = await call(server, '/api/v1/status')
    return (body['statistics'] as { viewers: number }).viewers === 1 && body
  })
  socket.close()
  expect((status['resource_usage'] as { heap_bytes: number }).heap_bytes).toBeGreaterThan(1_000_000)
  expect(Math.abs(Date.parse(String(status['started_at'])) - Date.now())).toBeLessThan(60_000)
  expect(status).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    uptime_seconds: number,
    worker: { id: null, pid: server.pid() },
    workers: 1,
    features: { log: 'sqlite', bus: 'in-process', orchestrators: 0, metrics: true, open_to_others: false },
    health: { log: { up: true, since: null }, bus: { up: true, since: null } },
    reload: null,
    statistics: { projects: 1, events_numbered: 3, events_accepted: 3, events_duplicate: 1, errors: 0, viewers: 1 },
    resource_usage: {
      rss_bytes: number,
      heap_bytes: number,
      cpu_seconds: number,
      event_loop_delay_seconds: { mean: number, p99: number, max: number },
    },
    limits: [],
    warnings: [],
  })
})

test('limits that the configuration names are compared with what is in use, and those exceeded are warned of', async () => {
  const config = 'global_settings: { max_parallel_projects: 1, max_total_agents: 5, resource_limits: { max_memory_mb: 512 } }\n'
  const server = await startServer({ config })
  for (const name of ['apollo', 'gemini']) await report(server, name, { type: 'agent_status', agent_id: 'a1', status: 'working' })
  const body = await eventually(async () => {
    const now = (await call(server, '/api/v1/status')).body
    return JSON.stringify(now['limits']).includes('"name":"total_agents","limit":5,"used":2') && now
  })
  expect(body['limits']).toEqual([
    { name: 'parallel_projects', limit: 1, used: 2, is_exceeded: true },
    { name: 'total_agents', limit: 5, used: 2, is_exceeded: false },
    { name: 'memory_mb', limit: 512, used: null, is_exceeded: false },
  ])
  const warning = 'parallel_projects: 2 are in use, the configuration has 1'
  expect(body['warnings']).toEqual([warning])
  expect((await call(server, '/ready')).body).toMatchObject({ status: 'ready', warnings: [warning] })
})

test('while the log is away the status says so and still answers; its address is not told', async () => {
  const redis = await startRedis()
  const server = await startServer({ env: { REDIS_URL: redis.url } })
  await report(server, 'apollo', { type: 'x-a' })
  const before = await call(server, '/api/v1/status')
  expect(before.body).toMatchObject({ features: { log: 'redis' }, health: { log: { up: true } } })
  await redis.kill()
  const after = await eventually(async () => {
    const now = await call(server, '/api/v1/status')
    return !(now.body['health'] as { bus: { up: boolean } }).bus.up && now
  })
  expect(after.body).toMatchObject({ health: { log: { up: false } } })
  for (const { status, body } of [before, after]) expect([status, JSON.stringify(body).includes(`:${redis.port}`)]).toEqual([200, false])
})

test('security 38: the status holds no secret of the configuration', async () => {
  const config = 'orchestrators:\n  main: { url: "ws://localhost:9", token: hunter2 }\n'
  const server = await startServer({ config })
  const text = await (await fetch(`${server.url}/api/v1/status`)).text()
  expect(text).toContain('"orchestrators":1')
  expect(text).not.toContain('hunter2')
  expect(text).not.toContain(server.dataDir)
})
