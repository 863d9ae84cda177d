import { expect, test } from 'bun:test'
import { type EventLog, LogUnavailableError } from '../../src/event-log/event-log.ts'
import { openRedisLog } from '../../src/event-log/redis/redis.ts'
import { bucketOf } from '../../src/redis/keys.ts'
import { event, events, ids, offsets, readAll } from '../event-log/log-events.ts'
import { nameOf, withSecrets } from '../event-log/named-log.ts'
import { type Acknowledged, expectKept, note, startWriter } from '../event-log/writer.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'

async function openOn({ url }: Pick<RedisServer, 'url'>): Promise<EventLog> {
  const log = await openRedisLog({ redis: withSecrets({ kind: 'single', url }) })
  endAfter('test', () => log.close())
  return log
}

const unavailable = (asked: Promise<unknown>) => expect(asked).rejects.toBeInstanceOf(LogUnavailableError)
const streamOf = (project: string) => `visualizer:{${bucketOf(project)}}:log:${project}:stream`
const headsOf = (project: string) => `visualizer:{${bucketOf(project)}}:heads`

test('nothing that was acknowledged is lost when writers are killed', async () => {
  const server = await startRedis()
  const name = nameOf({ redis: { kind: 'single', url: server.url } })
  const acknowledged: Acknowledged = new Map()
  for (let round = 0; round < 8; round += 1) {
    const writers = [startWriter(name, `a${round}`), startWriter(name, `b${round}`)]
    await Promise.all(writers.map(({ firstLine }) => firstLine))
    await Bun.sleep(Math.random() * 100)
    for (const { kill } of writers) expect(note(acknowledged, await kill())).toBeGreaterThan(0)
  }
  await expectKept(await openOn(server), acknowledged)
}, 60_000)

test('nothing that was acknowledged is lost when the server is killed under load, and its epoch turns each time', async () => {
  const server = await startRedis()
  const writers = ['a', 'b'].map((prefix) => startWriter(nameOf({ redis: { kind: 'single', url: server.url } }), prefix))
  await Promise.all(writers.map(({ firstLine }) => firstLine))
  const log = await openOn(server)
  const epochs = new Set([(await log.head('project-0')).epoch])
  for (let round = 0; round < 6; round += 1) {
    const before = writers.map(({ count }) => count())
    await server.kill()
    await server.restart()
    epochs.add((await eventually(() => log.head('project-0'))).epoch)
    await eventually(() => writers.every(({ count }, index) => count() > (before[index] ?? 0) + 500), { withinMs: 10_000 })
  }
  const acknowledged: Acknowledged = new Map()
  for (const { kill } of writers) note(acknowledged, await kill())
  expect(epochs.size).toBe(7)
  await expectKept(log, acknowledged)
}, 60_000)

test('FLUSHALL is another log: the epoch changes, numbers begin again, nobody is listed who is not there', async () => {
  const server = await startRedis()
  const log = await openOn(server)
  const before = await log.append('apollo', events('a', 3))
  await server.cli('flushall')
  const after = await log.head('apollo')
  expect(after.offset).toBe(0)
  expect(after.epoch).not.toBe(before.position.epoch)
  expect((await log.heads()).size).toBe(0)
  expect((await log.append('apollo', events('a', 3))).position).toEqual({ epoch: after.epoch, offset: 3 })
})

test('a server that hangs is told from one that answers, and is used again as soon as it goes on', async () => {
  const server = await startRedis()
  const log = await openOn(server)
  await log.append('apollo', [event('before')])
  server.signal('SIGSTOP')
  const asked = [log.append('apollo', [event('during')]), log.head('apollo'), log.heads(), log.check()]
  const told = { name: 'LogUnavailableError', message: expect.stringContaining('did not answer within 2000 ms') as unknown }
  for (const outcome of await Promise.allSettled(asked)) expect(outcome).toMatchObject({ reason: told })
  server.signal('SIGCONT')
  await eventually(() => log.append('apollo', [event('after')]), { withinMs: 2_000 })
  await log.append('apollo', [event('during'), event('after')])
  expect(ids(await eventually(() => readAll(log, 'apollo'), { withinMs: 2_000 })).toSorted()).toEqual(['after', 'before', 'during'])
})

test('opens while the server is away, rejects at once, and finds it when it comes', async () => {
  const server = await startRedis()
  await server.kill()
  const log = await openOn(server)
  await unavailable(log.append('apollo', [event('early')]))
  await unavailable(log.heads())
  await server.restart()
  await eventually(() => log.append('apollo', [event('early')]), { withinMs: 2_000 })
  expect(ids(await eventually(() => readAll(log, 'apollo'), { withinMs: 2_000 }))).toEqual(['early'])
})

test('a full server refuses appends whole, still reads, and takes events again after a trim', async () => {
  const server = await startRedis()
  const log = await openOn(server)
  const large = (prefix: string) => Array.from({ length: 100 }, (_, n) => event(`${prefix}-${n}`, { text: 'x'.repeat(10_000) }))
  for (const prefix of ['a', 'b', 'c', 'd']) await log.append('apollo', large(prefix))
  const used = Number(/used_memory:(\d+)/.exec(await server.cli('info', 'memory'))?.[1])
  await server.cli('config', 'set', 'maxmemory', String(used - 1_000_000))
  await expect(log.append('apollo', large('refused'))).rejects.toThrow('maxmemory')
  await expect(log.append('new-project', [event('refused')])).rejects.toBeInstanceOf(LogUnavailableError)
  const { position } = await log.append('apollo', [])
  expect(position.offset).toBe(400)
  await log.trim({ project: 'apollo', epoch: position.epoch, foldVersion: 1, offset: 390, body: 'state' })
  expect((await log.append('apollo', [event('taken')])).position.offset).toBe(401)
  expect(offsets((await log.read('apollo', { after: 0, limit: 100 })).events)).toEqual(Array.from({ length: 11 }, (_, n) => 391 + n))
})

test('scripts that a server has forgotten are told to it again', async () => {
  const server = await startRedis()
  const log = await openOn(server)
  await log.append('apollo', [event('a')])
  await server.cli('script', 'flush')
  await Promise.all([log.append('apollo', [event('b')]), log.append('gemini', [event('b')])])
  await server.cli('script', 'flush')
  expect((await log.heads()).size).toBe(2)
  expect(ids(await readAll(log, 'apollo'))).toEqual(['a', 'b'])
})

test('heads that were lost turn the epoch, and numbers go on after the last event that is there', async () => {
  const server = await startRedis()
  const log = await openOn(server)
  const { position } = await log.append('apollo', events('a', 3))
  await server.cli('del', headsOf('apollo'))
  const next = await log.append('apollo', [event('a-0'), event('next')])
  expect(next).toMatchObject({ position: { offset: 4 }, duplicates: 1 })
  expect(next.position.epoch).not.toBe(position.epoch)
  expect(offsets(await readAll(log, 'apollo'))).toEqual([1, 2, 3, 4])
})

test('events that were lost are not papered over', async () => {
  const server = await startRedis()
  const log = await openOn(server)
  await log.append('apollo', events('a', 3))
  await log.append('gemini', events('a', 3))
  await server.cli('del', streamOf('apollo'))
  await expect(log.append('apollo', [event('next')])).rejects.toThrow('restore a backup')
  await expect(log.read('apollo', { after: 0, limit: 10 })).rejects.toThrow('restore a backup')
  expect((await log.append('gemini', [event('next')])).position.offset).toBe(4)
})

test('a server that became a replica is neither written nor read: what it holds may be old', async () => {
  const [server, other] = [await startRedis(), await startRedis()]
  const log = await openOn(server)
  await log.append('apollo', events('a', 3))
  await server.cli('replicaof', '127.0.0.1', String(other.port))
  const asked = [log.head('apollo'), log.heads(), log.read('apollo', { after: 0, limit: 10 }), log.append('apollo', [event('b')])]
  for (const outcome of await Promise.allSettled(asked)) expect(outcome).toMatchObject({ reason: { name: 'LogUnavailableError' } })
})
