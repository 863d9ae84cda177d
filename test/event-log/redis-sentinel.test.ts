import { beforeAll } from 'bun:test'
import { secret } from '../../src/config/secret.ts'
import { openRedisLog } from '../../src/event-log/redis/redis.ts'
import { type RedisSentinel, startSentinel } from '../support/redis.ts'
import { describeEventLog } from './event-log.contract.ts'

// With a replica: every append of the contract waits for it.
let redis: RedisSentinel
let databases = 0

beforeAll(async () => {
  redis = await startSentinel({ args: ['--databases', '512'], lifetime: 'file' })
}, 60_000)

describeEventLog('Redis behind Sentinels', async () => {
  databases += 1
  const { sentinels, masterName } = redis
  const url = secret(`redis://anywhere/${databases}`)
  return {
    open: ({ clock } = {}) => openRedisLog({ redis: { kind: 'sentinel', url, sentinels, masterName }, ...(clock ? { clock } : {}) }),
  }
})
