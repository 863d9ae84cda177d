import { beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Key } from '../../src/key-value/key-value.ts'
import { openRedisKeyValue } from '../../src/key-value/redis.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { type RedisCluster, startCluster } from '../support/redis.ts'
import { describeKeyValue } from './key-value.contract.ts'

let cluster: RedisCluster

beforeAll(async () => {
  cluster = await startCluster({ lifetime: 'file' })
}, 60_000)

describeKeyValue('Redis Cluster', async () => {
  for (const { cli } of cluster.masters) await cli('flushall')
  return {
    open: () => openRedisKeyValue({ redis: cluster.config }),
    program: [join(import.meta.dir, 'redis-program.ts'), 'cluster', ...cluster.urls],
  }
})

test('a dead master of a Cluster takes only its own keys', async () => {
  const store = await openRedisKeyValue({ redis: cluster.config })
  endAfter('test', () => store.close())
  const keys = Array.from({ length: 30 }, (_, index): Key => ['key', String(index)])
  const count = async () =>
    (await Promise.allSettled(keys.map((key) => store.set(key, 'x')))).filter(({ status }) => status === 'fulfilled').length
  expect(await count()).toBe(30)
  await cluster.masters[0]?.kill()
  await eventually(async () => (await count()) < 30 && (await count()) > 10, { withinMs: 10_000 })
  await cluster.masters[0]?.restart()
  await eventually(async () => (await count()) === 30, { withinMs: 10_000 })
}, 60_000)
