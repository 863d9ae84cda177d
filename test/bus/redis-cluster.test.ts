import { beforeAll } from 'bun:test'
import { openRedisBus } from '../../src/bus/redis.ts'
import { type RedisCluster, startCluster } from '../support/redis.ts'
import { describeBus } from './bus.contract.ts'

let cluster: RedisCluster

beforeAll(async () => {
  cluster = await startCluster({ lifetime: 'file' })
}, 60_000)

describeBus('Redis Cluster', (onError) => openRedisBus({ redis: cluster.config, onError }))
