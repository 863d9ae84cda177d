import { beforeAll } from 'bun:test'
import { secret } from '../../src/config/secret.ts'
import { openRedisLog } from '../../src/event-log/redis/redis.ts'
import { type RedisCluster, startCluster } from '../support/redis.ts'
import { describeEventLog } from './event-log.contract.ts'

// A Cluster has one database: a new place is an emptied one, and a test that wants two at once gets two.
let clusters: RedisCluster[]
let places = 0

beforeAll(async () => {
  clusters = await Promise.all([startCluster({ lifetime: 'file' }), startCluster({ lifetime: 'file' })])
}, 60_000)

describeEventLog('Redis Cluster', async () => {
  places += 1
  const { masters, urls } = clusters[places % 2]!
  await Promise.all(masters.map(({ cli }) => cli('flushall')))
  const redis = { kind: 'cluster' as const, urls: urls.map(secret) }
  return { open: ({ clock } = {}) => openRedisLog({ redis, ...(clock ? { clock } : {}) }) }
})
