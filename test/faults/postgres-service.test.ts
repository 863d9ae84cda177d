import { expect, test } from 'bun:test'
import { event } from '../event-log/log-events.ts'
import { eventually } from '../support/eventually.ts'
import { startPostgres } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'

test('the service starts while PostgreSQL is away, refuses reports when it goes again, and goes on by itself', async () => {
  const postgres = await startPostgres('test')
  const env = { DATABASE_URL: await postgres.newDatabase() }
  await postgres.kill('SIGQUIT')
  const starting = startServer({ env, readyWithinMs: 30_000 })
  await postgres.restart()
  const { url } = await starting
  const report = (id: string) => {
    const body = JSON.stringify(event(id))
    return fetch(`${url}/api/v1/projects/apollo/events`, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  }
  expect((await report('a')).status).toBe(202)

  await postgres.kill('SIGKILL')
  const refused = await report('b')
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true])
  expect((await fetch(`${url}/ready`)).status).toBe(503)
  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect((await fetch(`${url}/projects/apollo`)).status).toBe(200)

  await postgres.restart()
  await eventually(async () => (await fetch(`${url}/ready`)).ok, { withinMs: 2_000 })
  expect((await report('b')).status).toBe(202)
  const answer = await fetch(`${url}/api/v1/projects/apollo/events`)
  expect(await answer.json()).toMatchObject({
    events: [
      { id: 'a', offset: 1 },
      { id: 'b', offset: 2 },
    ],
  })
}, 60_000)
