import { expect, test } from 'bun:test'
import { secret } from '../../src/config/secret.ts'
import { openRedisLog } from '../../src/event-log/redis/redis.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { startRedis } from '../support/redis.ts'

test('a database that the server refuses is replaced by no other, and used as soon as it may be', async () => {
  const server = await startRedis()
  await server.cli('acl', 'setuser', 'visualizer', 'on', '>word', '~*', '&*', '+@all', '-select')
  const told: string[] = []
  const log = await openRedisLog({
    redis: { kind: 'single', url: secret(`redis://visualizer:word@127.0.0.1:${server.port}/1`) },
    onError: (error) => told.push(String(error)),
  })
  endAfter('test', () => log.close())
  await expect(log.append('apollo', [{ id: 'a', type: 'x-a' }])).rejects.toMatchObject({ name: 'LogUnavailableError' })
  expect(told.join()).toContain('select')
  await server.cli('acl', 'setuser', 'visualizer', '+select')
  await eventually(() => log.append('apollo', [{ id: 'a', type: 'x-a' }]), { withinMs: 10_000 })
  const keyspace = await server.cli('info', 'keyspace')
  expect(keyspace).toContain('db1')
  expect(keyspace).not.toContain('db0')
})
