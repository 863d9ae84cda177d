import { beforeAll, expect, test } from 'bun:test'
import { SQL } from 'bun'
import { type EventLog, LogUnavailableError } from '../../src/event-log/event-log.ts'
import { openPostgresLog } from '../../src/event-log/postgres/postgres.ts'
import { event, events, ids, offsets, oneTo, readAll } from '../event-log/log-events.ts'
import { nameOf } from '../event-log/named-log.ts'
import { type Acknowledged, expectKept, note, startWriter } from '../event-log/writer.ts'
import { endAfter } from '../support/ending.ts'
import { eventually, within } from '../support/eventually.ts'
import { type Postgres, startPostgres } from '../support/postgres.ts'

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)

async function openAt(url: string, onError?: (error: unknown) => void): Promise<EventLog> {
  const log = await openPostgresLog(onError ? { url, onError } : { url })
  endAfter('test', () => log.close())
  return log
}

const unavailable = (asked: Promise<unknown>) => expect(asked).rejects.toBeInstanceOf(LogUnavailableError)

test('nothing that was acknowledged is lost when writers are killed', async () => {
  const url = await postgres.newDatabase()
  const acknowledged: Acknowledged = new Map()
  for (let round = 0; round < 8; round += 1) {
    const writers = [startWriter(nameOf({ postgres: url }), `a${round}`), startWriter(nameOf({ postgres: url }), `b${round}`)]
    // The last round's die at any moment of their start.
    if (round < 7) await Promise.all(writers.map(({ firstLine }) => firstLine))
    await Bun.sleep(Math.random() * 100)
    const counts = await Promise.all(writers.map(async ({ kill }) => note(acknowledged, await kill())))
    if (round < 7) expect(Math.min(...counts)).toBeGreaterThan(0)
  }
  expect(acknowledged.size).toBeGreaterThan(1_000)
  await expectKept(await openAt(url), acknowledged)
}, 60_000)

test('nothing that was acknowledged is lost when the server is ended under load, and its epoch stays', async () => {
  const url = await postgres.newDatabase()
  const writers = ['a', 'b'].map((prefix) => startWriter(nameOf({ postgres: url }), prefix))
  await Promise.all(writers.map(({ firstLine }) => firstLine))
  const log = await openAt(url)
  const epochs = new Set([(await log.head('project-0')).epoch])
  // Killed outright, told to stop at once, told to send everybody away and stop.
  for (const signal of ['SIGKILL', 'SIGQUIT', 'SIGINT', 'SIGKILL'] as const) {
    const before = writers.map(({ count }) => count())
    await postgres.kill(signal)
    await unavailable(log.append('apollo', [event('away')]))
    await postgres.restart()
    epochs.add((await eventually(() => log.head('project-0'), { withinMs: 2_000 })).epoch)
    await eventually(() => writers.every(({ count }, index) => count() > (before[index] ?? 0) + 500), { withinMs: 10_000 })
  }
  const acknowledged: Acknowledged = new Map()
  for (const { kill } of writers) note(acknowledged, await kill())
  expect(epochs.size).toBe(1)
  await expectKept(log, acknowledged)
}, 90_000)

test('a server that hangs is told from one that answers, and is used again as soon as it goes on', async () => {
  const log = await openAt(await postgres.newDatabase())
  await log.append('apollo', [event('before')])
  await postgres.kill('SIGSTOP')
  const many = Array.from({ length: 40 }, () => log.head('apollo'))
  const asked = [log.append('apollo', [event('during')]), ...many, log.heads(), log.check()]
  // Nobody waits for as long as the server hangs.
  const outcomes = await within(6_000, 'every answer', Promise.allSettled(asked))
  for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { name: 'LogUnavailableError' } })
  await unavailable(within(4_000, 'the next answer', log.append('apollo', [event('during')])))
  await postgres.kill('SIGCONT')
  await eventually(() => log.append('apollo', [event('after')]), { withinMs: 2_000 })
  await log.append('apollo', [event('during'), event('after')])
  const all = await eventually(() => readAll(log, 'apollo'), { withinMs: 2_000 })
  expect(ids(all).toSorted()).toEqual(['after', 'before', 'during'])
  expect(offsets(all)).toEqual([1, 2, 3])
}, 60_000)

/** Somebody else's transaction that holds the rows of `apollo` until it is let go. */
async function holdApollo(url: string): Promise<() => Promise<void>> {
  const sql = new SQL(url, { max: 1 })
  const { promise, resolve } = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const holding = sql.begin(async (transaction) => {
    await transaction.unsafe(`SELECT 1 FROM visualizer.project WHERE name = 'apollo' FOR UPDATE`)
    held.resolve()
    await promise
  })
  await held.promise
  return async () => {
    resolve()
    await holding
    await sql.close({ timeout: 0 })
  }
}

test('a server that is slow, but answers others, is waited for', async () => {
  const url = await postgres.newDatabase()
  const log = await openAt(url)
  await log.append('apollo', [event('before')])
  const letGo = await holdApollo(url)
  const asking = setInterval(() => void log.head('apollo'), 200)
  endAfter('test', () => clearInterval(asking))
  const slow = log.append('apollo', [event('slow')])
  // How long it takes is what is tested.
  await Bun.sleep(3_200)
  await letGo()
  expect((await slow).position.offset).toBe(2)
}, 30_000)

test('a connection that hangs makes the time of nobody else short', async () => {
  const url = await postgres.newDatabase()
  const log = await openAt(url)
  await log.append('apollo', [event('before')])
  await log.head('apollo')
  const reader = `SELECT pid FROM pg_stat_activity WHERE datname = '${new URL(url).pathname.slice(1)}' AND query LIKE '%LEFT JOIN visualizer.project%'`
  const pid = Number((await postgres.run(reader))[0]?.['pid'])
  process.kill(pid, 'SIGSTOP')
  endAfter('test', () => void process.kill(pid, 'SIGCONT'))
  const hanging = log.head('apollo')
  const asking = setInterval(() => void log.head('apollo'), 200)
  endAfter('test', () => clearInterval(asking))
  const letGo = await holdApollo(url)
  await unavailable(hanging)
  const slow = log.append('apollo', [event('slow')])
  await Bun.sleep(1_500)
  await letGo()
  expect((await slow).position.offset).toBe(2)
  expect((await log.head('apollo')).offset).toBe(2)
}, 30_000)

test('opens while the server is away, rejects at once, and creates its tables when it comes', async () => {
  const url = await postgres.newDatabase()
  await postgres.kill('SIGQUIT')
  const told: unknown[] = []
  const log = await openAt(url, (error) => told.push(error))
  expect(told).toMatchObject([{ name: 'LogUnavailableError' }])
  await Promise.all([unavailable(log.head('apollo')), unavailable(log.append('apollo', [event('a')])), unavailable(log.check())])
  await postgres.restart()
  expect((await eventually(() => log.append('apollo', [event('a')]), { withinMs: 2_000 })).position.offset).toBe(1)
}, 60_000)

test('connections that the server ends are replaced, and only what ran on them fails', async () => {
  const url = await postgres.newDatabase()
  const log = await openAt(url)
  let answered = 0
  for (let round = 0; round < 20; round += 1) {
    const asked = Array.from({ length: 20 }, (_, n) => log.append('apollo', [event(`${round}-${n}`)]))
    const reads = Array.from({ length: 20 }, () => log.read('apollo', { after: 0, limit: 10 }))
    const ended = postgres.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${new URL(url).pathname.slice(1)}'`)
    const outcomes = await Promise.allSettled([...asked, ...reads])
    await ended
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(LogUnavailableError)
    answered += outcomes.filter(({ status }) => status === 'fulfilled').length
    await eventually(() => log.append('apollo', events(String(round), 20)), { withinMs: 2_000 })
  }
  expect(answered).toBeGreaterThan(0)
  const all = await readAll(log, 'apollo')
  expect(offsets(all)).toEqual(oneTo(all.length))
  expect(new Set(ids(all)).size).toBe(all.length)
}, 60_000)

test('a server that became read-only stores nothing and is read, and stores again afterwards', async () => {
  const url = await postgres.newDatabase()
  const log = await openAt(url)
  await log.append('apollo', [event('a')])
  await postgres.run(`ALTER SYSTEM SET default_transaction_read_only = on`)
  await postgres.run('SELECT pg_reload_conf()')
  await eventually(async () => (await Promise.allSettled([log.append('apollo', [event('b')])]))[0]?.status === 'rejected')
  await unavailable(log.append('apollo', [event('b')]))
  expect(ids(await readAll(log, 'apollo'))).toContain('a')
  await postgres.run('ALTER SYSTEM RESET default_transaction_read_only')
  await postgres.run('SELECT pg_reload_conf()')
  await eventually(() => log.append('apollo', [event('b')]), { withinMs: 2_000 })
})

test('a server without a connection left is told from a broken one, and is used when one is free', async () => {
  const url = await postgres.newDatabase()
  await postgres.run(`ALTER DATABASE ${new URL(url).pathname.slice(1)} CONNECTION LIMIT 0`)
  await postgres.run(`CREATE ROLE guest LOGIN PASSWORD 'guest'`)
  await postgres.run('GRANT ALL ON SCHEMA public TO guest')
  await postgres.run(`GRANT CREATE ON DATABASE ${new URL(url).pathname.slice(1)} TO guest`)
  const log = await openAt(url.replace(/\/\/.*@/, '//guest:guest@'), () => undefined)
  await expect(log.head('apollo')).rejects.toThrow(/it has no connection left/)
  await postgres.run(`ALTER DATABASE ${new URL(url).pathname.slice(1)} CONNECTION LIMIT -1`)
  expect((await eventually(() => log.append('apollo', [event('a')]), { withinMs: 2_000 })).position.offset).toBe(1)
})
