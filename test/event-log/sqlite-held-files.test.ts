import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { copyFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { LogUnavailableError } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { event, events, ids, readAll } from './log-events.ts'
import { nameOf } from './named-log.ts'
import { type Acknowledged, expectKept, note, startWriter } from './writer.ts'

async function openNew() {
  const file = join(temporaryFolder(), 'events.sqlite')
  const log = await openSqliteLog({ file })
  endAfter('test', () => log.close())
  await log.append('apollo', events('before', 20))
  return { file, log }
}

const isSound = (file: string) => {
  const db = new Database(file)
  const answer = db.query<{ integrity_check: string }, []>('PRAGMA integrity_check').get()?.integrity_check
  db.close()
  return answer
}

type Damage = (file: string) => void
const DAMAGES: [name: string, damage: Damage, told: RegExp][] = [
  ['-wal and -shm removed', (file) => ['-wal', '-shm'].forEach((end) => rmSync(file + end)), /-wal was removed.*start the service again/],
  ['-wal removed', (file) => rmSync(`${file}-wal`), /-wal was removed/],
  ['-shm removed', (file) => rmSync(`${file}-shm`), /-shm was removed/],
  ['-wal cut to nothing', (file) => truncateSync(`${file}-wal`, 0), /-wal was cut short/],
  ['-wal cut by a page', (file) => truncateSync(`${file}-wal`, statSync(`${file}-wal`).size - 4_120), /-wal was cut short/],
  ['the main file cut', (file) => truncateSync(file, 4_096), /events\.sqlite was cut short/],
  [
    '-wal replaced by its copy',
    (file) => {
      copyFileSync(`${file}-wal`, `${file}-copy`)
      renameSync(`${file}-copy`, `${file}-wal`)
    },
    /-wal was replaced/,
  ],
]

describe.each(DAMAGES)('%s while in use', (name, damage, told) => {
  test('ends acknowledging at once, says what to do, and tells whoever asks for a head', async () => {
    const { file, log } = await openNew()
    if (name.startsWith('the main')) checkpoint(file, 'PASSIVE')
    damage(file)
    const refused = await log.append('apollo', [event('after')]).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(LogUnavailableError)
    expect(String(refused)).toMatch(told)
    await expect(log.append('apollo', [event('after')])).rejects.toThrow(told)
    await expect(log.head('apollo')).rejects.toThrow(told)
    await expect(log.heads()).rejects.toThrow(told)
  })

  test('is found by a log that only looks', async () => {
    const { file, log } = await openNew()
    if (name.startsWith('the main')) checkpoint(file, 'PASSIVE')
    damage(file)
    await expect(log.head('apollo')).rejects.toThrow(told)
    await expect(log.append('apollo', [event('after')])).rejects.toBeInstanceOf(LogUnavailableError)
  })
})

function checkpoint(file: string, kind: 'PASSIVE' | 'TRUNCATE') {
  const db = new Database(file)
  db.run(`PRAGMA wal_checkpoint(${kind})`)
  db.close()
}

test('what was acknowledged before -wal and -shm were removed is there after a restart, under the same epoch', async () => {
  const { file, log } = await openNew()
  const { epoch } = await log.head('apollo')
  for (const end of ['-wal', '-shm']) rmSync(file + end)
  await expect(log.append('apollo', [event('after')])).rejects.toThrow('removed')
  await log.close()
  const again = await openSqliteLog({ file })
  endAfter('test', () => again.close())
  expect(await again.head('apollo')).toEqual({ epoch, offset: 20 })
  expect(isSound(file)).toBe('ok')
})

test('one that begins while another holds removed files destroys nothing, and the other stores nothing any more', async () => {
  const file = join(temporaryFolder(), 'events.sqlite')
  const acknowledged: Acknowledged = new Map()
  const old = startWriter(nameOf({ file }), 'old')
  await eventually(() => old.count() > 300)
  for (const end of ['-wal', '-shm']) rmSync(file + end)
  const next = startWriter(nameOf({ file }), 'next')
  await eventually(() => next.count() > 1_000, { withinMs: 20_000 })
  const told = await old.kill()
  note(acknowledged, await next.kill())
  expect(isSound(file)).toBe('ok')
  const log = await openSqliteLog({ file })
  await expectKept(log, acknowledged)
  // What the first had acknowledged is there, or the numbers are those of another epoch: nobody takes one for the other.
  expect(told.length).toBeGreaterThan(0)
  await log.close()
}, 60_000)

test('checkpoints, truncation and VACUUM of other programs are no fault', async () => {
  const { file, log } = await openNew()
  const other = new Database(file)
  endAfter('test', () => other.close())
  for (let round = 0; round < 60; round += 1) {
    await log.append('apollo', events(`round-${round}`, 40))
    if (round % 3 === 0) other.run('PRAGMA wal_checkpoint(TRUNCATE)')
    if (round % 3 === 1) other.run('PRAGMA wal_checkpoint(RESTART)')
    if (round % 20 === 19) {
      other.run(`UPDATE event SET body = '{"type":"x-test","id":"gone"}' WHERE "offset" < ${round * 30}`)
      other.run('VACUUM')
    }
    await log.head('apollo')
  }
  expect(ids(await readAll(log, 'apollo'))).toHaveLength(20 + 60 * 40)
})

test('a data folder behind a link is watched as any other', async () => {
  const folder = temporaryFolder()
  const link = join(temporaryFolder(), 'link')
  Bun.spawnSync(['ln', '-s', folder, link])
  const file = join(link, 'events.sqlite')
  const log = await openSqliteLog({ file })
  endAfter('test', () => log.close())
  await log.append('apollo', events('a', 5))
  truncateSync(`${file}-wal`, 0)
  await expect(log.append('apollo', [event('b')])).rejects.toThrow('cut short')
})
