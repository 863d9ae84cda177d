import { expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startFleet, watchFleet } from '../support/fleet.ts'
import { startPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { call } from '../support/report.ts'
import type { RunningServer } from '../support/server.ts'
import { SPOTLESS } from '../support/verdict.ts'

/** What needs a look at something shared before it is taken: a key, a question, a whole state. */
const ODD_BODIES = [
  { type: 'x-keyed' },
  { type: 'approval_requested', approval_id: 'q1', title: 'Go on?' },
  { type: 'current_state', tdd_cycles: { 'story-of-http': { current_state: 'design' } } },
]

const keyed = (server: RunningServer, body: object) =>
  call(server, '/api/v1/projects/voyager/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': Bun.randomUUIDv7() },
    body: JSON.stringify(body),
  })

test('while only the bus is away reports are taken, every worker finds them in the log, and readiness stays', async () => {
  const [redis, postgres] = [await startRedis(), await startPostgres('test')]
  const instances = await startFleet({ env: { REDIS_URL: redis.url, DATABASE_URL: postgres.url } })
  const watched = await watchFleet({ instances })
  await watched.grows(60)
  await redis.kill()
  for (const instance of instances) {
    await eventually(async () => String((await call(instance, '/ready')).body['warnings']).includes('the bus is away'), {
      withinMs: 15_000,
    })
  }
  const positions = watched.viewers.map((viewer) => viewer.since())
  await watched.grows(100)
  await eventually(() => watched.viewers.every((viewer, index) => viewer.since() !== positions[index]), { withinMs: 15_000 })
  for (const instance of instances) {
    const { status, body } = await call(instance, '/ready')
    expect([status, body['checks']]).toEqual([200, { redis: false, projects: true, orchestrator: true, log: true }])
  }
  for (const instance of instances) for (const body of ODD_BODIES) expect((await keyed(instance, body)).status).toBe(202)
  expect([...watched.reports.answers.keys()], instances.map((instance) => instance.logs()).join('\n')).toEqual(['202'])
  await redis.restart()
  await watched.grows(60)
  expect(await watched.verdict()).toEqual(SPOTLESS)
}, 120_000)
