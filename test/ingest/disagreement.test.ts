import { beforeEach, describe, expect, test } from 'bun:test'
import { attentionAt } from '../../src/domain/summary/attention.ts'
import { disputesOf } from '../../src/domain/project/source-memory.ts'
import { type Journal, openJournal } from '../support/journal.ts'
import { openLinked } from '../support/linked.ts'
import { startOrchestrator, type TestOrchestrator } from '../support/orchestrator.ts'

let journal: Journal

beforeEach(async () => {
  journal = await openJournal()
})

async function orchestrator(prepare: (server: TestOrchestrator) => void = () => undefined) {
  const server = await startOrchestrator()
  prepare(server)
  return server
}

async function follow(server: TestOrchestrator, name: string) {
  const asked = server.requests().length
  const link = openLinked(journal, { url: server.url, name, projects: ['alpha'] })
  await server.until(() => server.requests().length >= asked + 2)
  return link
}

/** Asks for the state as a silent link does, and waits until what came of it is stored. */
async function tellAgain(server: TestOrchestrator, times = 1) {
  for (let time = 0; time < times; time++) {
    const [marks, asked] = [journal.events('alpha').filter(({ type }) => type === 'x-mark').length, server.requests().length]
    server.sendState()
    // A doubt asks the orchestrator once more: what that leads to is awaited too.
    for (const rounds of [1, 2]) {
      server.send({ type: 'x-mark', project: 'alpha' })
      await journal.until(() => journal.events('alpha').filter(({ type }) => type === 'x-mark').length >= marks + rounds)
      if (server.requests().length > asked) await server.until(() => (server.requests().length - asked) % 2 === 0)
    }
  }
}

const moves = () => journal.events('alpha').filter(({ type }) => type === 'tdd_transition' || type === 'workflow_transition')
const disputes = async () =>
  disputesOf(await journal.stateOf('alpha')).map(({ word, shown }) => `${word.source}: ${word.state}, not ${shown}`)

const says =
  (state: string, cycle = {}) =>
  (server: TestOrchestrator) =>
    server.setCycle('story-1', { current_state: state, project: 'alpha', ...cycle })

describe('two orchestrators that disagree', () => {
  test('about a story move it once each, and then say their opinions in vain', async () => {
    const [first, second] = [await orchestrator(says('code_green')), await orchestrator(says('design'))]
    await follow(first, 'first')
    await journal.until(() => moves().length === 1)
    await follow(second, 'second')
    await journal.until(() => moves().length === 2)
    for (let round = 0; round < 5; round++) for (const server of [first, second]) await tellAgain(server)
    expect(journal.steps('alpha', 'story-1')).toEqual(['code_green', 'design'])
    expect(await disputes()).toEqual(['first: code_green, not design'])
    expect(journal.events('alpha').filter(({ type }) => type === 'state_told')).toHaveLength(1)
  })

  test('about the cycle of a story, in the same state, do so too', async () => {
    const [first, second] = [await orchestrator(says('design', { cycle_id: 'a' })), await orchestrator(says('design', { cycle_id: 'b' }))]
    await follow(first, 'first')
    await journal.until(() => moves().length === 1)
    await follow(second, 'second')
    await journal.until(() => moves().length === 2)
    for (let round = 0; round < 3; round++) for (const server of [first, second]) await tellAgain(server)
    expect(moves()).toHaveLength(2)
  })

  test('about the workflow do so too', async () => {
    const [first, second] = [
      await orchestrator((server) => server.setWorkflowState('SPRINT_ACTIVE')),
      await orchestrator((server) => server.setWorkflowState('BACKLOG_READY')),
    ]
    await follow(first, 'first')
    await journal.until(() => moves().length === 1)
    await follow(second, 'second')
    await journal.until(() => moves().length === 2)
    for (let round = 0; round < 3; round++) for (const server of [first, second]) await tellAgain(server)
    expect(moves()).toHaveLength(2)
    expect(await disputes()).toEqual(['first: SPRINT_ACTIVE, not BACKLOG_READY'])
  })

  test('one of them after a restart of ours, too', async () => {
    const [first, second] = [await orchestrator(says('code_green')), await orchestrator(says('design'))]
    const link = await follow(first, 'first')
    await journal.until(() => moves().length === 1)
    await follow(second, 'second')
    await journal.until(() => moves().length === 2)
    await link.close()
    await follow(first, 'first')
    await tellAgain(first, 3)
    expect(moves()).toHaveLength(2)
  })

  test('agree again when one comes to the other’s view, and nothing moves for it', async () => {
    const [first, second] = [await orchestrator(says('code_green')), await orchestrator(says('design'))]
    await follow(first, 'first')
    await journal.until(() => moves().length === 1)
    await follow(second, 'second')
    await journal.until(() => moves().length === 2)
    await tellAgain(first, 2)
    expect(await disputes()).toHaveLength(1)
    says('design')(first)
    await tellAgain(first, 2)
    expect(await disputes()).toEqual([])
    expect(moves()).toHaveLength(2)
  })

  test('are heard at each change of their own word', async () => {
    const [first, second] = [await orchestrator(says('code_green')), await orchestrator(says('design'))]
    await follow(first, 'first')
    await journal.until(() => moves().length === 1)
    await follow(second, 'second')
    await journal.until(() => moves().length === 2)
    says('refactor')(first)
    await tellAgain(first, 2)
    await journal.until(() => moves().length === 3)
    expect(journal.steps('alpha', 'story-1')).toEqual(['code_green', 'design', 'refactor'])
  })
})

test('what is concluded is no sign of life', async () => {
  const server = await orchestrator()
  await follow(server, 'first')
  server.transition('alpha', 'story-1', [null, 'design'])
  await journal.until(() => moves().length === 1)
  const heardAt = journal.events('alpha')[0]!.received_at
  says('code_green')(server)
  await tellAgain(server, 2)
  await journal.until(() => moves().length === 2)
  const state = await journal.stateOf('alpha')
  expect(state.cycles.get('story-1')).toMatchObject({ state: 'code_green', source: 'inferred', lastEventAt: heardAt })
  expect(attentionAt(state, heardAt + 10 * 60_000, { staleMinutes: 10 }).word).toBe('stale')
})
