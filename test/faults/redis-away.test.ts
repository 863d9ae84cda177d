import { expect, test } from 'bun:test'
import { temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { startRedis } from '../support/redis.ts'
import { call, postBody, report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { watchProject } from '../support/viewer.ts'

const active = { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' }
const configOf = () => `projects:\n  apollo: { path: ${temporaryFolder()}, description: "To the moon" }\n`

test('a service that starts without Redis says so, and comes up by itself when it is there', async () => {
  const redis = await startRedis()
  await redis.kill()
  const port = await freePort()
  const starting = startServer({ port, config: configOf(), env: { REDIS_URL: redis.url }, readyWithinMs: 40_000 })
  const server = { url: `http://localhost:${port}` } as RunningServer
  const refused = await eventually(() => postBody(server, 'apollo', '{"type":"x-a"}'), { withinMs: 20_000 })
  expect([refused.status, refused.body['code']]).toEqual([503, 'SERVICE_UNAVAILABLE'])
  const ready = await call(server, '/ready')
  expect([ready.status, ready.body.checks]).toEqual([503, { redis: false, projects: false, orchestrator: true, log: false }])
  const page = await fetch(server.url, { headers: { accept: 'text/html' } })
  expect([page.status, page.headers.get('refresh')]).toEqual([503, '3'])
  expect(await page.text()).toContain('The event log is away')
  expect((await call(server, '/health')).status).toBe(200)

  await redis.restart()
  await starting
  expect(JSON.stringify((await call(server, '/api/v1/projects')).body)).toContain('To the moon')
  await report(server, 'apollo', active)
})

test('Redis that lost everything: viewers of two instances see the new log, and nothing is dropped in silence', async () => {
  const redis = await startRedis()
  const config = configOf()
  const [one, two] = await Promise.all([1, 2].map(() => startServer({ config, env: { REDIS_URL: redis.url } })))
  if (!one || !two) throw new Error('two servers are needed')
  await report(one, 'apollo', [active, { type: 'x-b' }, { type: 'x-c' }])
  const viewers = [one, two].map(({ url }) => watchProject([url], 'apollo'))
  await eventually(() => viewers.every((viewer) => viewer.since().endsWith(':3')))
  const before = viewers[0]?.since().split(':')[0]
  await redis.cli('flushall')
  await eventually(() => viewers.every((viewer) => viewer.since().endsWith(':0') && !viewer.since().startsWith(`${before}`)))

  await report(two, 'apollo', active)
  await eventually(() => viewers.every((viewer) => viewer.since().endsWith(':1')))
  for (const server of [one, two]) expect(JSON.stringify((await call(server, '/api/v1/projects')).body)).toContain('To the moon')
})
