import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { openBrowser, untilText } from '../support/browser.ts'
import { temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { startOrchestrator } from '../support/orchestrator.ts'
import { call } from '../support/report.ts'
import { startServer } from '../support/server.ts'

const SAMPLES = join(import.meta.dir, '../samples')

/** A configuration as an existing orchestrator wrote it, with folders of this test and an orchestrator to follow. */
function configure(folder: string, orchestratorUrl: string): string {
  const config = readFileSync(join(SAMPLES, 'orch-config.two-projects.yaml'), 'utf8').replaceAll('/srv/projects', folder)
  return `${config}\norchestrators:\n  main:\n    url: ${orchestratorUrl}\n    projects: [alpha, beta]\n`
}

function layProject(folder: string, name: string) {
  const state = join(folder, name, '.orch-state')
  mkdirSync(state, { recursive: true })
  return state
}

test('existing configuration, orchestrator and state folder: the right project moves and shows its backlog', async () => {
  const folder = temporaryFolder('test')
  const state = layProject(folder, 'alpha')
  layProject(folder, 'beta')
  for (const part of ['backlog.json', 'sprints', 'tdd_cycles'])
    cpSync(join(SAMPLES, 'orch-state', part), join(state, part), { recursive: true })
  const orchestrator = await startOrchestrator()
  const server = await startServer({ config: configure(folder, orchestrator.url) })
  const browser = await openBrowser({ isWhole: true })
  const overview = await browser.openPage(server.url)
  await untilText(overview.page, 'alpha')
  await untilText(overview.page, 'beta')

  await orchestrator.until(() => orchestrator.requests().length >= 2)
  orchestrator.replay(readFileSync(join(SAMPLES, 'orchestrator-frames.ndjson'), 'utf8'))
  const alpha = await eventually(async () => {
    const { body } = await call(server, '/api/v1/projects/alpha/state')
    return JSON.stringify(body).includes('"story-auth-1":{"state":"test_red"') && body
  })
  const history = (alpha['state'] as { transition_history: { story_id: string; new_state: string }[] }).transition_history
  const moves = history.filter(({ story_id }) => story_id === 'story-auth-1').map(({ new_state }) => new_state)
  expect(moves).toEqual(['design', 'test_red', 'code_green', 'test_red'])
  const { body: beta } = await call(server, '/api/v1/projects/beta/state')
  expect(beta['offset']).toBe(0)

  const project = await browser.openPage(`${server.url}/projects/alpha`)
  await untilText(project.page, 'story-auth-1', { within: '#board' })
  await untilText(project.page, 'Charge card', { within: '#backlog' })
  await untilText(project.page, 'CodeAgent', { within: '#agents' })
  await untilText(project.page, 'Ship login', { within: '#sprint' })
})

test('what the files say is there at once, and follows them', async () => {
  const folder = temporaryFolder('test')
  const state = layProject(folder, 'alpha')
  layProject(folder, 'beta')
  const server = await startServer({ config: configure(folder, 'ws://localhost:9') })
  const browser = await openBrowser({ isWhole: true })
  const { page } = await browser.openPage(`${server.url}/projects/alpha`)
  await untilText(page, 'No backlog is known')
  cpSync(join(SAMPLES, 'orch-state/backlog.json'), join(state, 'backlog.json'))
  await untilText(page, 'Charge card', { within: '#backlog' })
  cpSync(join(SAMPLES, 'orch-state/status.tasks.json'), join(state, 'status.json'))
  await untilText(page, 'SPRINT_ACTIVE', { within: '#workflow' })
  await untilText(page, 'Needs you', { within: '#heading' })
})
