import { beforeAll } from 'bun:test'
import { openRedisBus } from '../../src/bus/redis.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'
import { describeBus } from './bus.contract.ts'

let redis: RedisServer

beforeAll(async () => {
  redis = await startRedis({ lifetime: 'file' })
})

describeBus('Redis', (onError) => openRedisBus({ redis: redis.config, onError }))
