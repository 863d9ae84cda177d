import { describe, expect, test } from 'bun:test'
import { openRedisBus } from '../../src/bus/redis.ts'
import type { RedisConfig } from '../../src/config/config.ts'
import { announcement } from '../bus/bus.contract.ts'
import { describeBreak, listening } from '../bus/breaks.contract.ts'
import { eventually } from '../support/eventually.ts'
import { type RedisServer, startRedis, startSentinel } from '../support/redis.ts'
import { topics } from '../../src/bus/bus.ts'

const opening = (redis: RedisConfig) => () => openRedisBus({ redis })

/** A break of one server, and how long until all is as before. */
const breakOf = (happen: (redis: RedisServer) => Promise<unknown>, withinMs: number) => async () => {
  const redis = await startRedis()
  return { open: opening(redis.config), happen: async () => void (await happen(redis)), withinMs }
}

describe('the bus on Redis', () => {
  describeBreak(
    'SIGKILL of the server, and its restart',
    breakOf((redis) => redis.restart(), 2_000),
  )

  describeBreak('a server that is stopped until it is left, and goes on', async () => {
    const redis = await startRedis()
    return {
      open: opening(redis.config),
      async happen() {
        const watcher = await listening(opening(redis.config))
        redis.signal('SIGSTOP')
        await eventually(() => !watcher.bus.isUp(), { withinMs: 8_000 })
        await watcher.bus.close()
        redis.signal('SIGCONT')
      },
      withinMs: 3_000,
    }
  })

  describeBreak(
    'CLIENT KILL TYPE pubsub',
    breakOf((redis) => redis.cli('client', 'kill', 'type', 'pubsub'), 2_000),
  )

  describeBreak('a Sentinel failover', async () => {
    const { master, replica, config } = await startSentinel()
    return {
      open: opening(config),
      async happen() {
        await master.kill()
        await eventually(async () => (await replica.cli('role')).startsWith('master'), { withinMs: 20_000 })
      },
      withinMs: 10_000,
    }
  })

  test('that is away when it opens is used when it is there', async () => {
    const redis = await startRedis()
    await redis.kill()
    const anna = await listening(opening(redis.config))
    expect([anna.bus.isUp(), anna.bus.isThere()]).toEqual([false, false])
    anna.bus.publish(topics.events, announcement(1))
    await eventually(() => anna.missed() > 0)
    await redis.restart()
    await eventually(() => anna.bus.isUp(), { withinMs: 2_000 })
    anna.bus.publish(topics.events, announcement(2))
    await eventually(() => anna.heard.length > 0)
    expect(anna.heard).toEqual([announcement(2)])
  })
})

describe('what cannot be sent', () => {
  test('is counted, and told as missed to everybody as soon as Redis hears us again', async () => {
    const redis = await startRedis()
    const ben = await listening(opening(redis.config))
    let dropped = 0
    const anna = await listening(() => openRedisBus({ redis: redis.config, onDropped: (count) => void (dropped += count) }))
    const before = ben.missed()
    // More than may wait, though Redis is well: nothing breaks, and nobody else could know.
    const large = 'x'.repeat(200_000)
    const events = announcement(1).events.map((event) => ({ ...event, large }))
    for (let offset = 1; offset <= 60; offset += 1) anna.bus.publish(topics.events, { ...announcement(offset), events })
    expect(dropped).toBeGreaterThan(10)
    await eventually(() => ben.heard.length + dropped === 60)
    await eventually(() => ben.missed() > before)
  })

  test('because it is too large travels without its events', async () => {
    const redis = await startRedis()
    const anna = await listening(opening(redis.config))
    const events = announcement(1).events.map((event) => ({ ...event, large: 'é'.repeat(150_000) }))
    anna.bus.publish(topics.events, { ...announcement(1), events })
    await eventually(() => anna.heard.length > 0)
    expect(anna.heard).toEqual([{ ...announcement(1), events: [] }])
  })
})

test('what others write on the channel is counted and harms nobody', async () => {
  const redis = await startRedis()
  let foreign = 0
  const anna = await listening(() => openRedisBus({ redis: redis.config, onForeign: () => void (foreign += 1) }))
  const texts = ['', 'no json', '7', 'null', '{}', '{"lost":false,"sent":[1]}', '{"lost":false,"sent":[["events",{"project":1}]]}']
  for (const text of texts) await redis.cli('publish', 'visualizer:bus', text)
  anna.bus.publish(topics.events, announcement(1))
  await eventually(() => anna.heard.length > 0)
  expect(foreign).toBe(texts.length)
  expect(anna.heard).toEqual([announcement(1)])
})

test('operators see who is connected', async () => {
  const redis = await startRedis()
  await listening(opening(redis.config))
  const list = await redis.cli('client', 'list')
  expect(list).toContain('name=visualizer-bus-send')
  expect(list).toContain('name=visualizer-bus-hear')
})
