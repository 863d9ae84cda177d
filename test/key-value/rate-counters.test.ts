import { join } from 'node:path'
import { describe, expect, test } from 'bun:test'
import type { RateWindow } from '../../src/config/rate-limits.ts'
import { countInMemory, countInRedis, countInShares, type RateCounters } from '../../src/key-value/rate-counters.ts'
import { openSqliteKeyValue } from '../../src/key-value/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'

/** A day: no test sees its end. */
const PAGES: RateWindow = { name: 'pages', limit: 100, seconds: 86_400 }
const WORKERS = 4

type Opened = { workers: RateCounters[]; redis?: RedisServer }
const ending = (counters: RateCounters) => {
  endAfter('test', () => counters.close())
  return counters
}

async function onRedis(): Promise<Opened> {
  const redis = await startRedis()
  const errors: unknown[] = []
  const workers = Array.from({ length: WORKERS }, () =>
    ending(countInRedis({ redis: redis.config, onError: (error) => errors.push(error) })),
  )
  // Until its connection is there, each counts alone.
  await eventually(async () => (await redis.cli('client', 'list')).match(/name=visualizer-rates/g)?.length === WORKERS)
  return { workers, redis }
}

async function onOneHost(): Promise<Opened> {
  const file = join(temporaryFolder(), 'shared.sqlite')
  const workers = Array.from({ length: WORKERS }, () => {
    const keyValue = openSqliteKeyValue({ file })
    endAfter('test', () => keyValue.close())
    return countInShares({ keyValue, workers: WORKERS })
  })
  return { workers }
}

/** So many requests of a client, over all workers in turn; gives back how many pass. */
async function passing(
  workers: readonly RateCounters[],
  { requests, id = 'anna', window = PAGES }: { requests: number; id?: string; window?: RateWindow },
) {
  const taken = await Promise.all(Array.from({ length: requests }, (_, index) => workers[index % workers.length]!.take(window, id)))
  return taken.filter(({ isOver }) => !isOver).length
}

describe.each([
  ['in one process', async (): Promise<Opened> => ({ workers: [ending(countInMemory())] })],
  ['by the workers of a host', onOneHost],
  ['by instances on one Redis', onRedis],
] as const)('security 35: requests that are counted %s', (_, open) => {
  test('pass up to the limit, whatever worker is asked, and no further', async () => {
    const { workers } = await open()
    const passed = await passing(workers, { requests: 400 })
    expect(passed).toBeLessThanOrEqual(PAGES.limit * 1.05)
    expect(passed).toBeGreaterThanOrEqual(PAGES.limit * 0.8)
    expect(await passing(workers, { requests: 40 })).toBeLessThanOrEqual(PAGES.limit * 1.05 - passed)
  })

  test('pass at one worker alone, too', async () => {
    const { workers } = await open()
    expect(await passing(workers.slice(0, 1), { requests: 200 })).toBe(PAGES.limit)
  })

  test('are those of one client and one window', async () => {
    const { workers } = await open()
    await passing(workers, { requests: 200 })
    expect(await passing(workers, { requests: 4, id: 'ben' })).toBe(4)
    expect(await passing(workers, { requests: 4, id: 'anna:*}{\n' })).toBe(4)
    expect(await passing(workers, { requests: 4, window: { ...PAGES, name: 'reads' } })).toBe(4)
    expect(await passing(workers, { requests: 4, window: { ...PAGES, seconds: 2 * 86_400 } })).toBe(4)
  })

  test('are told what is left, and when it begins anew', async () => {
    const { workers } = await open()
    const first = await workers[0]!.take(PAGES, 'anna')
    expect([first.isOver, first.remaining]).toEqual([false, 99])
    expect(first.resetMs).toBeGreaterThan(0)
    expect(first.resetMs).toBeLessThanOrEqual(PAGES.seconds * 1_000)
    await passing(workers, { requests: 400 })
    expect(await workers[0]!.take(PAGES, 'anna')).toMatchObject({ isOver: true, remaining: 0 })
  })
})

test('small limits hold exactly among the workers of a host', async () => {
  const { workers } = await onOneHost()
  expect(await passing(workers, { requests: 100, window: { ...PAGES, limit: 5 } })).toBe(5)
})

describe('security 35: while Redis is away', () => {
  const away = [
    ['frozen', (redis: RedisServer) => redis.signal('SIGSTOP')],
    ['gone', (redis: RedisServer) => redis.kill()],
  ] as const
  test.each(away)('and %s, limits go on in memory, and nobody is refused for that reason', async (_, leave) => {
    const { workers, redis } = await onRedis()
    await leave(redis!)
    expect(await passing(workers.slice(0, 1), { requests: 50 })).toBe(50)
    expect(await passing(workers.slice(0, 1), { requests: 200 })).toBe(50)
  })

  test('and comes back, all count together again', async () => {
    const { workers, redis } = await onRedis()
    redis!.signal('SIGSTOP')
    await passing(workers, { requests: 4 })
    redis!.signal('SIGCONT')
    const [one, other] = workers as [RateCounters, RateCounters]
    await eventually(async () => {
      const before = (await one.take(PAGES, 'probe')).remaining
      return (await other.take(PAGES, 'probe')).remaining < before
    })
  })
})
