import { afterEach, beforeAll, expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
})

type Frame = { content?: string; since: string; lastEventAt?: number; events: number }
const sockets: WebSocket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close()
})

function watch(path: string) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`)
  sockets.push(socket)
  const frames: Frame[] = []
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
  socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(String(data))))
  const next = (count: number) => eventually(() => frames.length >= count && frames[count - 1])
  return { socket, frames, closed, next }
}

let projects = 0
const newName = () => `live-${++projects}`
const stories = (frame: Frame) => [...(frame.content ?? '').matchAll(/id="event-(\d+)"/g)].map(([, offset]) => Number(offset))

async function positionOf(name: string): Promise<string> {
  const state = await (await fetch(`${server.url}/api/v1/projects/${name}/state`)).json()
  return `${state.epoch}:${state.offset}`
}

test('a viewer who is up to date hears so, and then what happens', async () => {
  const name = newName()
  await report(server, name, { type: 'x-a' })
  const viewer = watch(`/live/projects/${name}?since=${await positionOf(name)}`)
  const first = await viewer.next(1)
  expect(stories(first)).toEqual([])
  await report(server, name, { type: 'tdd_transition', story_id: 's1', new_state: 'design' })
  const second = await viewer.next(2)
  expect(second.since).toBe(await positionOf(name))
  expect(second.events).toBe(1)
  expect(second.content).toContain('id="board"')
  expect(stories(second)).toEqual([2])
})

test('a viewer who was away gets the rows that it has not, and every part as it is now', async () => {
  const name = newName()
  await report(server, name, { type: 'x-a' })
  const since = await positionOf(name)
  for (const story_id of ['s1', 's2', 's3']) await report(server, name, { type: 'tdd_transition', story_id, new_state: 'design' })
  const viewer = watch(`/live/projects/${name}?since=${since}`)
  const first = await viewer.next(1)
  await eventually(() => viewer.frames.flatMap(stories).length >= 3)
  expect(viewer.frames.flatMap(stories)).toEqual([2, 3, 4])
  for (const id of ['heading', 'workflow', 'sprint', 'board', 'agents', 'backlog', 'notices', 'approvals'])
    expect(first.content).toContain(`<hx-partial id="${id}"`)
})

test('a viewer who was away for longer than the page is gets the whole list', async () => {
  const name = newName()
  await report(server, name, { type: 'x-a' })
  const since = await positionOf(name)
  await report(
    server,
    name,
    Array.from({ length: 80 }, () => ({ type: 'x-b' })),
  )
  const viewer = watch(`/live/projects/${name}?since=${since}`)
  // What was acknowledged a moment ago may come with the first frame or right after it.
  const list = await eventually(() => viewer.frames.find(({ content }) => content?.includes('<hx-partial id="activity-list"')))
  expect(stories(list)).toHaveLength(50)
  expect(list.since).toBe(await positionOf(name))
})

test('a position of another epoch, beyond the head, or none at all gets the current state', async () => {
  const name = newName()
  await report(server, name, [{ type: 'x-a' }, { type: 'x-b' }])
  const [epoch] = (await positionOf(name)).split(':')
  for (const query of ['?since=zzzzzzzz:2', `?since=${epoch}:99`, '?since=nonsense', '']) {
    const first = await watch(`/live/projects/${name}${query}`).next(1)
    expect([query, stories(first)]).toEqual([query, [2, 1]])
    expect(first.content).toContain('<hx-partial id="activity-list"')
  }
})

test('many events at once are few frames, and nothing is missing', async () => {
  const name = newName()
  await report(server, name, { type: 'x-a' })
  const viewer = watch(`/live/projects/${name}?since=${await positionOf(name)}`)
  await viewer.next(1)
  await Promise.all(Array.from({ length: 200 }, (_, index) => report(server, name, { type: 'x-burst', index })))
  const head = await positionOf(name)
  await eventually(() => viewer.frames.at(-1)?.since === head)
  expect(viewer.frames.length).toBeLessThan(100)
  expect(viewer.frames.reduce((sum, frame) => sum + frame.events, 0)).toBe(200)
  // No frame holds more than one page of rows; where more came at once, the list was replaced.
  for (const frame of viewer.frames) expect(stories(frame).length).toBeLessThanOrEqual(50)
})

test('only the agent that moved is sent, not the others', async () => {
  const name = newName()
  for (const agent_id of ['a1', 'a2', 'a3'])
    await report(server, name, { type: 'agent_status', agent_id, agent_type: 'CodeAgent', status: 'working' })
  const viewer = watch(`/live/projects/${name}?since=${await positionOf(name)}`)
  await viewer.next(1)
  await report(server, name, { type: 'agent_status', agent_id: 'a2', status: 'needs_input', reason: 'which port?' })
  const { content } = await viewer.next(2)
  expect(content).toContain('<hx-partial id="agent-a2"')
  expect(content).not.toContain('agent-a1')
  expect(content).not.toContain('<hx-partial id="agents"')
})

test('an overview moves a project when its attention changes, and sends its row alone when it does not', async () => {
  const name = newName()
  await report(server, name, { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })
  const viewer = watch(`/live/?q=${name}`)
  await viewer.next(1)
  const saw = (part: string) => eventually(() => viewer.frames.slice(1).find(({ content }) => content?.includes(part)))
  await report(server, name, { type: 'chat_message', message: 'hello' })
  const row = await saw(`<hx-partial id="project-${name}"`)
  expect(row.content).not.toContain('<hx-partial id="projects"')
  await report(server, name, { type: 'workflow_transition', new_state: 'BLOCKED' })
  await saw('<hx-partial id="projects"')
})

test('an overview shows nothing of projects outside its filter', async () => {
  const [inside, outside] = [newName(), newName()]
  await report(server, inside, { type: 'workflow_transition', new_state: 'BLOCKED' })
  const viewer = watch(`/live/?q=${inside}`)
  await viewer.next(1)
  await report(server, outside, { type: 'workflow_transition', new_state: 'BLOCKED' })
  await report(server, inside, { type: 'chat_message', message: 'hello' })
  await eventually(() =>
    viewer.frames.some(({ content }) => content?.includes(`id="project-${inside}"`) && content !== viewer.frames[0]?.content),
  )
  expect(viewer.frames.some(({ content }) => content?.includes(`project-${outside}`))).toBe(false)
})

test('the counts change for everyone, and a return without change is silent', async () => {
  const name = newName()
  await report(server, name, { type: 'workflow_transition', new_state: 'IDLE' })
  const viewer = watch('/live/attention')
  const { since } = await viewer.next(1)
  expect((await watch(`/live/attention?since=${since}`).next(1)).content).toBe('')
  await report(server, name, { type: 'workflow_transition', new_state: 'BLOCKED' })
  expect((await viewer.next(2)).content).toContain('id="counts"')
})

test('a project that is not there is refused by a code that ends the reconnecting', async () => {
  expect(await watch('/live/projects/never-seen').closed).toBe(4403)
  expect(await watch('/live/nonsense/path').closed).toBe(4403)
})

test('a page of another site cannot listen', async () => {
  const response = await fetch(`${server.url}/live/`, { headers: { origin: 'https://evil.example' } })
  expect([response.status, (await response.json()).code]).toEqual([403, 'PERMISSION_DENIED'])
})

test('an address of a websocket says so to a plain request', async () => {
  const response = await fetch(`${server.url}/live/`)
  expect([response.status, (await response.json()).code]).toEqual([400, 'VALIDATION_ERROR'])
})
