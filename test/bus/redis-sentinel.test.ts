import { beforeAll } from 'bun:test'
import { openRedisBus } from '../../src/bus/redis.ts'
import { type RedisSentinel, startSentinel } from '../support/redis.ts'
import { describeBus } from './bus.contract.ts'

let sentinel: RedisSentinel

beforeAll(async () => {
  sentinel = await startSentinel({ lifetime: 'file' })
}, 60_000)

describeBus('Redis Sentinel', (onError) => openRedisBus({ redis: sentinel.config, onError }))
