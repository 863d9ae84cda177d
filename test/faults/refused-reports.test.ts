import { describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { startPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { call, postBody, report } from '../support/report.ts'
import { type RunningServer, runProgram, startServer } from '../support/server.ts'
import { smallDisk } from '../support/small-disk.ts'

type Ready = { status: number; body: { status?: string; checks?: { log: boolean }; warnings?: string[] } }
const ready = (server: RunningServer): Promise<Ready> => call(server, '/ready')

/** Waits until /ready says that reports are refused, and why; a report is then, and the pages are not. */
async function expectRefused(server: RunningServer, reason: RegExp) {
  const told = await eventually(async () => {
    const now = await ready(server)
    return now.status === 503 && now
  })
  expect(told.body).toMatchObject({ status: 'not ready', checks: { log: false } })
  expect(told.body.warnings?.[0]).toMatch(reason)
  expect((await postBody(server, 'apollo', '{"type":"x-refused","text":"words"}')).status).toBe(503)
  expect((await fetch(`${server.url}/projects/apollo`)).status).toBe(200)
}

async function expectStored(server: RunningServer) {
  await eventually(async () => (await ready(server)).status === 200, { withinMs: 15_000 })
  expect((await postBody(server, 'apollo', '{"type":"x-stored"}')).status).toBe(202)
}

const move = { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' }

describe('/ready says that reports are refused, and why:', () => {
  test('a full disk', async () => {
    const disk = smallDisk(8)
    const server = await startServer({ dataDir: join(disk.folder, 'data') })
    await report(server, 'apollo', move)
    disk.fill()
    // What the write-ahead log already occupies is used up first.
    await eventually(async () => (await postBody(server, 'apollo', `{"type":"x-load","text":"${'x'.repeat(20_000)}"}`)).status === 503)
    await expectRefused(server, /^reports are refused: .*the disk is full/)
    disk.empty()
    await expectStored(server)
  }, 60_000)

  test('the files beside the log removed, or cut', async () => {
    const server = await startServer()
    await report(server, 'apollo', move)
    writeFileSync(join(server.dataDir, 'events.sqlite-wal'), '')
    await expectRefused(server, /-wal was cut short while in use; stop every program/)
  })

  test('Redis out of memory', async () => {
    const redis = await startRedis()
    const server = await startServer({ env: { REDIS_URL: redis.url } })
    await report(server, 'apollo', move)
    await redis.cli('config', 'set', 'maxmemory', '1mb')
    await expectRefused(server, /^reports are refused: Redis cannot answer \(OOM\): its memory is full/)
    await redis.cli('config', 'set', 'maxmemory', '0')
    await expectStored(server)
  })

  test('Redis that takes no writes, and Redis whose registry lost its events', async () => {
    const redis = await startRedis()
    const server = await startServer({ env: { REDIS_URL: redis.url } })
    await report(server, 'apollo', move)
    await redis.cli('config', 'set', 'min-replicas-to-write', '1')
    await expectRefused(server, /\(NOREPLICAS\)/)
    await redis.cli('config', 'set', 'min-replicas-to-write', '0')
    await expectStored(server)
    const [registry = ''] = (await redis.cli('--scan', '--pattern', '*_projects:stream')).trim().split('\n')
    await redis.cli('rename', registry, 'elsewhere')
    await eventually(async () => (await ready(server)).body.warnings?.[0]?.includes('(DAMAGED)'))
    await redis.cli('rename', 'elsewhere', registry)
    await expectStored(server)
  })

  test('PostgreSQL that is read-only', async () => {
    const postgres = await startPostgres('test')
    const url = await postgres.newDatabase()
    const server = await startServer({ env: { DATABASE_URL: url } })
    await report(server, 'apollo', move)
    const reload = async (value: string) => {
      await postgres.run(`ALTER SYSTEM SET default_transaction_read_only = ${value}`)
      await postgres.run('SELECT pg_reload_conf()')
    }
    await reload('on')
    await expectRefused(server, /^reports are refused: .*it is read-only/)
    await reload('off')
    await expectStored(server)
  })
})

test('a project of which Redis lost events is named, and the others are served', async () => {
  const redis = await startRedis()
  const server = await startServer({ env: { REDIS_URL: redis.url } })
  await report(server, 'apollo', move)
  await report(server, 'gemini', move)
  await server.stop()
  const [stream = ''] = (await redis.cli('--scan', '--pattern', '*apollo:stream')).trim().split('\n')
  await redis.cli('del', stream)
  await server.restart()
  await eventually(async () =>
    (await ready(server)).body.warnings?.some((one) => one.startsWith('reports of apollo are refused: events are missing')),
  )
  expect([(await ready(server)).status, (await postBody(server, 'apollo', '{"type":"x-a"}')).status]).toEqual([200, 503])
  await report(server, 'gemini', move)
})

test('an eviction policy that is set while the service runs is warned of within five seconds', async () => {
  const redis = await startRedis()
  const server = await startServer({ env: { REDIS_URL: redis.url } })
  expect((await ready(server)).body.warnings).toEqual([])
  await redis.cli('config', 'set', 'maxmemory-policy', 'allkeys-lru')
  const isWarned = async () => (await ready(server)).body.warnings?.some((one) => one.includes('maxmemory-policy noeviction'))
  await eventually(isWarned, { withinMs: 5_000 })
  expect(server.logs()).toContain('set maxmemory-policy noeviction')
  await redis.cli('config', 'set', 'maxmemory-policy', 'noeviction')
  await eventually(async () => !(await isWarned()), { withinMs: 5_000 })
})

async function writtenFolder(): Promise<string> {
  const folder = temporaryFolder()
  const log = await openSqliteLog({ file: join(folder, 'events.sqlite') })
  await log.append('apollo', [{ type: 'x-test', id: 'a' }])
  await log.close()
  return folder
}

/** Only root may, and only a mount keeps root from writing. */
function makeReadOnly(path: string) {
  Bun.spawnSync(['mount', '--bind', path, path])
  const { exitCode, stderr } = Bun.spawnSync(['mount', '-o', 'remount,ro,bind', path])
  endAfter('test', () => void Bun.spawnSync(['umount', '--lazy', path]))
  if (exitCode !== 0) throw new Error(`this test needs root: ${stderr.toString()}`)
}

describe('a start that could store nothing is refused, and says what to do:', () => {
  const start = (folder: string) => runProgram(['serve', '--port', '0', '--data-dir', folder])

  test('a log that is read-only', async () => {
    const folder = await writtenFolder()
    makeReadOnly(join(folder, 'events.sqlite'))
    const { exitCode, stderr } = await start(folder)
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/events\.sqlite.*it is read-only; let this user write/)])
  })

  test('a folder on a full disk, with a log in it and without', async () => {
    for (const hasLog of [true, false]) {
      const disk = smallDisk(4)
      const folder = join(disk.folder, 'data')
      mkdirSync(folder)
      if (hasLog) await (await openSqliteLog({ file: join(folder, 'events.sqlite') })).close()
      disk.fill()
      const { exitCode, stderr } = await start(folder)
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/the disk is full; make room/)])
      expect(stderr).not.toContain('move the file away')
    }
  })
})
