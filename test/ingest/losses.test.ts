import { beforeEach, describe, expect, test } from 'bun:test'
import { OPEN_QUESTIONS_LIMIT } from '../../src/domain/project/approval.ts'
import { type Journal, openJournal } from '../support/journal.ts'
import { openFollowed, openLinked } from '../support/linked.ts'
import { startOrchestrator } from '../support/orchestrator.ts'

let journal: Journal

beforeEach(async () => {
  journal = await openJournal()
})

const followed = (link: Parameters<typeof openFollowed>[1] = {}) =>
  openFollowed(journal, { ...link, timing: { lossesMs: 50, ...link.timing } })

const lossesOf = async (project: string) => [...(await journal.stateOf(project)).losses.values()]
const isLost = (count: number) => async () => (await lossesOf('alpha')).reduce((sum, loss) => sum + loss.count, 0) >= count

async function until(condition: () => Promise<boolean>) {
  while (!(await condition())) {
    const known = journal.events('alpha').length
    await journal.until(() => journal.events('alpha').length > known)
  }
}

describe('what an orchestrator sent and could not be kept', () => {
  test('is counted to the last frame in the log of the project that misses it', async () => {
    const { server, link } = await followed()
    for (let count = 0; count < 300; count++) server.send({ type: 'tdd_transition', project: 'alpha', story_id: count })
    for (let count = 0; count < 20; count++) server.sendRaw('not JSON')
    server.sendRaw(JSON.stringify({ type: 'x-large', project: 'alpha', text: 'a'.repeat(1024 * 1024) }))
    server.transition('alpha', 'story-1', [null, 'design'])
    await until(isLost(321))
    const losses = await lossesOf('alpha')
    expect(losses.map(({ source, count }) => [source, count])).toContainEqual(['main', 300])
    expect(losses.reduce((sum, { count }) => sum + count, 0)).toBe(321)
    expect(losses.every(({ isMore }) => !isMore)).toBe(true)
    expect(link.health().refused).toBe(321)
  })

  test('of nobody knows whose it was is missing in each project that it reports', async () => {
    const { server } = await followed({ projects: undefined })
    for (const project of ['alpha', 'beta']) server.transition(project, 'story-1', [null, 'design'])
    await journal.until(() => journal.projects().length === 2)
    server.sendRaw('[]')
    await until(isLost(1))
    await journal.until(() => journal.events('beta').some(({ type }) => type === 'reports_lost'))
  })

  test('is a question beyond those that may be open; none that is open makes room for it', async () => {
    const { server, link } = await followed()
    const ask = (id: string) => server.send({ type: 'approval_requested', project: 'alpha', approval_id: id, title: `Run ${id}?` })
    for (let count = 0; count < OPEN_QUESTIONS_LIMIT + 30; count++) ask(`q${count}`)
    server.transition('alpha', 'story-1', [null, 'design'])
    await until(isLost(30))
    await journal.until(() => journal.steps('alpha', 'story-1').length === 1)
    const { approvals } = await journal.stateOf('alpha')
    expect([approvals.size, approvals.has('q0'), approvals.has(`q${OPEN_QUESTIONS_LIMIT}`)]).toEqual([OPEN_QUESTIONS_LIMIT, true, false])
    expect(await lossesOf('alpha')).toMatchObject([
      { source: 'main', count: 30, isMore: false, reason: expect.stringContaining('questions') },
    ])
    expect(link.health().refused).toBe(30)
    server.send({ type: 'approval_resolved', project: 'alpha', approval_id: 'q0', decision: 'allow' })
    ask('q7')
    ask('later')
    await journal.until(() => journal.events('alpha').some((event) => 'approval_id' in event && event.approval_id === 'later'))
    expect(link.health().refused).toBe(30)
  })

  test('is told in few events, however much it is', async () => {
    const { server } = await followed({ timing: { lossesMs: 60_000 } })
    for (let count = 0; count < 2_000; count++) server.send({ type: 'workflow_transition', project: 'alpha' })
    await until(isLost(1))
    expect(journal.events('alpha').filter(({ type }) => type === 'reports_lost')).toHaveLength(1)
  })
})

describe('an orchestrator that was away', () => {
  test('for longer than its history remembers leaves a gap, told once', async () => {
    const { server, link } = await followed()
    server.transition('alpha', 'story-1', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-1').length === 1)
    server.dropConnections()
    await link.until(({ state }) => state === 'waiting')
    for (let count = 0; count < 60; count++) server.quietTransition('alpha', `story-${count}`, [null, 'design'])
    await until(async () => (await lossesOf('alpha')).length === 1)
    expect(await lossesOf('alpha')).toMatchObject([{ source: 'main', count: 0, isMore: true, reason: expect.stringContaining('history') }])
  })

  test('and remembers all of it leaves none', async () => {
    const { server, link } = await followed()
    server.transition('alpha', 'story-1', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-1').length === 1)
    server.dropConnections()
    await link.until(({ state }) => state === 'waiting')
    for (let count = 0; count < 49; count++) server.quietTransition('alpha', `story-${count + 2}`, [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-50').length === 1)
    expect(await lossesOf('alpha')).toEqual([])
  })

  test('leaves a gap as long as it was, for what is in no history; told once', async () => {
    const { server, link } = await followed({ projects: ['alpha', 'beta'], timing: { gapMs: 1 } })
    server.transition('alpha', 'story-1', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-1').length === 1)
    await server.stop()
    await link.until(({ state, attempts }) => state === 'waiting' && attempts >= 3)
    server.startAgain()
    const detail = /^\d+ s, from \S+Z to \S+Z$/
    for (const project of ['alpha', 'beta']) {
      await journal.until(() => journal.events(project).some(({ type }) => type === 'reports_lost'))
      expect(await lossesOf(project)).toMatchObject([
        { source: 'main', count: 0, isMore: true, reason: expect.stringContaining('not connected'), detail: expect.stringMatching(detail) },
      ])
    }
    server.transition('alpha', 'story-2', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-2').length === 1)
    expect(journal.events('alpha').filter(({ type }) => type === 'reports_lost')).toHaveLength(1)
  })

  test('before it was ever connected leaves none', async () => {
    const server = await startOrchestrator()
    await server.stop()
    const link = openLinked(journal, { url: server.url, projects: ['alpha'], timing: { lossesMs: 50, gapMs: 1 } })
    await link.until(({ state, attempts }) => state === 'waiting' && attempts >= 3)
    server.startAgain()
    server.transition('alpha', 'story-1', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-1').length === 1)
    await link.close()
    expect(await lossesOf('alpha')).toEqual([])
  })

  test('is away since it was lost, however often it is tried', async () => {
    const { server, link } = await followed()
    await server.stop()
    const { since } = await link.until(({ state }) => state === 'waiting')
    const later = await link.until(({ state, attempts }) => state === 'waiting' && attempts >= 4)
    expect(later.since).toBe(since)
    expect(
      link.seen
        .filter(({ state }) => state !== 'connected')
        .slice(-3)
        .map((health) => health.since),
    ).toEqual([since, since, since])
  })
})
