import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { cpSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { temporaryFolder } from '../support/ending.ts'
import { event, events } from './log-events.ts'
import { nameOf } from './named-log.ts'
import { startWriter } from './writer.ts'

const newFile = () => join(temporaryFolder(), 'data', 'events.sqlite')

/** Opens the log for a moment; tells its head and what it told its operator. */
async function visit(file: string, prefix?: string) {
  const notices: string[] = []
  const log = await openSqliteLog({ file, onNotice: (notice) => notices.push(notice) })
  if (prefix !== undefined) await log.append('apollo', events(prefix, 30))
  const head = await log.head('apollo')
  await log.close()
  return { ...head, notices }
}

describe('the epoch stays', () => {
  test('over a stop and a start', async () => {
    const file = newFile()
    const first = await visit(file, 'a')
    expect(await visit(file, 'b')).toEqual({ epoch: first.epoch, offset: 60, notices: [] })
  })

  test('when the folder gets another name or place', async () => {
    const file = newFile()
    const first = await visit(file, 'a')
    const elsewhere = join(dirname(dirname(file)), 'elsewhere')
    renameSync(dirname(file), elsewhere)
    expect(await visit(join(elsewhere, 'events.sqlite'))).toEqual(first)
  })

  test('when the program is killed, again and again', async () => {
    const file = newFile()
    const { epoch } = await visit(file, 'a')
    for (let round = 0; round < 6; round += 1) {
      const writer = startWriter(nameOf({ file }), `round-${round}`)
      await writer.firstLine
      await Bun.sleep(Math.random() * 60)
      await writer.kill()
      expect(await visit(file)).toMatchObject({ notices: [] })
    }
    const log = await openSqliteLog({ file })
    expect(await log.head('apollo')).toMatchObject({ epoch })
    await log.close()
  }, 60_000)

  test('when its mark is older, as after a power cut', async () => {
    const file = newFile()
    await visit(file, 'a')
    const mark = readFileSync(`${file}.mark`)
    const { epoch } = await visit(file, 'b')
    writeFileSync(`${file}.mark`, mark)
    expect(await visit(file)).toMatchObject({ epoch, notices: [] })
  })

  test('when a log of the version before is opened for the first time', async () => {
    const file = newFile()
    const { epoch } = await visit(file, 'a')
    const db = new Database(file)
    for (const statement of [
      `DELETE FROM meta WHERE name IN ('place', 'written')`,
      'ALTER TABLE project DROP COLUMN salt',
      'PRAGMA user_version = 2',
    ])
      db.run(statement)
    db.close()
    rmSync(`${file}.mark`)
    expect(await visit(file, 'b')).toEqual({ epoch, offset: 60, notices: [] })
  })
})

type Restore = (file: string, backup: string) => void
const RESTORES: [name: string, restore: Restore, told: RegExp][] = [
  ['an older copy of the file over it', (file, backup) => cpSync(join(backup, 'events.sqlite'), file), /older copy/],
  [
    'an older copy in its place',
    (file, backup) => {
      rmSync(file)
      cpSync(join(backup, 'events.sqlite'), file)
    },
    /older copy/,
  ],
  [
    'an older copy alone in a new folder',
    (file, backup) => {
      rmSync(dirname(file), { recursive: true })
      cpSync(join(backup, 'events.sqlite'), file)
    },
    /is a copy/,
  ],
  [
    'the whole folder in place of the other',
    (file, backup) => {
      rmSync(dirname(file), { recursive: true })
      cpSync(backup, dirname(file), { recursive: true })
    },
    /is a copy/,
  ],
]

test.each(RESTORES)('a restored log has a new epoch, said to the operator: %s', async (_, restore, told) => {
  const file = newFile()
  const first = await visit(file, 'a')
  const backup = temporaryFolder()
  cpSync(dirname(file), backup, { recursive: true })
  const second = await visit(file, 'b')
  expect(second.epoch).toBe(first.epoch)
  restore(file, backup)
  const restored = await visit(file)
  expect(restored).toMatchObject({ offset: 30, notices: [expect.stringMatching(told)] })
  expect(restored.epoch).not.toBe(first.epoch)
  expect(await visit(file, 'c')).toEqual({ epoch: restored.epoch, offset: 60, notices: [] })
})

test('a log that lost what was in its write-ahead log has a new epoch, and says how much is missing', async () => {
  const file = newFile()
  const { epoch } = await visit(file, 'a')
  const writer = startWriter(nameOf({ file }), 'lost')
  await writer.firstLine
  await writer.kill()
  truncateSync(`${file}-wal`, 0)
  const after = await visit(file)
  expect(after.epoch).not.toBe(epoch)
  expect(after.notices).toEqual([expect.stringMatching(/\(\d+ groups of events that were acknowledged are not in it\)/)])
})

test('of several programs that start with a restored log together, all have the same new epoch', async () => {
  const file = newFile()
  const { epoch } = await visit(file, 'a')
  cpSync(file, `${file}.copy`)
  await visit(file, 'b')
  renameSync(`${file}.copy`, file)
  const logs = await Promise.all(Array.from({ length: 5 }, () => openSqliteLog({ file })))
  const epochs = new Set(await Promise.all(logs.map(async (log) => (await log.append('apollo', [event('a')])).position.epoch)))
  for (const log of logs) await log.close()
  expect([epochs.size, epochs.has(epoch)]).toEqual([1, false])
})
