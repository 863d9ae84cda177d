import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { temporaryFolder } from '../support/ending.ts'
import { within } from '../support/eventually.ts'
import { call, report } from '../support/report.ts'
import { startServer } from '../support/server.ts'

test.each(['apollo', 'unassigned'])('a server that nobody told of %s yet finds it in the log that both share', async (name) => {
  const dataDir = temporaryFolder()
  // Each with a bus of its own: the second hears nothing of what is reported to the first.
  const [first, second] = await Promise.all([startServer({ dataDir }), startServer({ dataDir })])
  const event = { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' } as const
  // Nobody reports to it over HTTP: an orchestrator did that another server follows.
  if (name === 'unassigned') await stored(dataDir, name, event)
  else await report(first, name, event)
  const page = await fetch(`${second.url}/projects/${name}`)
  expect([page.status, (await page.text()).includes('SPRINT_ACTIVE')]).toEqual([200, true])

  await report(first, `${name}-2`, { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })
  expect((await call(second, `/api/v1/projects/${name}-2/state`)).status).toBe(200)

  await report(first, `${name}-3`, { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })
  const socket = new WebSocket(`${second.url.replace('http', 'ws')}/live/projects/${name}-3`)
  const heard = new Promise((resolve) => {
    socket.addEventListener('message', ({ data }) => resolve(String(data)), { once: true })
    socket.addEventListener('close', ({ code }) => resolve(`closed by ${code}`), { once: true })
  })
  expect(await within(5_000, 'the first frame', heard)).toContain('SPRINT_ACTIVE')
  socket.close()
  expect((await call(second, '/api/v1/projects/none/state')).status).toBe(404)
})

async function stored(dataDir: string, project: string, event: { type: 'workflow_transition'; new_state: string }) {
  const log = await openSqliteLog({ file: join(dataDir, 'events.sqlite') })
  await log.append(project, [{ ...event, id: 'e1' }])
  await log.close()
}
