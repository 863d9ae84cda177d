import { describe, expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { call } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const WAIT = { withinMs: 40_000 }
const SURE = { withinMs: 14_000 }
const warnsOf = async (server: RunningServer, path: string) => ((await call(server, path)).body['warnings'] as string[]).join()

/** Both say so in the log, in /ready and in the status, until the second has gone. */
async function expectBothSay(servers: readonly [RunningServer, RunningServer], place: string) {
  const said = `another service uses ${place}`
  for (const server of servers) {
    await eventually(() => server.logs().includes(said), { ...WAIT, else: server.logs })
    // Each worker looks for itself, and the one that is asked may not be the one that said so.
    for (const path of ['/ready', '/api/v1/status']) await eventually(async () => (await warnsOf(server, path)).includes(said), WAIT)
  }
  const [first, second] = servers
  await second.stop()
  await eventually(() => first.logs().includes(`no other service uses ${place}`), WAIT)
  await eventually(async () => !(await warnsOf(first, '/ready')).includes(said), WAIT)
}

describe('two services follow each other late, and both say so as long as it is so,', () => {
  test('on one database without Redis, each in a folder of its own', async () => {
    const postgres = await startPostgres('test')
    const env = { DATABASE_URL: postgres.url }
    const first = await startServer({ env: { ...env, WORKERS: '2' } })
    await expectBothSay([first, await startServer({ env })], 'the database in PostgreSQL at 127.0.0.1:')
  }, 120_000)
})

describe('nothing is said', () => {
  test('by a service that follows one that was killed', async () => {
    const postgres = await startPostgres('test')
    const servers = [await startServer({ env: { WORKERS: '2', DATABASE_URL: postgres.url } })]
    for (const server of servers) await server.kill()
    for (const server of servers) await server.restart()
    const isSaid = () => servers.some((server) => server.logs().includes('another service uses'))
    await expect(eventually(isSaid, SURE)).rejects.toThrow('did not hold')
  }, 90_000)

  test('by two on one database with one Redis', async () => {
    const [postgres, redis] = [await startPostgres('test'), await startRedis()]
    const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url }
    const servers = [await startServer({ env }), await startServer({ env })]
    const isSaid = () => servers.some((server) => server.logs().includes('another service uses'))
    await expect(eventually(isSaid, SURE)).rejects.toThrow('did not hold')
  }, 90_000)
})
