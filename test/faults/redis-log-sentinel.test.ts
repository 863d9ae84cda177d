import { expect, test } from 'bun:test'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openRedisLog } from '../../src/event-log/redis/redis.ts'
import { event, events, ids, readAll } from '../event-log/log-events.ts'
import { nameOf, type PlainRedis, withSecrets } from '../event-log/named-log.ts'
import { type Acknowledged, expectKept, note, startWriter } from '../event-log/writer.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { type RedisSentinel, startSentinel } from '../support/redis.ts'

const plain = ({ sentinels, masterName }: RedisSentinel): PlainRedis => ({
  kind: 'sentinel',
  url: 'redis://anywhere',
  sentinels,
  masterName,
})

async function openBehind(servers: RedisSentinel): Promise<EventLog> {
  const log = await openRedisLog({ redis: withSecrets(plain(servers)) })
  endAfter('test', () => log.close())
  return log
}

test('an append that no replica confirms is not acknowledged, and counts once when it is sent again', async () => {
  const servers = await startSentinel()
  const log = await openBehind(servers)
  await log.append('apollo', [event('a')])
  servers.replica.signal('SIGSTOP')
  await expect(log.append('apollo', [event('b')])).rejects.toThrow('no replica confirmed')
  // From another connection, which wrote nothing itself.
  const other = await openBehind(servers)
  await expect(other.append('apollo', [event('b')])).rejects.toThrow('no replica confirmed')
  servers.replica.signal('SIGCONT')
  const again = await eventually(() => log.append('apollo', [event('b')]), { withinMs: 3_000 })
  expect(again).toMatchObject({ position: { offset: 2 }, duplicates: 1 })
  expect(ids(await readAll(log, 'apollo'))).toEqual(['a', 'b'])
}, 60_000)

test('nothing that was acknowledged is lost when the master dies under load; the replica takes over with an epoch of its own', async () => {
  const servers = await startSentinel()
  const log = await openBehind(servers)
  const writers = ['a', 'b'].map((prefix) => startWriter(nameOf({ redis: plain(servers) }), prefix))
  await Promise.all(writers.map(({ firstLine }) => firstLine))
  const { epoch } = await log.head('project-0')
  await servers.master.kill()
  const after = await eventually(() => log.head('project-0'), { withinMs: 20_000 })
  expect(after.epoch).not.toBe(epoch)
  const before = writers.map(({ count }) => count())
  await eventually(() => writers.every(({ count }, index) => count() > (before[index] ?? 0) + 500), { withinMs: 20_000 })
  const acknowledged: Acknowledged = new Map()
  for (const { kill } of writers) note(acknowledged, await kill())
  await expectKept(log, acknowledged)
}, 60_000)

test('a failover that lost writes changes the epoch, so that no old position is taken for a new one', async () => {
  const servers = await startSentinel()
  const { master, replica } = servers
  const log = await openBehind(servers)
  const kept = await log.append('apollo', events('kept', 3))
  // Cut off and not known to be a replica any more, as after a broken network: the master answers for itself alone.
  await replica.cli('replicaof', '127.0.0.1', String(await freePort()))
  await eventually(async () => (await master.cli('info', 'replication')).includes('connected_slaves:0'))
  const lost = await log.append('apollo', events('lost', 2))
  expect(lost.position).toEqual({ epoch: kept.position.epoch, offset: 5 })
  await master.kill()
  const after = await eventually(() => log.head('apollo'), { withinMs: 30_000 })
  expect(after.offset).toBe(3)
  expect(after.epoch).not.toBe(kept.position.epoch)
  expect((await log.heads()).get('apollo')).toEqual(after)
  const next = await eventually(() => log.append('apollo', events('next', 2)))
  expect(next.position).toEqual({ epoch: after.epoch, offset: 5 })
}, 60_000)
