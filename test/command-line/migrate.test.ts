import { beforeAll, expect, test } from 'bun:test'
import { freePort } from '../support/ports.ts'
import { type Postgres, startPostgres } from '../support/postgres.ts'
import { runProgram, startServer } from '../support/server.ts'

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)

const migrate = (url: string) => runProgram(['migrate'], { DATABASE_URL: url })

test('creates the tables, says so, and finds nothing to do the next time', async () => {
  const url = await postgres.newDatabase()
  expect(await migrate(url)).toEqual({ exitCode: 0, stdout: 'created the tables of schema 2\n', stderr: '' })
  expect(await migrate(url)).toEqual({ exitCode: 0, stdout: 'nothing to migrate: the tables are those of schema 2\n', stderr: '' })
  expect(await postgres.run('SELECT version FROM visualizer.meta', url)).toEqual([{ version: 2 }])
})

test('two at once both succeed', async () => {
  const url = await postgres.newDatabase()
  const both = await Promise.all([migrate(url), migrate(url)])
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  expect(both.filter(({ stdout }) => stdout.startsWith('created'))).toHaveLength(1)
})

test('tables of a newer version are exit code 2, a server that is away is 1, and nothing shows the password', async () => {
  const url = await postgres.newDatabase()
  await migrate(url)
  await postgres.run('UPDATE visualizer.meta SET version = 99', url)
  const newer = await migrate(url)
  expect([newer.exitCode, newer.stderr]).toEqual([2, expect.stringContaining('start the newer version')])
  const away = await migrate(`postgresql://me:hidden-word@127.0.0.1:${await freePort()}/visualizer`)
  expect([away.exitCode, away.stderr]).toEqual([1, expect.stringContaining('cannot be reached')])
  const refused = await migrate(url.replace('test-password', 'hidden-word'))
  expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('check user and password')])
  for (const { stderr } of [away, refused]) expect(stderr).not.toContain('hidden-word')
  for (const { stderr } of [newer, away, refused]) expect(stderr.trimEnd().split('\n')).toHaveLength(1)
})

test('without a database there is nothing to do', async () => {
  expect(await runProgram(['migrate'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('nothing to migrate') })
  expect((await runProgram(['migrate', '--help'])).stdout).toContain('DATABASE_URL')
})

test('the service stores its events there, and a new one finds them', async () => {
  const env = { DATABASE_URL: await postgres.newDatabase() }
  const first = await startServer({ env })
  const body = JSON.stringify({ type: 'x-test', id: 'a' })
  const options = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
  expect((await fetch(`${first.url}/api/v1/projects/apollo/events`, options)).status).toBe(202)
  const second = await startServer({ env })
  const events = (await (await fetch(`${second.url}/api/v1/projects/apollo/events`)).json()) as { events: unknown[] }
  expect(events.events).toMatchObject([{ id: 'a', offset: 1 }])
}, 60_000)
