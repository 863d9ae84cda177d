import { expect, test } from 'bun:test'
import { connectRedis } from '../../src/redis/connect.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { startSentinel } from '../support/redis.ts'

test('a failover that is told while a connection looks for the master ends no search', async () => {
  const { config, master, replica, sentinelServers } = await startSentinel()
  const connections = Array.from({ length: 8 }, (_, index) => {
    const connection = connectRedis({ redis: config, name: `test-${index}`, onError: () => {} })
    endAfter('test', () => connection.disconnect())
    return connection
  })
  const statuses = () => connections.map(({ status }) => status)
  await eventually(() => statuses().every((status) => status === 'ready'), { withinMs: 10_000, else: () => statuses().join() })
  // It keeps those who ask waiting: nearly always somebody is asking when the others tell of the failover.
  sentinelServers[0]?.signal('SIGSTOP')
  await master.kill()
  await eventually(async () => (await replica.cli('info', 'replication')).includes('role:master'), { withinMs: 30_000 })
  await eventually(() => statuses().every((status) => status === 'ready'), { withinMs: 15_000, else: () => statuses().join() })
  for (const connection of connections) expect(await connection.set('here', 'yes')).toBe('OK')
}, 60_000)
