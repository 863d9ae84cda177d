import { expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startRedis } from '../support/redis.ts'
import { startServer } from '../support/server.ts'

/** The store gives up after three seconds by itself. */
test('a request without an answer in time is refused, and what comes later is not harmed', async () => {
  const redis = await startRedis()
  const server = await startServer({ env: { REDIS_URL: redis.url, REQUEST_TIMEOUT: '1' } })
  const ask = async (id: string) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: 'x-step', id }) }
    const answer = await fetch(`${server.url}/api/v1/projects/apollo/events`, init)
    return { status: answer.status, body: (await answer.json()) as { code?: string; error?: string } }
  }
  expect((await ask('one')).status).toBe(202)
  redis.signal('SIGSTOP')
  const late = await ask('two')
  redis.signal('SIGCONT')
  expect([late.status, late.body.code]).toEqual([503, 'SERVICE_UNAVAILABLE'])
  expect(late.body.error).toStartWith('This request took longer than 1 s.')
  await eventually(async () => (await ask('two')).status === 202, { withinMs: 20_000 })
})
