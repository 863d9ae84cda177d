import { beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openRedisKeyValue } from '../../src/key-value/redis.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'
import { describeKeyValue } from './key-value.contract.ts'

let redis: RedisServer

beforeAll(async () => {
  redis = await startRedis({ lifetime: 'file' })
})

describeKeyValue('Redis', async () => {
  await redis.cli('flushall')
  return {
    open: () => openRedisKeyValue({ redis: redis.config }),
    program: [join(import.meta.dir, 'redis-program.ts'), 'single', redis.url],
  }
})

describe('Redis that is away', () => {
  const away = { name: 'StoreUnavailableError' }

  async function openStore(server: RedisServer) {
    const store = await openRedisKeyValue({ redis: server.config })
    endAfter('test', () => store.close())
    return store
  }

  test('rejects every call at once, and answers again by itself', async () => {
    const server = await startRedis()
    const store = await openStore(server)
    await store.increment(['count'], 1, 60_000)
    await server.kill()
    await expect(store.get(['a'])).rejects.toMatchObject(away)
    await expect(store.set(['a'], 'x')).rejects.toMatchObject(away)
    await expect(store.increment(['count'], 1, 60_000)).rejects.toMatchObject(away)
    await expect(store.acquire([['a']], 'me', 1_000)).rejects.toMatchObject(away)
    await server.restart()
    const sum = await eventually(() => store.increment(['count'], 1, 60_000), { withinMs: 2_000 })
    expect(sum).toBe(2)
  })

  test('and never answers, though its machine does, is left', async () => {
    const server = await startRedis()
    const store = await openStore(server)
    server.signal('SIGSTOP')
    await expect(store.get(['a'])).rejects.toMatchObject(away)
    server.signal('SIGCONT')
    await eventually(() => store.set(['a'], 'x').then(() => true), { withinMs: 2_000 })
    expect(await store.get(['a'])).toBe('x')
  })

  test('when the store opens does not keep it from opening', async () => {
    const server = await startRedis()
    await server.kill()
    const store = await openStore(server)
    await expect(store.get(['a'])).rejects.toMatchObject(away)
    await server.restart()
    expect(await eventually(async () => (await store.get(['a'])) === undefined, { withinMs: 2_000 })).toBe(true)
  })
})
