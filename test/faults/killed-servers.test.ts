import { beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startFleet, type Watched, watchFleet, workersOf } from '../support/fleet.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'
import type { RunningServer } from '../support/server.ts'
import { SPOTLESS } from '../support/verdict.ts'

/** They outlive what is done to them in each test, and are whole again after it. */
let redis: RedisServer
let instances: RunningServer[]
beforeAll(async () => {
  redis = await startRedis({ lifetime: 'file' })
  instances = await startFleet({ env: { REDIS_URL: redis.url }, lifetime: 'file' })
})

let fleets = 0
/** Reports and viewers of projects that no other test has. */
function watch(): Promise<Watched> {
  fleets += 1
  return watchFleet({ instances, projects: ['apollo', 'gemini', 'mercury'].map((name) => `${name}-${fleets}`) })
}

describe('under load nothing is lost, doubled or out of order when', () => {
  test('workers are killed', async () => {
    const watched = await watch()
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
    const watched = await watch()
    const [first] = instances
    await first!.kill()
    await watched.grows(60)
    await first!.restart()
    await watched.grows(60)
    expect(await watched.verdict()).toEqual(SPOTLESS)
  }, 90_000)

  test('Redis is killed, and starts again with what it had stored', async () => {
    const watched = await watch()
    await watched.grows(60)
    await redis.kill()
    await eventually(() => watched.reports.answers.get('503') !== undefined, { withinMs: 15_000 })
    await redis.restart()
    await watched.grows(100)
    expect(await watched.verdict()).toEqual(SPOTLESS)
  }, 90_000)

  test('Redis stands still for ten seconds', async () => {
    const watched = await watch()
    await watched.grows(60)
    redis.signal('SIGSTOP')
    // The length of the pause is what is tested, not a wait for something to happen.
    await Bun.sleep(10_000)
    redis.signal('SIGCONT')
    await watched.grows(100)
    expect(await watched.verdict()).toEqual(SPOTLESS)
  }, 90_000)

  test('all subscribers are disconnected', async () => {
    const watched = await watch()
    for (let turn = 0; turn < 3; turn++) {
      await watched.grows(40)
      await redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')
    }
    await watched.grows(60)
    expect(await watched.verdict()).toEqual(SPOTLESS)
  }, 90_000)
})
