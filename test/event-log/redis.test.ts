import { beforeAll } from 'bun:test'
import { secret } from '../../src/config/secret.ts'
import { openRedisLog } from '../../src/event-log/redis/redis.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'
import { describeEventLog } from './event-log.contract.ts'

let server: RedisServer
let databases = 0

beforeAll(async () => {
  server = await startRedis({ args: ['--databases', '512'], lifetime: 'file' })
})

describeEventLog('Redis', async () => {
  databases += 1
  const url = secret(`${server.url}/${databases}`)
  return { open: ({ clock } = {}) => openRedisLog({ redis: { kind: 'single', url }, ...(clock ? { clock } : {}) }) }
})
