import { expect, test } from 'bun:test'
import { connectRedis, awaitReady } from '../../src/redis/connect.ts'
import { endAfter } from '../support/ending.ts'
import { startCluster } from '../support/redis.ts'

test('a connection to a Cluster is ready once made, whichever of its servers answers last', async () => {
  const { config } = await startCluster()
  for (let attempt = 0; attempt < 200; attempt += 1) {
    let closed = 0
    const connection = connectRedis({ redis: config, name: 'test', onError: () => {} })
    endAfter('test', () => connection.disconnect())
    connection.on('close', () => (closed += 1))
    await awaitReady(connection)
    const answers = await Promise.allSettled(Array.from({ length: 30 }, (_, index) => connection.set(`key-${index}`, 'x')))
    expect(answers.filter(({ status }) => status === 'rejected')).toEqual([])
    expect(closed).toBe(0)
    connection.disconnect()
  }
}, 60_000)
