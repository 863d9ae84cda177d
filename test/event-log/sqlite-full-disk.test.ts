import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LogUnavailableError } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { within } from '../support/eventually.ts'
import { linesOf } from '../support/lines.ts'
import { event, events, offsets, oneTo, readAll } from './log-events.ts'

function run(...command: string[]): boolean {
  return Bun.spawnSync(command, { stdio: ['ignore', 'ignore', 'ignore'] }).success
}

/** A disk of its own, of so many MiB; undefined where this user may not mount one. */
function smallDisk(sizeMiB: number): string | undefined {
  const folder = temporaryFolder()
  if (process.platform !== 'linux' || !run('mount', '-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', folder)) return undefined
  endAfter('test', () => void run('umount', folder))
  return folder
}

const probe = temporaryFolder('file')
const mayMount = process.platform === 'linux' && run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe) && run('umount', probe)
const disk = (name: string) => (mayMount ? name : `${name} (skipped: only root may mount a small disk)`)

/** Takes all but so many KiB of what is free. */
function fill(folder: string, leaveKiB: number): () => void {
  const { bavail, bsize } = statfsSync(folder)
  const filler = join(folder, 'filler')
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leaveKiB * 1024)))
  return () => rmSync(filler)
}

function expectSound(file: string) {
  const db = new Database(file, { readonly: true })
  expect(db.query<{ integrity_check: string }, []>('PRAGMA integrity_check').get()?.integrity_check).toBe('ok')
  db.close()
}

const text = (bytes: number) => ({ text: 'x'.repeat(bytes) })

test.skipIf(!mayMount)(disk('a full disk rejects, tears nothing, and is over when there is space again'), async () => {
  const folder = smallDisk(8)!
  const file = join(folder, 'events.sqlite')
  const log = await openSqliteLog({ file })
  endAfter('test', () => log.close())
  await log.append('apollo', events('before', 100))
  const free = fill(folder, 300)
  let stored = 100
  let failure: unknown
  for (let n = 0; n < 1_000 && failure === undefined; n += 1) {
    await log.append('apollo', [event(`fill-${n}`, text(20_000))]).then(
      () => (stored += 1),
      (error: unknown) => (failure = error),
    )
  }
  expect(failure).toBeInstanceOf(LogUnavailableError)
  expect(String(failure)).toContain('disk is full')
  await expect(log.append('gemini', events('batch', 500))).rejects.toBeInstanceOf(LogUnavailableError)
  expect((await readAll(log, 'apollo')).length).toBe(stored)
  expect([...(await log.heads()).keys()]).toEqual(['apollo'])
  free()
  expect((await log.append('apollo', [event('after', text(20_000))])).position.offset).toBe(stored + 1)
  expect((await log.append('gemini', events('batch', 500))).duplicates).toBe(0)
  expect(offsets(await readAll(log, 'apollo'))).toEqual(oneTo(stored + 1))
  await log.close()
  expectSound(file)
})

test.skipIf(!mayMount)(disk('an append that does not fit leaves room to those that do'), async () => {
  const folder = smallDisk(8)!
  const file = join(folder, 'events.sqlite')
  const log = await openSqliteLog({ file })
  endAfter('test', () => log.close())
  await log.append('apollo', events('before', 10))
  fill(folder, 1_500)
  const outcomes = await Promise.allSettled([
    log.append('apollo', [event('small-1')]),
    log.append('apollo', [event('large', text(3_000_000))]),
    log.append('gemini', [event('small-2')]),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(offsets(await readAll(log, 'apollo'))).toEqual(oneTo(11))
  await log.close()
  expectSound(file)
})

/** A writer in a process of its own, told line by line. */
async function startToldWriter(file: string) {
  // Ignoring the signal makes a write beyond the limit fail instead of ending the program, as a quota or a broken disk does.
  const program = [process.execPath, join(import.meta.dir, 'told-writer.ts'), file]
  const child = Bun.spawn(['sh', '-c', `trap '' XFSZ; exec "$0" "$@"`, ...program], { stdio: ['pipe', 'pipe', 'inherit'] })
  endAfter('test', () => child.kill('SIGKILL'))
  const answers = linesOf(child.stdout)
  expect((await answers.next()).value).toBe('open')
  const tell = async (line: string) => {
    void child.stdin.write(`${line}\n`)
    void child.stdin.flush()
    return within(
      10_000,
      'an answer',
      answers.next().then(({ value }) => value ?? 'ended'),
    )
  }
  const end = async () => {
    child.kill('SIGKILL')
    await child.exited
  }
  return { tell, end, pid: child.pid }
}

async function expectHeld(file: string, ids: string[]) {
  const log = await openSqliteLog({ file })
  endAfter('test', () => log.close())
  expect((await readAll(log, 'apollo')).map(({ id }) => id)).toEqual(ids)
  expectSound(file)
}

test('a file that may not grow rejects, and is appended to again once it may, without a restart', async () => {
  const file = join(temporaryFolder(), 'events.sqlite')
  const { tell, end, pid } = await startToldWriter(file)
  const mayGrowTo = (bytes: number | 'unlimited') => expect(run('prlimit', '--pid', `${pid}`, `--fsize=${bytes}:unlimited`)).toBe(true)
  expect(await tell('a 1000')).toBe('stored 1')
  mayGrowTo(300_000)
  expect(await tell('b 1000000')).toStartWith('LogUnavailableError')
  expect(await tell('b 1000000')).toStartWith('LogUnavailableError')
  expect(await tell('c 1000')).toBe('stored 2')
  mayGrowTo('unlimited')
  expect(await tell('b 1000000')).toBe('stored 3')
  await end()
  await expectHeld(file, ['a', 'c', 'b'])
})

test.skipIf(process.platform !== 'linux')('a connection that lost its file is opened again', async () => {
  const file = join(temporaryFolder(), 'events.sqlite')
  const { tell, end } = await startToldWriter(file)
  expect(await tell('a 1000')).toBe('stored 1')
  expect(await tell('break')).toBe('broke true')
  expect(await tell('b 1000')).toStartWith('LogUnavailableError')
  expect(await tell('b 1000')).toBe('stored 2')
  expect(await tell('c 1000')).toBe('stored 3')
  await end()
  await expectHeld(file, ['a', 'b', 'c'])
})
