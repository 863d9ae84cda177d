import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { temporaryFolder } from '../support/ending.ts'
import { eventually, within } from '../support/eventually.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

type Frame = { content?: string; since: string }

/** The first frame of a page that was rendered at this position. */
async function firstFrame(server: RunningServer, since: string, page = ''): Promise<Frame> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live/${page}?since=${since}`)
  const heard = new Promise<Frame>((resolve) =>
    socket.addEventListener('message', ({ data }) => resolve(JSON.parse(String(data))), { once: true }),
  )
  const frame = await within(5_000, 'the first frame', heard)
  socket.close()
  return frame
}

test.each([
  ['priority', 'critical', 'critical priority'],
  ['status', 'paused', 'paused'],
  ['tags', '[backend]', 'backend'],
])('an overview that comes back after a changed %s gets what is so now, and nothing when nothing changed', async (key, value, shown) => {
  const folder = temporaryFolder()
  const path = join(folder, 'orch-config.yaml')
  writeFileSync(path, `projects:\n  apollo: { path: ${folder} }\n`)
  const server = await startServer({ args: ['--config', path] })
  await report(server, 'apollo', { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })
  // With the report: it is acknowledged before it is shown.
  const { since } = await eventually(async () => {
    const frame = await firstFrame(server, '')
    return frame.since.endsWith('.1') && frame
  })
  await server.restart()
  expect((await firstFrame(server, since)).content ?? '').toBe('')
  writeFileSync(path, `projects:\n  apollo: { path: ${folder}, ${key}: ${value} }\n`)
  await server.restart()
  const frame = await firstFrame(server, since)
  expect(frame.content).toContain(shown)
  expect(frame.since).not.toBe(since)
})

test('a project page that comes back after a changed configuration shows it, and open pages follow its agents', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'orch-config.yaml')
  const write = (settings: string) => writeFileSync(path, `projects:\n  apollo: { path: ${folder}, ${settings} }\n`)
  write('resource_limits: { max_parallel_agents: 1 }')
  const server = await startServer({ args: ['--config', path] })
  await report(server, 'apollo', { type: 'agent_status', agent_id: 'a', status: 'working' })
  const { since } = await eventually(async () => {
    const frame = await firstFrame(server, '', 'projects/apollo')
    return frame.content?.includes('1 working, limit 1') && frame
  })
  write('owner: mara, resource_limits: { max_parallel_agents: 1 }')
  await server.restart()
  expect((await firstFrame(server, since, 'projects/apollo')).content).toContain('mara')

  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live/projects/apollo?since=${since}`)
  const heard: string[] = []
  socket.addEventListener('message', ({ data }) => heard.push(String(data)))
  await eventually(async () => heard.length > 0)
  await report(server, 'apollo', { type: 'agent_status', agent_id: 'b', status: 'working' })
  await eventually(async () => heard.some((frame) => frame.includes('above the limit')))
  socket.close()
}, 30_000)
