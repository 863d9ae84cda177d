import { beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { figuresOnly, HIDDEN } from '../../src/domain/figures-only.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { runProgram, type RunningServer, startServer } from '../support/server.ts'
import { openTokens } from '../support/tokens.ts'
import { ROUTE_RULES } from '../../src/web/route-rules.ts'

/* Every text that people, agents or files wrote holds this word. */
const SECRET = 'zanzibar'
const STATUS_FILE = { schema_version: 1, note: `${SECRET} note` }
const EVENTS = [
  { type: 'workflow_transition', old_state: 'IDLE', new_state: 'SPRINT_ACTIVE', command: `/sprint ${SECRET}` },
  { type: 'tdd_cycle_started', story_id: 'S-1' },
  { type: 'tdd_transition', story_id: 'S-1', old_state: 'design', new_state: 'test_red', note: SECRET, [`about ${SECRET}`]: 1 },
  {
    type: 'agent_activity',
    agent_id: 'A-1',
    agent_type: 'QAAgent',
    action: `reads ${SECRET}`,
    status: 'started',
    tool: 'Bash',
    detail: { command: `cat ${SECRET}` },
    story_id: 'S-1',
  },
  { type: 'agent_status', agent_id: 'A-2', agent_type: 'CodeAgent', status: 'failed', reason: `because of ${SECRET}` },
  {
    type: 'approval_requested',
    approval_id: 'Q-1',
    title: `May I ${SECRET}?`,
    description: `All of ${SECRET}`,
    agent_type: 'QAAgent',
    agent_id: 'A-1',
  },
  { type: 'chat_message', message: `Hello ${SECRET}`, message_id: 'M-1', user_id: 'ann' },
  {
    type: 'command_execution',
    command: `/do ${SECRET}`,
    status: 'completed',
    command_id: 'C-1',
    result: { text: SECRET, deep: [{ status: SECRET }] },
  },
  { type: 'error_state', error_message: `It is ${SECRET}`, error_id: 'E-1', severity: 'high' },
  { type: 'ci_status', status: 'failed', detail: `The ${SECRET} test`, url: `https://ci.example.com/${SECRET}`, story_id: 'S-1' },
  { type: 'parallel_status', status_data: { state: SECRET, [`of ${SECRET}`]: 1 } },
  {
    type: 'state_file',
    file: 'backlog.json',
    content: {
      epics: [{ id: 'E1', title: SECRET }],
      stories: [{ id: 'S-1', title: SECRET, description: SECRET, acceptance_criteria: [SECRET], status: 'sprint' }],
      sprints: [{ id: 'P1', goal: SECRET, story_ids: ['S-1'], status: 'active' }],
    },
  },
  { type: 'state_file', file: 'status.json', content: STATUS_FILE },
  { type: 'usage', input_tokens: 1234, cost_usd: 0.5, story_id: 'S-1' },
  { type: 'x-note', status: SECRET, story_id: SECRET, name: SECRET },
]

let server: RunningServer
const tokens = { all: '', reads: '', acts: '' }

beforeAll(async () => {
  server = await startServer({ env: { AUTH: 'token' }, lifetime: 'file' })
  const give = await openTokens(server, 'file')
  tokens.all = await give({ name: 'everything', scopes: ['admin'], projects: ['*'] })
  tokens.reads = await give({ name: 'reads', scopes: ['read'], projects: ['*'] })
  tokens.acts = await give({ name: 'acts', scopes: ['command'], projects: ['*'] })
  expect((await send('POST', '/api/v1/projects', { name: 'apollo', privacy: 'metadata_only', description: 'Guidance' })).status).toBe(201)
  expect((await send('POST', '/api/v1/projects/apollo/events', EVENTS)).status).toBe(202)
}, 60_000)

const send = (method: string, path: string, body: object) =>
  fetch(`${server.url}${path}`, { method, headers: { authorization: `Bearer ${tokens.all}` }, body: JSON.stringify(body) })

async function read(token: string, path: string, accept = 'text/html'): Promise<string> {
  const response = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}`, accept } })
  expect([path, response.status]).toEqual([path, 200])
  return response.text()
}

const addresses = [
  ...Object.entries(ROUTE_RULES)
    .filter(([route, rule]) => rule === 'see' && route.startsWith('GET '))
    .map(([route]) => route.slice(4).replace('stories/:id', 'stories/S-1').replace('agents/:id', 'agents/A-1').replace(':name', 'apollo'))
    .map((path) => (path.endsWith('/stories') ? `${path}?id=S-1` : path.endsWith('/agents') ? `${path}?id=A-1` : path))
    .flatMap((path) => (path.includes(':offset') ? EVENTS.map((_, index) => path.replace(':offset', String(index + 1))) : [path])),
  ...['/', '/?view=grid', '/?tv=1', '/jump?q=apollo', '/api/v1/projects'],
]
const moments = addresses.filter((path) => path.includes('apollo') && !/jump|\/events\//.test(path))
const atMoment = (path: string) => `${path}${path.includes('?') ? '&' : '?'}at=${EVENTS.length}`

describe('of a project that shows figures only, whoever may not act on it', () => {
  test.each([...addresses, ...moments.map(atMoment), '/?at=2099-01-01T00:00:00Z'])('reads no text at %s', async (path) => {
    expect((await read(tokens.reads, path)).toLowerCase()).not.toContain(SECRET)
  })

  test('reads states and figures, and that texts are hidden', async () => {
    const page = await read(tokens.reads, '/projects/apollo')
    for (const words of [HIDDEN, 'SPRINT_ACTIVE', 'S-1', 'QAAgent', 'Guidance']) expect(page).toContain(words)
    const state = JSON.parse(await read(tokens.reads, '/api/v1/projects/apollo', 'application/json')) as Record<string, unknown>
    expect(state).toMatchObject({
      privacy: 'metadata_only',
      state: { workflow_state: 'SPRINT_ACTIVE', pending_approvals: [{ approval_id: 'Q-1', title: HIDDEN }], pending_approvals_total: 1 },
      metrics: { events: EVENTS.length, input_tokens: 1234, cost_usd: 0.5 },
    })
    expect(await read(tokens.reads, '/projects/apollo/chat')).toContain(HIDDEN)
  })

  test('finds nothing by a text that is hidden', async () => {
    const rows = async (token: string, path: string) => (await read(token, path)).match(/data-offset="\d+"/g)?.length ?? 0
    for (const page of ['activity', 'chat']) {
      expect(await rows(tokens.acts, `/projects/apollo/${page}?q=${SECRET}`)).toBeGreaterThan(0)
      expect(await rows(tokens.reads, `/projects/apollo/${page}?q=${SECRET}`)).toBe(0)
    }
    expect(await read(tokens.acts, `/?q=${SECRET}`)).toContain('id="project-apollo"')
    expect(await read(tokens.reads, `/?q=${SECRET}`)).not.toContain('id="project-apollo"')
  })

  test('is sent no text either', async () => {
    const paths = ['', '/chat', '/activity', '/timeline', '/flow', '/peek', '/stories/S-1', '/agents/A-1'].map(
      (part) => `/projects/apollo${part}`,
    )
    const watched = ['/', '/?tv=1', '/attention', ...paths].map((path) => watch(tokens.reads, path))
    const acting = watch(tokens.acts, '/projects/apollo')
    await eventually(() => [...watched, acting].every((frames) => frames.length > 0))
    for (let turn = 1; turn <= 3; turn += 1) {
      await send('POST', '/api/v1/projects/apollo/events', [
        { type: 'chat_message', message: `More ${SECRET} ${turn}`, message_id: `N-${turn}` },
        { type: 'agent_activity', agent_id: 'A-1', agent_type: 'QAAgent', action: `${SECRET} ${turn}`, status: 'started', story_id: 'S-1' },
        { type: 'approval_requested', approval_id: `R-${turn}`, title: `${SECRET} ${turn}?`, agent_id: 'A-1', story_id: 'S-1' },
        { type: 'error_state', error_message: `${SECRET} ${turn}`, error_id: `F-${turn}` },
      ])
      const told = `R-${turn}`
      await eventually(() => acting.join().includes(told))
    }
    await eventually(() => watched.every((frames, index) => frames.length > 1 || index === 2 || index === 7))
    for (const frames of watched) expect(frames.join().toLowerCase()).not.toContain(SECRET)
    expect(acting.join()).toContain(SECRET)
  })
})

function watch(token: string, path: string): string[] {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live${path}`, {
    headers: { authorization: `Bearer ${token}` },
  } as never)
  const frames: string[] = []
  socket.addEventListener('message', ({ data }) => {
    if (!/^\{"now":\d+\}$/.test(String(data))) frames.push(String(data))
  })
  endAfter('test', () => socket.close())
  return frames
}

test('a replay that somebody exports who may not act on it holds figures only', async () => {
  const file = join(temporaryFolder(), 'replay.html')
  const args = ['export', 'apollo', '--url', server.url, '--out', file]
  const { exitCode, stderr } = await runProgram(args, { VISUALIZER_TOKEN: tokens.reads })
  expect([exitCode, stderr]).toEqual([0, ''])
  const replay = readFileSync(file, 'utf8')
  expect(replay.toLowerCase()).not.toContain(SECRET)
  expect(replay).toContain('SPRINT_ACTIVE')
})

describe('whoever may act on it', () => {
  test('reads everything', async () => {
    for (const path of ['/projects/apollo', '/projects/apollo/chat', '/projects/apollo/activity', '/', '/api/v1/projects/apollo/events'])
      expect(await read(tokens.acts, path)).toContain(SECRET)
  })

  test('and so does everybody once it is open, from the whole log', async () => {
    await read(tokens.reads, `/projects/apollo?at=${EVENTS.length}`)
    expect((await send('PATCH', '/api/v1/projects/apollo', { privacy: 'open' })).status).toBe(200)
    expect(await read(tokens.reads, '/projects/apollo')).toContain(SECRET)
    expect(await read(tokens.reads, `/projects/apollo?at=${EVENTS.length}`)).toContain(SECRET)
    await send('PATCH', '/api/v1/projects/apollo', { privacy: 'metadata_only' })
    expect(await read(tokens.reads, '/projects/apollo')).not.toContain(SECRET)
  })
})

describe('what is left of a value', () => {
  test('is the same object for the same object, so that nothing is drawn for no reason', () => {
    const state = { agents: new Map([['A-1', { agentId: 'A-1', action: SECRET }]]), transitions: [{ from: 'IDLE', to: 'DONE' }] }
    const [one, other] = [figuresOnly(state), figuresOnly({ ...state, offset: 2 })]
    expect(figuresOnly({ status: `it will take the ${SECRET} away` })).toEqual({ status: HIDDEN })
    expect(one.agents).toBe(other.agents)
    expect(one).toEqual({ agents: new Map([['A-1', { agentId: 'A-1', action: HIDDEN }]]), transitions: [{ from: 'IDLE', to: 'DONE' }] })
  })
})
