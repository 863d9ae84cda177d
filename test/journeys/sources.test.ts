import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { startOrchestrator } from '../support/orchestrator.ts'
import { call, report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

type Event = { id: string; type: string }

const TOKEN = `ghp_${'a1B2c3D4'.repeat(5)}`.slice(0, 40)

const headOf = async (server: RunningServer, project: string) =>
  Number((await call(server, `/api/v1/projects/${project}/state`)).body['offset'])

/** Everything that the log holds of a project, as text. */
async function loggedOf(server: RunningServer, project: string): Promise<string> {
  return JSON.stringify((await call(server, `/api/v1/projects/${project}/events?limit=1000`)).body)
}

function layBacklog(project: string, title: string): void {
  mkdirSync(join(project, '.orch-state'), { recursive: true })
  const stories = [{ id: 'story-0a1b2c3d', title, description: `deploys with ${TOKEN}`, status: 'backlog', priority: 1 }]
  writeFileSync(join(project, '.orch-state/backlog.json'), JSON.stringify({ epics: [], stories, sprints: [] }))
}

test('security 38: a secret is stored by no source, and what stands around it is', async () => {
  const folder = temporaryFolder()
  layBacklog(join(folder, 'files'), 'Ship it')
  const orchestrator = await startOrchestrator()
  const config = `projects:
  files: { path: ${join(folder, 'files')} }
  linked: { path: ${folder} }
orchestrators:
  main: { url: "${orchestrator.url}", projects: [linked] }
`
  const server = await startServer({ config })
  await orchestrator.until(() => orchestrator.connected() === 1)
  const chat = { type: 'chat_message', message: `pushed with ${TOKEN} today`, user_id: 'mara', message_type: 'user' }
  await report(server, 'posted', chat)
  orchestrator.send({ ...chat, project: 'linked', timestamp: orchestrator.clock() })
  for (const [project, words] of Object.entries({ posted: 'today', linked: 'today', files: 'Ship it' })) {
    const logged = await eventually(async () => {
      const text = await loggedOf(server, project)
      return text.includes(words) && text
    })
    expect(logged).toContain('[redacted')
    expect(logged).not.toContain(TOKEN)
    expect(await (await fetch(`${server.url}/projects/${project}`)).text()).not.toContain(TOKEN)
  }
})

test('only configured orchestrators are dialled, whatever address a report names', async () => {
  const [configured, stranger] = [await startOrchestrator(), await startOrchestrator()]
  const server = await startServer({ config: `orchestrators:\n  main: { url: "${configured.url}" }\n` })
  await configured.until(() => configured.connected() === 1)
  const tempting = { type: 'x-orchestrator', url: stranger.url, orchestrators: { other: { url: stranger.url } } }
  await report(server, 'apollo', tempting)
  configured.send({ ...tempting, project: 'apollo', timestamp: configured.clock() })
  await eventually(async () => (await headOf(server, 'apollo')) === 2)
  expect([configured.connections(), stranger.connections()]).toEqual([1, 0])
})

test('how an orchestrator stands, and for which names it may not report, is shown and kept current', async () => {
  const orchestrator = await startOrchestrator()
  const config = `orchestrators:\n  main: { url: "${orchestrator.url}", projects: [apollo] }\n`
  const server = await startServer({ config })
  const overview = async () => (await (await fetch(server.url)).text()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
  await orchestrator.until(() => orchestrator.connected() === 1)
  orchestrator.transition('gemini', 'story-1', [null, 'design'])
  await eventually(async () => /Connected .*Not among its projects: gemini/.test(await overview()))

  const frames: string[] = []
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live/`)
  socket.addEventListener('message', ({ data }) => frames.push(String(data)))
  await eventually(() => frames.length > 0)
  await orchestrator.stop()
  await eventually(() => frames.some((frame) => frame.includes('Not reachable')))
  orchestrator.startAgain()
  await eventually(() => frames.at(-1)?.includes('Connected'), { withinMs: 15_000 })
  socket.close()
  expect((await call(server, '/api/v1/projects')).body['projects']).toEqual([])
})

test('a report without an id gets one that sorts by time', async () => {
  const server = await startServer()
  const before = Date.now()
  await report(server, 'apollo', [{ type: 'x-a' }, { type: 'x-b' }])
  const events = (await call(server, '/api/v1/projects/apollo/events')).body['events'] as Event[]
  const ids = events.map(({ id }) => id)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(ids).toEqual(ids.toSorted())
  const stampedAt = Number.parseInt((ids[0] ?? '').replace('-', '').slice(0, 12), 16)
  expect(stampedAt).toBeWithin(before, Date.now() + 1)
})

test('a project that its file no longer lists is archived and stays readable; what only reported stays as it is', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'orch-config.yaml')
  const list = (...names: string[]) => writeFileSync(file, `projects:\n${names.map((name) => `  ${name}: { path: ${name} }\n`).join('')}`)
  for (const name of ['kept', 'removed']) mkdirSync(join(folder, name))
  list('kept', 'removed')
  const server = await startServer({ args: ['--config', file] })
  for (const name of ['kept', 'removed', 'reported'])
    await report(server, name, { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })

  list('kept')
  await server.restart()
  const statuses = async (search = '') => {
    const projects = (await call(server, `/api/v1/projects${search}`)).body['projects'] as { name: string; status: string }[]
    return projects.map(({ name, status }) => `${name} ${status}`)
  }
  expect(await statuses()).toEqual(['kept active', 'reported active'])
  expect(await statuses('?status=archived')).toEqual(['removed archived'])
  expect((await call(server, '/api/v1/projects/removed/state')).body).toMatchObject({
    offset: 1,
    state: { workflow_state: 'SPRINT_ACTIVE' },
  })
  expect((await fetch(`${server.url}/projects/removed`)).status).toBe(200)

  list('kept', 'removed')
  await server.restart()
  expect(await statuses()).toEqual(['kept active', 'removed active', 'reported active'])
})
