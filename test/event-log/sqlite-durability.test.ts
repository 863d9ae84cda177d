import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openSqliteLog } from '../../src/event-log/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { ids, offsets, oneTo, readAll } from './log-place.ts'

const WRITER = join(import.meta.dir, 'appending-writer.ts')

type Acknowledged = Map<string, string>

/** Starts a writer; `firstLine` is when it began to acknowledge. */
function startWriter(file: string, prefix: string) {
  const child = Bun.spawn([process.execPath, WRITER, file, prefix], { stdio: ['ignore', 'pipe', 'inherit'] })
  endAfter('test', () => child.kill('SIGKILL'))
  const first = Promise.withResolvers<void>()
  async function collect() {
    const decoder = new TextDecoder()
    let text = ''
    for await (const bytes of child.stdout) {
      text += decoder.decode(bytes, { stream: true })
      first.resolve()
    }
    first.resolve()
    // A line that was cut was not read whole by anybody.
    return text.slice(0, text.lastIndexOf('\n') + 1)
  }
  const output = collect()
  /** Kills it, and gives back what it had acknowledged; it must have been alive until then. */
  async function kill(): Promise<string> {
    child.kill('SIGKILL')
    await child.exited
    expect(child.signalCode).toBe('SIGKILL')
    return output
  }
  return { firstLine: first.promise, kill }
}

function note(acknowledged: Acknowledged, output: string): number {
  const lines = output.split('\n').filter(Boolean)
  for (const line of lines) {
    const [project = '', offset = '', id = ''] = line.split(' ')
    const place = `${project} ${offset}`
    expect(acknowledged.has(place)).toBe(false)
    acknowledged.set(place, id)
  }
  return lines.length
}

/** Everything acknowledged is there once, where it was said to be; no hole, nothing twice, the file is sound. */
async function expectKept(file: string, acknowledged: Acknowledged): Promise<void> {
  const log = await openSqliteLog({ file })
  const missing = new Map(acknowledged)
  for (const [project, head] of await log.heads()) {
    const all = await readAll(log, project)
    expect(offsets(all)).toEqual(oneTo(head.offset))
    expect(new Set(ids(all)).size).toBe(all.length)
    for (const { offset, id } of all) {
      const place = `${project} ${offset}`
      if (missing.get(place) === id) missing.delete(place)
    }
  }
  expect([...missing].slice(0, 5)).toEqual([])
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
    const writer = startWriter(file, `r${round}`)
    // Every sixth dies at any moment of its start, recovery included; the others under load.
    if (round % 6 !== 5) await writer.firstLine
    await Bun.sleep(Math.random() * 80)
    total += note(acknowledged, await writer.kill())
  }
  expect(total).toBeGreaterThan(2_000)
  expect(acknowledged.size).toBe(total)
  await expectKept(file, acknowledged)
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
    const writers = [startWriter(file, `a${round}`), startWriter(file, `b${round}`)]
    await Promise.all(writers.map(({ firstLine }) => firstLine))
    const wrote = writers.map(async ({ kill }, index) => {
      await Bun.sleep(Math.random() * 150 + index * 60)
      return note(acknowledged, await kill())
    })
    expect(Math.min(...(await Promise.all(wrote)))).toBeGreaterThan(0)
  }
  await expectKept(file, acknowledged)
}, 60_000)
