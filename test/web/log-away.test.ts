import { renameSync } from 'node:fs'
import { expect, test } from 'bun:test'
import { call, postBody, report } from '../support/report.ts'
import { startServer } from '../support/server.ts'

test('while its log is away the service refuses reports and shows what it knows; afterwards it takes them again', async () => {
  const server = await startServer()
  await report(server, 'apollo', { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })
  await fetch(`${server.url}/projects/apollo`)
  renameSync(server.dataDir, `${server.dataDir}.away`)

  const refused = await postBody(server, 'apollo', '{"type":"x-a"}')
  expect([refused.status, refused.body['code']]).toEqual([503, 'SERVICE_UNAVAILABLE'])
  expect([refused.body['details'], String(refused.body['error'])]).toEqual([
    { retry_after_seconds: 2 },
    expect.stringContaining('counts once'),
  ])
  expect((await fetch(`${server.url}/health`)).status).toBe(200)
  const ready = await call(server, '/ready')
  expect([ready.status, ready.body.checks]).toEqual([503, expect.objectContaining({ log: false, redis: true })])
  const overview = await fetch(server.url)
  expect([overview.status, (await overview.text()).includes('apollo')]).toEqual([200, true])
  const page = await fetch(`${server.url}/projects/apollo`)
  expect([page.status, (await page.text()).includes('SPRINT_ACTIVE')]).toEqual([200, true])

  renameSync(`${server.dataDir}.away`, server.dataDir)
  await report(server, 'apollo', { type: 'x-b' })
})
