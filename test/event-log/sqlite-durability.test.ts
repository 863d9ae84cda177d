import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { ids, offsets, readAll } from './log-events.ts'
import { nameOf } from './named-log.ts'
import { type Acknowledged, expectKept, note, startWriter } from './writer.ts'

/** Everything acknowledged is kept, and the file is sound. */
async function expectSound(file: string, acknowledged: Acknowledged): Promise<void> {
  const log = await openSqliteLog({ file })
  await expectKept(log, acknowledged)
  await log.close()
  const db = new Database(file)
  expect(db.query<{ integrity_check: string }, []>('PRAGMA integrity_check').get()?.integrity_check).toBe('ok')
  db.close()
}

test('nothing that was acknowledged is lost when the writer is killed, 24 times over one file', async () => {
  const file = join(temporaryFolder(), 'events.sqlite')
  const acknowledged: Acknowledged = new Map()
  let total = 0
  for (let round = 0; round < 24; round += 1) {
    const writer = startWriter(nameOf({ file }), `r${round}`)
    // Every sixth dies at any moment of its start, recovery included; the others under load.
    if (round % 6 !== 5) await writer.firstLine
    await Bun.sleep(Math.random() * 80)
    total += note(acknowledged, await writer.kill())
  }
  expect(total).toBeGreaterThan(2_000)
  expect(acknowledged.size).toBe(total)
  await expectSound(file, acknowledged)
}, 60_000)

test('programs that start together create one log, and all of them write', async () => {
  const folder = temporaryFolder()
  const logs = 60
  // The later one finds less to do, and so catches up: they meet at most of the files.
  const programs = ['a', 'b', 'c'].map((id) => {
    const argv = [process.execPath, join(import.meta.dir, 'opening-program.ts'), folder, id, String(logs)]
    const child = Bun.spawn(argv, { stdio: ['ignore', 'inherit', 'inherit'] })
    endAfter('test', () => child.kill('SIGKILL'))
    return child.exited
  })
  expect(await Promise.all(programs)).toEqual([0, 0, 0])
  for (let n = 0; n < logs; n += 1) {
    const log = await openSqliteLog({ file: join(folder, `${n}.sqlite`) })
    const all = await readAll(log, 'apollo')
    await log.close()
    expect(offsets(all)).toEqual([1, 2, 3])
    expect(ids(all).toSorted()).toEqual(['a', 'b', 'c'])
  }
}, 60_000)

test('two programs write one file at once, and are killed, without a hole or a loss', async () => {
  const file = join(temporaryFolder(), 'events.sqlite')
  const acknowledged: Acknowledged = new Map()
  for (let round = 0; round < 6; round += 1) {
    const writers = [startWriter(nameOf({ file }), `a${round}`), startWriter(nameOf({ file }), `b${round}`)]
    await Promise.all(writers.map(({ firstLine }) => firstLine))
    const wrote = writers.map(async ({ kill }, index) => {
      await Bun.sleep(Math.random() * 150 + index * 60)
      return note(acknowledged, await kill())
    })
    expect(Math.min(...(await Promise.all(wrote)))).toBeGreaterThan(0)
  }
  await expectSound(file, acknowledged)
}, 60_000)
