import { beforeEach, describe, expect, test } from 'bun:test'
import { secret } from '../../src/config/secret.ts'
import { type Journal, openJournal } from '../support/journal.ts'
import { openLinked } from '../support/linked.ts'
import { type OrchestratorOptions, startOrchestrator } from '../support/orchestrator.ts'

let journal: Journal

beforeEach(async () => {
  journal = await openJournal()
})

const orchestrator = (options?: OrchestratorOptions) => startOrchestrator(options)
const linked = (options: Parameters<typeof openLinked>[1]) => openLinked(journal, options)

const samples = await Bun.file(new URL('../samples/orchestrator-frames.ndjson', import.meta.url)).text()

describe('recorded frames', () => {
  test('lead to the state that they tell, and only to that', async () => {
    const server = await orchestrator()
    const link = linked({ url: server.url, projects: ['alpha'] })
    await link.until(({ state }) => state === 'connected')
    server.replay(samples)
    server.transition('alpha', 'story-last', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-last').length > 0)

    expect(journal.projects()).toEqual(['alpha'])
    expect(journal.steps('alpha', 'story-auth-1')).toEqual(['design', 'test_red', 'code_green', 'test_red'])
    const state = await journal.stateOf('alpha')
    expect(state.cycles.get('story-auth-1')).toMatchObject({ state: 'test_red', source: 'reported' })
    expect(state.workflow.state).toBe('IDLE')
    expect(journal.events('alpha').filter(({ type }) => type === 'agent_activity')).toHaveLength(4)
    expect(state.parallel?.data).toMatchObject({ parallel_execution: true })
    expect(link.health()).toMatchObject({ refused: 0, droppedProjects: [] })
  })

  test('of a project that is not the link’s are counted and dropped', async () => {
    const server = await orchestrator()
    const link = linked({ url: server.url, projects: ['beta', 'gamma'] })
    await link.until(({ state }) => state === 'connected')
    server.replay(samples)
    const { droppedProjects } = await link.until((health) => (health.droppedProjects[0]?.count ?? 0) > 9)
    expect(droppedProjects.map(({ name }) => name)).toEqual(['alpha'])
    // `default` cannot be told among two projects.
    await journal.until(() => journal.events('unassigned').length > 0)
    expect(journal.projects()).toEqual(['unassigned'])
  })
})

describe('several orchestrators', () => {
  test('each report their own projects, and the end of one is nothing to the other', async () => {
    const [first, second] = [await orchestrator(), await orchestrator()]
    const [one, other] = [linked({ url: first.url, name: 'one', projects: ['alpha'] }), linked({ url: second.url, name: 'other' })]
    await Promise.all([one.until(({ state }) => state === 'connected'), other.until(({ state }) => state === 'connected')])
    await first.stop()
    await one.until(({ state }) => state === 'waiting')
    second.transition('beta', 'story-1', [null, 'design'])
    await journal.until(() => journal.steps('beta', 'story-1').length > 0)
    expect(journal.projects()).toEqual(['beta'])
    expect(other.health().state).toBe('connected')
  })

  test('two followers of one orchestrator store everything once', async () => {
    const server = await orchestrator()
    server.setCycle('story-old', { current_state: 'code_green', project: 'alpha' })
    const links = [linked({ url: server.url, projects: ['alpha'] }), linked({ url: server.url, projects: ['alpha'] })]
    await Promise.all(links.map((link) => link.until(({ state }) => state === 'connected')))
    server.transition('alpha', 'story-1', [null, 'design'])
    server.transition('alpha', 'story-1', ['design', 'test_red'])
    server.send({ type: 'chat_message', timestamp: server.clock(), project: 'alpha', message: 'hello', user_id: 'u' })
    await Promise.all(links.map((link) => link.until(({ framesTotal, framesWaiting }) => framesTotal >= 6 && framesWaiting === 0)))
    await journal.until(() => journal.steps('alpha', 'story-old').length > 0)
    for (const link of links) await link.close()
    expect(journal.steps('alpha', 'story-1')).toEqual(['design', 'test_red'])
    expect(journal.steps('alpha', 'story-old')).toEqual(['code_green'])
    expect(journal.events('alpha').filter(({ type }) => type === 'chat_message')).toHaveLength(1)
  })
})

describe('current_state', () => {
  test('never overwrites a workflow state that a transition named', async () => {
    const server = await orchestrator()
    const link = linked({ url: server.url, projects: ['alpha'] })
    await link.until(({ state }) => state === 'connected')
    server.workflow('alpha', 'IDLE', 'BACKLOG_READY')
    await journal.until(() => journal.events('alpha').length === 1)
    server.setWorkflowState('SPRINT_REVIEW')
    server.dropConnections()
    await server.until(() => server.requests().length >= 4)
    server.transition('alpha', 'story-1', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-1').length > 0)
    expect((await journal.stateOf('alpha')).workflow.state).toBe('BACKLOG_READY')
  })

  test('tells the workflow state of an only project that no transition named', async () => {
    const server = await orchestrator()
    server.setWorkflowState('SPRINT_ACTIVE')
    linked({ url: server.url, projects: ['alpha'] })
    await journal.until(() => journal.events('alpha').length === 1)
    expect((await journal.stateOf('alpha')).workflow).toMatchObject({ state: 'SPRINT_ACTIVE', hasTransition: false })
  })

  test('is believed without a second answer when none comes', async () => {
    const server = await orchestrator({ unknownRequests: ['get_current_state', 'get_history'] })
    server.setCycle('story-1', { current_state: 'code_green', project: 'alpha' })
    const link = linked({ url: server.url, projects: ['alpha'], timing: { answerMs: 30 } })
    await journal.until(() => journal.steps('alpha', 'story-1').length > 0)
    expect(link.health().errorAnswers).toBeGreaterThanOrEqual(2)
  })
})

describe('a clock without a zone', () => {
  test.each([-480, 0, 345])('of %p minutes from UTC is placed by its live frames; its text stays', async (utcOffsetMinutes) => {
    const server = await orchestrator({ utcOffsetMinutes })
    linked({ url: server.url, projects: ['alpha'] })
    await server.until(() => server.requests().length >= 2)
    const before = Date.now()
    server.transition('alpha', 'story-1', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-1').length > 0)
    const event: Record<string, unknown> = { ...journal.events('alpha')[0] }
    expect(String(event['timestamp'])).toMatch(/\.\d{6}$/)
    expect(Math.abs(Date.parse(String(event['occurred_at'])) - before)).toBeLessThan(5_000)
  })
})

describe('the connection', () => {
  test('security 38: carries the token, and no address that is shown carries credentials', async () => {
    const server = await orchestrator()
    const url = `ws://anna:pass-7@localhost:${server.port}/any/path?token=query-7`
    const link = linked({ url, projects: ['alpha'], token: secret('token-7') })
    const health = await link.until(({ state }) => state === 'connected')
    expect(server.authorizations()).toEqual(['Bearer token-7'])
    expect(health.url).toBe(`ws://localhost:${server.port}/any/path`)
    await server.stop()
    await link.until(({ state }) => state === 'waiting')
    expect(JSON.stringify(link.seen)).not.toMatch(/pass-7|query-7|token-7/)
  })

  test('comes back after a restart, with growing delays, and says so to people', async () => {
    const server = await orchestrator()
    await server.stop()
    const link = linked({ url: server.url, projects: ['alpha'] })
    const waiting = await link.until(({ state, attempts }) => state === 'waiting' && attempts === 3)
    expect(waiting.lastProblem).toBe(`connection refused at ${server.url}`)
    expect(waiting.nextAttemptAt).toBeGreaterThan(waiting.since)
    const delays = link.seen.filter(({ state }) => state === 'waiting').map(({ nextAttemptAt, since }) => (nextAttemptAt ?? 0) - since)
    expect(delays[2]).toBeGreaterThan(delays[0] ?? Infinity)
    server.startAgain()
    const connected = await link.until(({ state }) => state === 'connected')
    expect(connected.lastProblem).toBeUndefined()
  })

  test('that is lost at once again keeps its growing delay', async () => {
    const server = await orchestrator()
    const link = linked({ url: server.url, projects: ['alpha'] })
    for (const expected of [1, 2, 3]) {
      await link.until(({ state, attempts }) => state === 'connected' && attempts === expected)
      server.dropConnections()
      await link.until(({ state }) => state !== 'connected')
    }
    expect(link.health().attempts).toBeGreaterThanOrEqual(3)
  })

  test('that lived long begins with the first delay', async () => {
    const server = await orchestrator()
    const link = linked({ url: server.url, projects: ['alpha'], timing: { stableMs: 0 } })
    for (const _ of [1, 2, 3]) {
      await link.until(({ state }) => state === 'connected')
      server.dropConnections()
      await link.until(({ state }) => state === 'waiting')
    }
    expect(Math.max(...link.seen.map(({ attempts }) => attempts))).toBe(1)
  })

  test('that only pings is alive, and is asked for what was never broadcast', async () => {
    const server = await orchestrator({ pingMs: 10 })
    const link = linked({ url: server.url, projects: ['alpha'], timing: { silentMs: 60, muteMs: 60 } })
    await server.until(() => server.requests().length >= 2)
    server.quietTransition('alpha', 'story-1', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-1').length > 0)
    expect(journal.events('alpha')[0]).not.toHaveProperty('inferred')
    expect(server.connections()).toBe(1)
    expect(link.health().state).toBe('connected')
  })

  test('that is closed stores what came before, and stays closed', async () => {
    const server = await orchestrator()
    const link = linked({ url: server.url, projects: ['alpha'] })
    await server.until(() => server.requests().length >= 2)
    journal.away(true)
    server.transition('alpha', 'story-1', [null, 'design'])
    await link.until(({ lastProblem }) => lastProblem?.includes('the disk is away') === true)
    journal.away(false)
    await link.close()
    expect(journal.steps('alpha', 'story-1')).toEqual(['design'])
    await server.until(() => server.connected() === 0)
    expect(link.health()).toMatchObject({ state: 'stopped', nextAttemptAt: undefined })
  })
})
