import { beforeAll, expect, test } from 'bun:test'
import { eventPage } from '../../src/pages/event.tsx'
import { PAGES } from '../../src/pages/registry.ts'
import { within } from '../support/eventually.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const PROJECT = '/projects/apollo'
const ADDRESSES = [
  '/',
  '/?tv=1',
  PROJECT,
  `${PROJECT}/stories/S-1`,
  `${PROJECT}/stories?id=..`,
  `${PROJECT}/agents/a-1`,
  `${PROJECT}/activity`,
  `${PROJECT}/activity?kind=agents`,
  `${PROJECT}/chat`,
  `${PROJECT}/chat?q=release`,
  `${PROJECT}/timeline`,
  `${PROJECT}/flow?days=7`,
  `${PROJECT}/peek`,
]

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
  await report(server, 'apollo', [
    { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' },
    { type: 'tdd_transition', story_id: 'S-1', new_state: 'design' },
    { type: 'tdd_transition', story_id: '..', new_state: 'design' },
    { type: 'agent_activity', agent_type: 'CodeAgent', agent_id: 'a-1', story_id: 'S-1', action: 'work', status: 'started', tool: 'Bash' },
    { type: 'approval_requested', approval_id: 'q-1', title: 'go on?', agent_id: 'a-1', story_id: 'S-1' },
  ])
})

async function markupOf(address: string): Promise<string> {
  const response = await fetch(`${server.url}${address}`)
  expect(response.status).toBe(200)
  return response.text()
}

/** All of a page, as somebody is sent it whose page is of another log. */
async function wholeFrame(address: string): Promise<string> {
  const url = new URL(`/live${address}`, server.url.replace('http', 'ws'))
  url.searchParams.set('since', 'elsewhere:7')
  const socket = new WebSocket(url)
  const heard = new Promise<string>((resolve) => socket.addEventListener('message', ({ data }) => resolve(String(data)), { once: true }))
  const { content } = JSON.parse(await within(5_000, 'the first frame', heard)) as { content: string }
  socket.close()
  return content
}

const targetsIn = (frame: string) => [...frame.matchAll(/<hx-(?:partial|upsert) (?:id="|hx-target="#)([^"]+)"/g)].map(([, id = '']) => id)
const timesIn = (html: string, id: string) => html.split(` id="${id}"`).length - 1

test.each(ADDRESSES)('whatever a frame replaces stands on the page once: %s', async (address) => {
  const html = await markupOf(address)
  const targets = targetsIn(await wholeFrame(address))
  expect(targets).not.toEqual([])
  expect(targets.map((id) => [id, timesIn(html, id)])).toEqual(targets.map((id) => [id, 1]))
})

test.each(ADDRESSES.slice(2))('a page that looks back has the same parts, and no websocket of its own: %s', async (address) => {
  const html = await markupOf(`${address}${address.includes('?') ? '&' : '?'}at=5`)
  const targets = targetsIn(await wholeFrame(address))
  expect(targets.map((id) => [id, timesIn(html, id)])).toEqual(targets.map((id) => [id, 1]))
  expect(html).not.toContain('data-live="/live/projects/')
})

test('every page that is kept current was looked at', () => {
  const isSeen = (page: (typeof PAGES)[number]) => ADDRESSES.some((address) => page.topicAt(new URL(address, server.url)))
  expect(PAGES.filter((page) => page.routes.length > 0 && !isSeen(page))).toEqual([eventPage])
})
