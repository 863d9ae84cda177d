import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { eventually } from '../support/eventually.ts'
import { call, postBody, report } from '../support/report.ts'
import { startServer } from '../support/server.ts'
import { smallDisk } from '../support/small-disk.ts'

/** Small enough to be filled at once, large enough for a log to begin. */
const SIZE_MIB = 8

test('a full disk refuses reports with 503, loses and tears nothing, and mends itself when there is space again', async () => {
  const disk = smallDisk(SIZE_MIB)
  const server = await startServer({ dataDir: join(disk.folder, 'data') })
  await report(server, 'apollo', { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })
  disk.fill()

  const batch = JSON.stringify(Array.from({ length: 100 }, (_, index) => ({ type: 'x-load', index, text: 'x'.repeat(2_000) })))
  const refused = await eventually(async () => {
    const reply = await postBody(server, 'apollo', batch)
    return reply.status !== 202 && reply
  })
  expect([refused.status, refused.body['code']]).toEqual([503, 'SERVICE_UNAVAILABLE'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  const { body: before } = await call(server, '/api/v1/projects/apollo/events?limit=1')
  const page = await fetch(`${server.url}/projects/apollo`)
  expect([page.status, (await page.text()).includes('SPRINT_ACTIVE')]).toEqual([200, true])
  expect((await fetch(`${server.url}/health`)).status).toBe(200)

  disk.empty()
  const accepted = await eventually(async () => {
    const reply = await postBody(server, 'apollo', '{"type":"x-after"}')
    return reply.status === 202 && reply
  })
  expect(accepted.body['offset']).toBe(Number(before['offset']) + 1)
  await server.kill()
  await server.restart()
  const { body: after } = await call(server, '/api/v1/projects/apollo/events?limit=1000')
  expect(after['offset']).toBe(accepted.body['offset'])
}, 60_000)
