import { beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { PROJECTS_LOG } from '../../src/domain/events/names.ts'
import { emptyProject, FOLD_VERSION, foldEvents } from '../../src/domain/project/project.ts'
import { encodeState } from '../../src/domain/project/state-codec.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { generateHistory } from '../support/histories.ts'
import { freePort } from '../support/ports.ts'
import { startPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { call, report } from '../support/report.ts'
import { PROGRAM, type RunningServer, runProgram, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({
    lifetime: 'file',
    config: 'projects:\n  Apollo: { path: /nonexistent/apollo, description: "To the moon" }\n',
  })
  await report(server, 'Apollo', generateHistory({ count: 300 }))
})

const newFile = () => join(temporaryFolder(), 'replay.html')
const fromLog = (file: string, ...args: string[]) => runProgram(['export', 'Apollo', '--data-dir', server.dataDir, '--out', file, ...args])
const fromServer = (file: string, ...args: string[]) => runProgram(['export', 'Apollo', '--url', server.url, '--out', file, ...args])

/** What is packed in a file, line by line. */
function packed(file: string, id: 'pieces' | 'moments'): string[] {
  const text = new RegExp(`id="replay-${id}">([^<]*)<`).exec(readFileSync(file, 'utf8'))?.[1] ?? ''
  return gunzipSync(Buffer.from(text, 'base64')).toString().trimEnd().split('\n')
}

describe('exports', () => {
  test('the same from the log of a running service as from the service itself, and harms neither', async () => {
    const [one, other] = [newFile(), newFile()]
    const before = (await call(server, '/api/v1/projects/Apollo/state')).body['state_hash']
    expect(await fromLog(one)).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/300 events.* bytes/) })
    expect(await fromServer(other)).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/300 events.* bytes/) })
    expect(packed(one, 'pieces')).toEqual(packed(other, 'pieces'))
    expect(packed(one, 'moments')).toEqual(packed(other, 'moments'))
    expect(packed(one, 'moments').length).toBeGreaterThanOrEqual(300)
    expect(readFileSync(one, 'utf8')).toContain('To the moon')
    expect((await call(server, '/api/v1/projects/Apollo/state')).body['state_hash']).toBe(before)
    expect((await report(server, 'gemini', { type: 'x-after' })).status).toBe(202)
  })

  test('a period by offsets, and one by times, from the state that it begins with', async () => {
    const { body } = await call(server, '/api/v1/projects/Apollo/events?after=199&limit=1')
    const [event] = body['events'] as { received_at: string }[]
    const [one, other] = [newFile(), newFile()]
    expect(await fromServer(one, '--from', '200', '--to', '250')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('51 events'),
    })
    expect((await fromLog(other, '--from', event?.received_at ?? '')).exitCode).toBe(0)
    for (const file of [one, other]) expect(readFileSync(file, 'utf8')).toContain('id="board"')
    expect(packed(one, 'moments')).toHaveLength(51)
  })

  test('a log that nobody has open, whatever the case of the name', async () => {
    const dataDir = temporaryFolder()
    const other = await startServer({ dataDir })
    await report(other, 'gemini', generateHistory({ count: 20 }))
    await other.stop()
    const file = newFile()
    expect(await runProgram(['export', 'GEMINI', '--data-dir', dataDir, '--out', file])).toMatchObject({ exitCode: 0, stderr: '' })
    expect(packed(file, 'moments').length).toBeGreaterThanOrEqual(20)
    await other.restart()
    expect((await report(other, 'gemini', { type: 'x-after' })).body).toMatchObject({ accepted: 1, offset: 21 })
  })
})

test('what retention left of a log is exported from either, from the state that it begins with', async () => {
  const dataDir = temporaryFolder()
  const log = await openSqliteLog({ file: join(dataDir, 'events.sqlite') })
  await log.append(PROJECTS_LOG, [{ type: 'project_registered', project: 'apollo', settings: {}, id: 'registered' }])
  await log.append('apollo', generateHistory({ count: 200 }))
  const { epoch, events } = await log.read('apollo', { after: 0, upTo: 120, limit: 200 })
  const body = encodeState(foldEvents(emptyProject(), events))
  await log.trim({ project: 'apollo', epoch, foldVersion: FOLD_VERSION, offset: 120, body })
  await log.close()
  const trimmed = await startServer({ dataDir })
  const [one, other] = [newFile(), newFile()]
  const early = ['--from', '2020-01-01T00:00:00Z']
  expect(await runProgram(['export', 'apollo', '--data-dir', dataDir, '--out', one])).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await runProgram(['export', 'apollo', '--url', trimmed.url, '--out', other, ...early])).toMatchObject({ exitCode: 0, stderr: '' })
  expect(packed(one, 'moments')).toEqual(packed(other, 'moments'))
  expect(packed(one, 'pieces')).toEqual(packed(other, 'pieces'))
  expect(packed(one, 'moments').length).toBeGreaterThanOrEqual(80)
})

/** Of a service whose log stands elsewhere, the log itself and the service are exported alike. */
async function expectSameFromBoth(env: Record<string, string>): Promise<RunningServer> {
  const running = await startServer({ env })
  await report(running, 'apollo', generateHistory({ count: 30 }))
  const [one, other] = [newFile(), newFile()]
  expect(await runProgram(['export', 'apollo', '--out', one], env)).toMatchObject({ exitCode: 0, stderr: '' })
  expect((await runProgram(['export', 'apollo', '--url', running.url, '--out', other])).exitCode).toBe(0)
  expect(packed(one, 'moments')).toEqual(packed(other, 'moments'))
  return running
}

test('a log in PostgreSQL is looked at: its tables are neither made nor changed', async () => {
  const postgres = await startPostgres()
  const env = { DATABASE_URL: await postgres.newDatabase() }
  const schemas = () => postgres.run(`SELECT 1 FROM pg_namespace WHERE nspname = 'visualizer'`, env.DATABASE_URL)
  const early = await runProgram(['export', 'apollo', '--out', newFile()], env)
  expect([early.exitCode, early.stderr]).toEqual([2, expect.stringContaining('run visualizer migrate')])
  expect(await schemas()).toEqual([])
  await expectSameFromBoth(env)
}, 60_000)

test('a log in Redis is looked at, beside a service that goes on', async () => {
  const env = { REDIS_URL: (await startRedis()).url }
  const running = await expectSameFromBoth(env)
  expect((await report(running, 'apollo', { type: 'x-after' })).status).toBe(202)
})

test('a service that is away for a moment in the midst is asked again', async () => {
  const other = await startServer()
  for (let part = 1; part <= 2; part += 1) await report(other, 'apollo', generateHistory({ seed: part, count: 1_000 }))
  const file = newFile()
  const exporting = runProgram(['export', 'apollo', '--url', other.url, '--out', file])
  await eventually(() => readdirSync(join(file, '..')).length > 0, { withinMs: 10_000 })
  await other.kill()
  await other.restart()
  expect(await exporting).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('2000 events') })
}, 60_000)

test('an export that is interrupted leaves nothing behind', async () => {
  const dataDir = temporaryFolder()
  const log = await openSqliteLog({ file: join(dataDir, 'events.sqlite') })
  await log.append(PROJECTS_LOG, [{ type: 'project_registered', project: 'apollo', settings: {}, id: 'registered' }])
  for (let part = 0; part < 20; part += 1) await log.append('apollo', generateHistory({ seed: part + 1, count: 1_000 }))
  await log.close()
  const folder = temporaryFolder()
  const child = Bun.spawn([process.execPath, ...PROGRAM, 'export', 'apollo', '--data-dir', dataDir, '--out', join(folder, 'r.html')], {
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  endAfter('test', () => child.kill('SIGKILL'))
  await eventually(() => readdirSync(folder).length > 0, { withinMs: 10_000 })
  child.kill('SIGINT')
  expect(await child.exited).toBe(130)
  expect(readdirSync(folder)).toEqual([])
}, 60_000)

describe('refuses, in one line, and leaves nothing behind:', () => {
  test.each([
    ['a project that is not there', ['export', 'nobody'], 'there is no project "nobody" in this log: it holds'],
    ['a moment that is none', ['export', 'Apollo', '--from', 'yesterday'], '--from must be an offset or a time with a zone'],
    ['a beginning after the end', ['export', 'Apollo', '--from', '20', '--to', '10'], '--from lies after --to'],
    ['a beginning beyond the end', ['export', 'Apollo', '--from', '99999'], '--from lies beyond the end of the log'],
    ['no project', ['export'], 'export needs the name of a project'],
    ['an address that is none', ['export', 'Apollo', '--url', 'file:///etc'], '--url must be an address'],
    ['a flag of export for another command', ['serve', '--from', '1'], 'serve takes no flag "--from"'],
  ])('%s', async (_, args, message) => {
    const file = newFile()
    const out = args[0] === 'export' ? ['--out', file, '--data-dir', server.dataDir] : []
    const { exitCode, stdout, stderr } = await runProgram([...args, ...out])
    expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)])
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(readdirSync(join(file, '..'))).toEqual([])
  })

  test('a file that is there, unless it may be replaced', async () => {
    const file = newFile()
    writeFileSync(file, 'mine')
    expect(await fromLog(file)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--force') })
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect((await fromLog(file, '--force')).exitCode).toBe(0)
    expect(readFileSync(file, 'utf8')).toStartWith('<!DOCTYPE html>')
  })

  test('a folder without a log, without making one; a place that cannot be written', async () => {
    const folder = temporaryFolder()
    const { exitCode, stderr } = await runProgram(['export', 'Apollo', '--data-dir', join(folder, 'data'), '--out', newFile()])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('there is no event log')])
    expect(existsSync(join(folder, 'data'))).toBe(false)
    const nowhere = await fromLog(join(folder, 'missing', 'replay.html'))
    expect([nowhere.exitCode, nowhere.stderr]).toEqual([2, expect.stringContaining('cannot be written (ENOENT)')])
  })

  test('a service that is away is exit code 1, and the token stays unsaid', async () => {
    const url = `http://localhost:${await freePort()}`
    const { exitCode, stderr } = await runProgram(['export', 'Apollo', '--url', url, '--token', 'hidden-word', '--out', newFile()])
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('nothing answers at')])
    expect(stderr).not.toContain('hidden-word')
  })

  test('what a service does not know is in its own words', async () => {
    const { exitCode, stderr } = await runProgram(['export', 'nobody', '--url', server.url, '--out', newFile()])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('There is no project "nobody"')])
  })
})
