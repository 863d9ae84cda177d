import { expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startFleet, watchFleet } from '../support/fleet.ts'
import { startPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { call } from '../support/report.ts'
import { SPOTLESS } from '../support/verdict.ts'

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
  expect([...watched.reports.answers.keys()]).toEqual(['202'])
  await redis.restart()
  await watched.grows(60)
  expect(await watched.verdict()).toEqual(SPOTLESS)
}, 120_000)
