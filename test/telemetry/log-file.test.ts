import { expect, test } from 'bun:test'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { LogFile, type LogFileOptions } from '../../src/telemetry/log-file.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'

type Heard = { away: unknown[]; back: number[]; dropped: number }

function open(path: string, options: Partial<LogFileOptions> = {}): { file: LogFile; heard: Heard } {
  const heard: Heard = { away: [], back: [], dropped: 0 }
  const file = new LogFile({
    path,
    rotation: undefined,
    onAway: (problem) => void heard.away.push(problem),
    onBack: (dropped) => void heard.back.push(dropped),
    onDropped: (lines) => (heard.dropped += lines),
    ...options,
  })
  endAfter('test', () => file.close())
  return { file, heard }
}

const read = (path: string) => readFileSync(path, 'utf8')
const isThere = (path: string, text: string) => existsSync(path) && read(path).includes(text)

test('lines are appended to what is there, in order', async () => {
  const path = join(temporaryFolder(), 'app.log')
  appendFileSync(path, 'old\n')
  const { file } = open(path)
  for (const line of ['a\n', 'b\n', 'c\n']) file.write(line)
  await file.close()
  expect(read(path)).toBe('old\na\nb\nc\n')
})

test('a line that a power cut left unfinished does not swallow the next', async () => {
  const path = join(temporaryFolder(), 'app.log')
  appendFileSync(path, '{"torn')
  const { file } = open(path)
  file.write('whole\n')
  await file.close()
  expect(read(path)).toBe('{"torn\nwhole\n')
})

test('a full file becomes .1, its elders move up, and no more of them are kept than asked', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'app.log')
  const { file } = open(path, { rotation: { limitBytes: 10, backups: 2 } })
  for (const line of ['first\n', 'second\n', 'third\n', 'fourth\n']) {
    file.write(line)
    await eventually(() => isThere(path, line))
  }
  await file.close()
  expect(readdirSync(folder).toSorted()).toEqual(['app.log', 'app.log.1', 'app.log.2', 'app.log.lock'])
  expect(['', '.1', '.2'].map((number) => read(`${path}${number}`))).toEqual(['fourth\n', 'third\n', 'second\n'])
})

test('what a process that died was rotating becomes the newest of the older files', async () => {
  const path = join(temporaryFolder(), 'app.log')
  appendFileSync(`${path}.1`, 'old\n')
  appendFileSync(`${path}.rotating`, 'left behind\n')
  const { file } = open(path, { rotation: { limitBytes: 10, backups: 3 } })
  for (const line of ['one line\n', 'two lines\n']) {
    file.write(line)
    await eventually(() => isThere(path, line))
  }
  await file.close()
  expect([1, 2, 3].map((number) => read(`${path}.${number}`))).toEqual(['one line\n', 'left behind\n', 'old\n'])
})

test('a file that another program renamed is written until it is told to reopen', async () => {
  const path = join(temporaryFolder(), 'app.log')
  const { file } = open(path)
  file.write('before\n')
  await eventually(() => isThere(path, 'before'))
  renameSync(path, `${path}.1`)
  file.write('between\n')
  await eventually(() => isThere(`${path}.1`, 'between'))
  expect(existsSync(path)).toBe(false)
  file.reopen()
  // At once, with nothing to write: who renamed the file waits for it.
  await eventually(() => existsSync(path))
  file.write('after\n')
  await file.close()
  expect([read(path), read(`${path}.1`)]).toEqual(['after\n', 'before\nbetween\n'])
})

test('a file that cannot be opened is told of once; lines wait, those beyond the limit are dropped and counted, then it goes on', async () => {
  const folder = join(temporaryFolder(), 'later')
  const path = join(folder, 'app.log')
  const { file, heard } = open(path, { queueBytes: 20 })
  file.write('0123456789\n')
  await eventually(() => heard.away.length === 1)
  for (let line = 0; line < 5; line++) file.write('0123456789\n')
  expect(heard.dropped).toBeGreaterThanOrEqual(4)
  mkdirSync(folder)
  await eventually(() => heard.back.length === 1)
  file.write('after\n')
  await file.close()
  expect(heard.away).toHaveLength(1)
  expect(heard.back).toEqual([heard.dropped])
  expect(read(path).split('\n').filter(Boolean)).toHaveLength(7 - heard.dropped)
  expect(read(path)).toStartWith('0123456789\n')
})

test('what cannot be written at the end is counted, and keeps nobody waiting', async () => {
  const { file, heard } = open(join(temporaryFolder(), 'nowhere', 'app.log'))
  for (const line of ['a\n', 'b\n', 'c\n']) file.write(line)
  await file.close()
  expect(heard.dropped).toBe(3)
})
