import { describe, expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startFleet, type Watched, watchFleet, workersOf } from '../support/fleet.ts'
import { startRedis } from '../support/redis.ts'
import type { RunningServer } from '../support/server.ts'
import { SPOTLESS } from '../support/verdict.ts'

type Scene = { redis: Awaited<ReturnType<typeof startRedis>>; instances: RunningServer[]; watched: Watched }

async function open(): Promise<Scene> {
  const redis = await startRedis()
  const instances = await startFleet({ env: { REDIS_URL: redis.url } })
  return { redis, instances, watched: await watchFleet({ instances }) }
}

describe('under load nothing is lost, doubled or out of order when', () => {
  test('workers are killed', async () => {
    const { instances, watched } = await open()
    for (const instance of instances) {
      const before = workersOf(instance)
      process.kill(before[0] ?? 0, 'SIGKILL')
      await watched.grows(60)
      await eventually(() => workersOf(instance).length === 2 && workersOf(instance).join() !== before.join(), { withinMs: 15_000 })
    }
    await watched.grows(60)
    expect(await watched.verdict()).toEqual(SPOTLESS)
  }, 90_000)

  test('an instance is killed with its supervisor, and starts again', async () => {
    const { instances, watched } = await open()
    const [first] = instances
    await first!.kill()
    await watched.grows(60)
    await first!.restart()
    await watched.grows(60)
    expect(await watched.verdict()).toEqual(SPOTLESS)
  }, 90_000)

  test('Redis is killed, and starts again with what it had stored', async () => {
    const { redis, watched } = await open()
    await watched.grows(60)
    await redis.kill()
    await eventually(() => watched.reports.answers.get('503') !== undefined, { withinMs: 15_000 })
    await redis.restart()
    await watched.grows(100)
    expect(await watched.verdict()).toEqual(SPOTLESS)
  }, 90_000)

  test('Redis stands still for ten seconds', async () => {
    const { redis, watched } = await open()
    await watched.grows(60)
    redis.signal('SIGSTOP')
    // The length of the pause is what is tested, not a wait for something to happen.
    await Bun.sleep(10_000)
    redis.signal('SIGCONT')
    await watched.grows(100)
    expect(await watched.verdict()).toEqual(SPOTLESS)
  }, 90_000)

  test('all subscribers are disconnected', async () => {
    const { redis, watched } = await open()
    for (let turn = 0; turn < 3; turn++) {
      await watched.grows(40)
      await redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')
    }
    await watched.grows(60)
    expect(await watched.verdict()).toEqual(SPOTLESS)
  }, 90_000)
})
