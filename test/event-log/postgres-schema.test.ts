import { beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { UnusableLogError } from '../../src/event-log/event-log.ts'
import { openPostgresLog } from '../../src/event-log/postgres/postgres.ts'
import { migratePostgres } from '../../src/event-log/postgres/schema.ts'
import { endAfter } from '../support/ending.ts'
import { type Postgres, startPostgres } from '../support/postgres.ts'
import { event, events, ids, offsets, readAll } from './log-events.ts'
import { nameOf } from './named-log.ts'

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)

const databaseOf = (url: string) => new URL(url).pathname.slice(1)

async function openAt(url: string, options: { poolSize?: number; workers?: number } = {}) {
  const log = await openPostgresLog({ url, ...options })
  endAfter('test', () => log.close())
  return log
}

async function refusal(opening: Promise<unknown>): Promise<string> {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(UnusableLogError)
  const { message } = error as UnusableLogError
  expect(message).not.toContain('test-password')
  return message
}

test('programs that start together create the tables once, and all of them write', async () => {
  const url = await postgres.newDatabase()
  const programs = ['a', 'b', 'c', 'd'].map((id) => {
    const child = Bun.spawn([process.execPath, join(import.meta.dir, 'told-once.ts'), nameOf({ postgres: url }), id], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    endAfter('test', () => child.kill('SIGKILL'))
    return child.exited
  })
  expect(await Promise.all(programs)).toEqual([0, 0, 0, 0])
  const all = await readAll(await openAt(url), 'apollo')
  expect(offsets(all)).toEqual([1, 2, 3, 4])
  expect(ids(all).toSorted()).toEqual(['a', 'b', 'c', 'd'])
})

test('of many migrations at once one creates the tables, the others find them', async () => {
  const url = await postgres.newDatabase()
  const done = await Promise.all(Array.from({ length: 8 }, () => migratePostgres(url)))
  expect(done.filter(({ from, to }) => from === 0 && to > 0)).toHaveLength(1)
  expect(done.filter(({ from, to }) => from === to)).toHaveLength(7)
})

test('tables of a newer version are refused, and left as they are', async () => {
  const url = await postgres.newDatabase()
  await migratePostgres(url)
  await postgres.run('UPDATE visualizer.meta SET version = 99', url)
  for (const ask of [() => openPostgresLog({ url }), () => migratePostgres(url)]) {
    expect(await refusal(ask())).toContain('start the newer version')
  }
  expect(await postgres.run('SELECT version FROM visualizer.meta', url)).toEqual([{ version: 99 }])
})

test("another program's tables are refused, and left as they are", async () => {
  const url = await postgres.newDatabase()
  await postgres.run('CREATE SCHEMA visualizer; CREATE TABLE visualizer.theirs (a int)', url)
  expect(await refusal(openPostgresLog({ url }))).toContain("another program's tables")
})

test('wrong password, no such database, and too few rights are refused with the next step, and without the password', async () => {
  const url = await postgres.newDatabase()
  await postgres.run(`CREATE ROLE weak LOGIN PASSWORD 'weak'`)
  expect(await refusal(openPostgresLog({ url: url.replace('test-password', 'wrong') }))).toContain('check user and password')
  expect(await refusal(openPostgresLog({ url: `${url}_not` }))).toContain('create the database')
  const weak = url.replace('postgres:test-password', 'weak:weak')
  expect(await refusal(openPostgresLog({ url: weak }))).toContain('GRANT CREATE ON DATABASE')
  await postgres.run(`GRANT CREATE ON DATABASE ${databaseOf(url)} TO weak`)
  expect((await (await openAt(weak)).append('apollo', [event('a')])).position.offset).toBe(1)
})

test('a copy in another database has another epoch, with the same events; a reopened log keeps its own', async () => {
  const url = await postgres.newDatabase()
  const first = await openPostgresLog({ url })
  const { position } = await first.append('apollo', events('a', 3))
  await first.close()
  expect(await (await openPostgresLog({ url }).then(closed)).head).toEqual(position)
  const copy = await openAt(await postgres.newDatabase(url))
  const head = await copy.head('apollo')
  expect(head.offset).toBe(3)
  expect(head.epoch).not.toBe(position.epoch)
})

async function closed(log: Awaited<ReturnType<typeof openPostgresLog>>) {
  const head = await log.head('apollo')
  await log.close()
  return { head }
}

test('tables that were dropped and restored under a running program are another log', async () => {
  const url = await postgres.newDatabase()
  const log = await openAt(url)
  const { position } = await log.append('apollo', events('a', 3))
  await postgres.run('DROP SCHEMA visualizer CASCADE', url)
  await expect(log.append('apollo', [event('b')])).rejects.toMatchObject({ name: 'LogUnavailableError' })
  const after = await log.append('apollo', [event('c')])
  expect(after.position.offset).toBe(1)
  expect(after.position.epoch).not.toBe(position.epoch)
})

test('settings that endanger what was acknowledged are told, and sound ones are not', async () => {
  const url = await postgres.newDatabase()
  expect(await (await openAt(url)).check()).toEqual([])
  await postgres.run(`ALTER DATABASE ${databaseOf(url)} SET synchronous_commit = off`)
  const warnings = await (await openAt(url, { poolSize: 20, workers: 8 })).check()
  expect(warnings).toEqual([
    expect.stringContaining('synchronous_commit off'),
    expect.stringMatching(/lets 57 connections in, the workers may want 160/),
  ])
})
