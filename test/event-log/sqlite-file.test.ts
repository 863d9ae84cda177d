import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { mkdirSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LogUnavailableError, UnusableLogError } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { event, events } from './log-events.ts'

const newFile = () => join(temporaryFolder(), 'events.sqlite')

async function refusal(file: string): Promise<string> {
  const opened = await openSqliteLog({ file }).catch((error: unknown) => error)
  expect(opened).toBeInstanceOf(UnusableLogError)
  const { message } = opened as Error
  expect(message).toContain(file)
  return message
}

async function writtenLog(count = 2_000): Promise<string> {
  const file = newFile()
  const log = await openSqliteLog({ file })
  for (let n = 0; n < count / 1_000; n += 1) await log.append('apollo', events(`b${n}`, 1_000))
  await log.close()
  return file
}

function change(file: string, sql: string) {
  const db = new Database(file)
  db.run(sql)
  db.close()
}

test('creates the folders and the file for their owner alone, and leaves one file when closed', async () => {
  const folder = join(temporaryFolder(), 'deep', 'data')
  const file = join(folder, 'events.sqlite')
  const log = await openSqliteLog({ file })
  await log.append('apollo', [event('a')])
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  for (const name of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(name).mode & 0o777).toBe(0o600)
  await log.close()
  expect(statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0)
})

test('several may create the same log at once: one epoch', async () => {
  const file = newFile()
  const logs = await Promise.all(Array.from({ length: 5 }, () => openSqliteLog({ file })))
  for (const log of logs) endAfter('test', () => log.close())
  expect(new Set(await Promise.all(logs.map(async (log) => (await log.head('apollo')).epoch))).size).toBe(1)
})

describe('refuses, and says why and what to do:', () => {
  test('a file that is no database', async () => {
    const file = newFile()
    writeFileSync(file, 'These are my notes.\n'.repeat(1_000))
    expect(await refusal(file)).toContain('not an SQLite database')
    expect(readFileSync(file, 'utf8')).toStartWith('These are my notes.')
  })

  test("another program's database, which stays as it was", async () => {
    const file = newFile()
    change(file, 'CREATE TABLE customer (name TEXT)')
    const before = readFileSync(file)
    expect(await refusal(file)).toContain('another program')
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('a log that a newer version wrote', async () => {
    const file = await writtenLog()
    change(file, 'PRAGMA user_version = 99')
    expect(await refusal(file)).toMatch(/newer version \(schema 99.*start the newer version/)
  })

  test('a log whose first page is overwritten', async () => {
    const file = await writtenLog()
    const bytes = readFileSync(file)
    bytes.fill(0x55, 0, 4_096)
    writeFileSync(file, bytes)
    expect(await refusal(file)).toContain('restore a backup')
  })

  test('a log that was cut short', async () => {
    const file = await writtenLog()
    truncateSync(file, 64 * 1024)
    expect(await refusal(file)).toMatch(/damaged.*restore a backup/)
  })

  test('a log that lacks the last events', async () => {
    const file = await writtenLog()
    change(file, 'DELETE FROM event WHERE "offset" > 1990')
    expect(await refusal(file)).toMatch(/"apollo" are missing; restore a backup/)
  })

  test('a folder in its place', async () => {
    const file = newFile()
    mkdirSync(file)
    expect(await refusal(file)).toContain('choose another data folder')
  })

  test('a data folder that is a file', async () => {
    const notAFolder = newFile()
    writeFileSync(notAFolder, '')
    expect(await refusal(join(notAFolder, 'data', 'events.sqlite'))).toContain('choose another data folder')
  })
})

test('an empty file becomes a log', async () => {
  const file = newFile()
  writeFileSync(file, '')
  const log = await openSqliteLog({ file })
  endAfter('test', () => log.close())
  expect((await log.append('apollo', [event('a')])).position.offset).toBe(1)
})

test('a damaged page is told when it is read, and does not end the program', async () => {
  const file = await writtenLog(20_000)
  const bytes = readFileSync(file)
  // Page by page from the middle: somewhere there are events.
  bytes.fill(0xff, Math.floor(bytes.length / 4), Math.floor(bytes.length / 2))
  writeFileSync(file, bytes)
  const log = await openSqliteLog({ file })
  endAfter('test', () => log.close())
  const reading = Array.from({ length: 20 }, (_, n) => log.read('apollo', { after: n * 1_000, limit: 1_000 }))
  const failed = (await Promise.allSettled(reading)).filter((outcome) => outcome.status === 'rejected')
  expect(failed.length).toBeGreaterThan(0)
  for (const { reason } of failed) {
    expect(reason).toBeInstanceOf(LogUnavailableError)
    expect(String(reason)).toMatch(/damaged.*restore a backup/)
  }
})

test('a file that is moved away while in use takes no more events', async () => {
  const file = newFile()
  const log = await openSqliteLog({ file })
  endAfter('test', () => log.close())
  await log.append('apollo', [event('a')])
  renameSync(file, `${file}.moved`)
  await expect(log.append('apollo', [event('b')])).rejects.toThrow(/moved, deleted or replaced/)
  renameSync(`${file}.moved`, file)
  expect((await log.append('apollo', [event('b')])).position.offset).toBe(2)
})

test('waits for another program that holds the lock, without holding up the event loop', async () => {
  const file = newFile()
  const log = await openSqliteLog({ file })
  endAfter('test', () => log.close())
  const other = new Database(file)
  other.run('BEGIN IMMEDIATE')
  let isStored = false
  const appending = log.append('apollo', [event('a')]).then(() => (isStored = true))
  for (let turn = 0; turn < 20; turn += 1) await Bun.sleep(1)
  expect(isStored).toBe(false)
  expect((await log.head('apollo')).offset).toBe(0)
  other.run('COMMIT')
  other.close()
  await appending
  expect((await log.head('apollo')).offset).toBe(1)
})
