import { beforeEach, describe, expect, test } from 'bun:test'
import { type Journal, openJournal } from '../support/journal.ts'
import { openFollowed } from '../support/linked.ts'
import type { OrchestratorOptions, TestOrchestrator } from '../support/orchestrator.ts'

let journal: Journal

beforeEach(async () => {
  journal = await openJournal()
})

const followed = (options?: OrchestratorOptions, link?: Parameters<typeof openFollowed>[1]) => openFollowed(journal, link, options)

const LOOP = ['design', 'test_red', 'code_green', 'refactor', 'commit']
const inferred = (project: string) => journal.events(project).filter((event) => 'inferred' in event)

/** Lets stories take their next steps, and remembers them in order. */
function storyteller(server: TestOrchestrator) {
  const last = new Map<string, number>()
  const told: { project: string; story: string; state: string }[] = []
  return {
    of: (project: string) => told.filter((step) => step.project === project).map(({ story, state }) => `${story} ${state}`),
    step(project: string, story: string) {
      const count = last.get(story) ?? 0
      last.set(story, count + 1)
      const state = LOOP[count % LOOP.length]!
      told.push({ project, story, state })
      server.transition(project, story, [count === 0 ? null : LOOP[(count - 1) % LOOP.length]!, state])
    },
  }
}

const stored = (project: string) =>
  journal.events(project).flatMap((event) => (event.type === 'tdd_transition' ? [`${event.story_id} ${event.new_state}`] : []))

describe('after a lost connection', () => {
  test('what was missed is stored before what happens now', async () => {
    const { server, link } = await followed()
    server.transition('alpha', 'story-1', [null, 'design'])
    server.dropConnections()
    await link.until(({ state }) => state === 'waiting')
    server.transition('alpha', 'story-1', ['design', 'test_red'])
    server.transition('alpha', 'story-1', ['test_red', 'code_green'])
    const connections = server.connections()
    await server.until(() => server.connections() > connections)
    // Broadcast on the new connection before anybody asked for the history.
    server.transition('alpha', 'story-1', ['code_green', 'refactor'])
    await journal.until(() => journal.steps('alpha', 'story-1').length >= 4)
    expect(journal.steps('alpha', 'story-1')).toEqual(['design', 'test_red', 'code_green', 'refactor'])
    expect(inferred('alpha')).toEqual([])
    // The state told on connect is older than the history: it raises no further questions.
    expect(server.requests()).toHaveLength(4)
  })

  test('in the middle of transitions, twenty times at random, each change is stored once and in order', async () => {
    // On a busy machine many a connection in a row is lost before it brought its history.
    const { server } = await followed(
      { historyLength: 1_000 },
      { projects: ['alpha', 'beta'], timing: { firstDelayMs: 5, longestDelayMs: 10 } },
    )
    const teller = storyteller(server)
    const anyStory = () => {
      const project = Math.random() < 0.5 ? 'alpha' : 'beta'
      teller.step(project, `${project}-${Math.floor(Math.random() * 3)}`)
    }
    const pauses = [
      async () => undefined,
      () => server.until(() => server.connected() > 0),
      () => server.until(() => server.connected() === 0),
      async () => new Promise<void>((resolve) => void setImmediate(resolve)),
      () => ((seen) => server.until(() => server.requests().length > seen))(server.requests().length),
    ]
    for (let drop = 0; drop < 20; drop++) {
      await server.until(() => server.connected() > 0)
      for (let count = Math.floor(Math.random() * 4); count >= 0; count--) anyStory()
      if (Math.random() < 0.5) await new Promise<void>((resolve) => void setImmediate(resolve))
      server.dropConnections()
      for (let count = Math.floor(Math.random() * 3); count >= 0; count--) anyStory()
      if (Math.random() < 0.5) await pauses[2]!()
      anyStory()
      await pauses[Math.random() < 0.5 ? 1 : 4]!()
      anyStory()
    }
    for (const project of ['alpha', 'beta']) {
      await journal.until(() => stored(project).length >= teller.of(project).length)
      expect(stored(project)).toEqual(teller.of(project))
      expect(inferred(project)).toEqual([])
    }
  })

  test('the same held frames are not stored in the wrong place', async () => {
    const { server, link } = await followed()
    server.dropConnections()
    await link.until(({ state }) => state === 'waiting')
    server.transition('alpha', 'story-1', [null, 'design'])
    for (const connection of [2, 3, 4]) {
      await server.until(() => server.connections() >= connection && server.connected() > 0)
      // Lost again before the history could be answered: what came live waits for the next one.
      server.transition('alpha', 'story-1', ['design', 'test_red'])
      server.transition('alpha', 'story-1', ['test_red', 'design'])
      server.dropConnections()
    }
    await journal.until(() => journal.steps('alpha', 'story-1').length >= 7)
    expect(journal.steps('alpha', 'story-1')).toEqual(['design', 'test_red', 'design', 'test_red', 'design', 'test_red', 'design'])
  })
})

describe('a current state', () => {
  test('that overtakes its transition does not make the change twice', async () => {
    const { server } = await followed()
    const late = server.quietTransition('alpha', 'story-1', [null, 'design'])
    server.sendState()
    server.send(late)
    server.transition('alpha', 'story-1', ['design', 'test_red'])
    await journal.until(() => journal.steps('alpha', 'story-1').length >= 2)
    await server.until(() => server.requests().length >= 4)
    server.transition('alpha', 'story-1', ['test_red', 'code_green'])
    await journal.until(() => journal.steps('alpha', 'story-1').includes('code_green'))
    expect(journal.steps('alpha', 'story-1')).toEqual(['design', 'test_red', 'code_green'])
    expect(inferred('alpha')).toEqual([])
  })

  test('brings what an orchestrator never broadcast, from its history', async () => {
    const { server } = await followed()
    server.quietTransition('alpha', 'story-1', [null, 'design'])
    server.quietTransition('alpha', 'story-1', ['design', 'test_red'])
    server.sendState()
    await journal.until(() => journal.steps('alpha', 'story-1').length >= 2)
    expect(journal.steps('alpha', 'story-1')).toEqual(['design', 'test_red'])
    expect(inferred('alpha')).toEqual([])
  })

  test('that no transition explains is inferred once, over any number of connections', async () => {
    const { server } = await followed()
    server.setCycle('story-1', { current_state: 'code_green', project: 'alpha' })
    for (const _ of [1, 2, 3]) {
      const asked = server.requests().length
      server.dropConnections()
      await server.until(() => server.requests().length >= asked + 2)
    }
    await journal.until(() => journal.steps('alpha', 'story-1').length > 0)
    server.transition('alpha', 'story-1', ['code_green', 'refactor'])
    await journal.until(() => journal.steps('alpha', 'story-1').includes('refactor'))
    expect(journal.steps('alpha', 'story-1')).toEqual(['code_green', 'refactor'])
    expect(inferred('alpha')).toMatchObject([{ story_id: 'story-1', new_state: 'code_green', inferred: true }])
  })

  test('that an orchestrator without memory comes back to is inferred again', async () => {
    const { server, link } = await followed()
    for (const state of ['test_red', 'design', 'test_red', 'design']) {
      server.forget()
      server.setCycle('story-1', { current_state: state, project: 'alpha', last_updated: 'always the same' })
      const before = journal.steps('alpha', 'story-1').length
      server.dropConnections()
      await journal.until(() => journal.steps('alpha', 'story-1').length > before)
      await link.until((health) => health.state === 'connected')
    }
    expect(journal.steps('alpha', 'story-1')).toEqual(['test_red', 'design', 'test_red', 'design'])
  })
})

describe('a history', () => {
  test('that never comes is not waited for', async () => {
    const { server } = await followed({ ignoredRequests: ['get_history'] }, { timing: { historyMs: 50 } })
    server.transition('alpha', 'story-1', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-1').length > 0)
    expect(inferred('alpha')).toEqual([])
  })

  test('that comes late does not leave an older state behind', async () => {
    const { server } = await followed({ ignoredRequests: ['get_history'] }, { timing: { historyMs: 30 } })
    server.quietTransition('alpha', 'story-1', [null, 'design'])
    server.quietTransition('alpha', 'story-1', ['design', 'test_red'])
    server.transition('alpha', 'story-1', ['test_red', 'code_green'])
    await journal.until(() => journal.steps('alpha', 'story-1').length > 0)
    server.sendHistory()
    await journal.until(() => inferred('alpha').length > 0)
    expect(journal.steps('alpha', 'story-1')).toEqual(['code_green', 'design', 'test_red', 'code_green'])
  })

  test('that an older orchestrator does not know is not waited for', async () => {
    const { server } = await followed({ unknownRequests: ['get_history'] }, { timing: { historyMs: 60_000 } })
    server.transition('alpha', 'story-1', [null, 'design'])
    await journal.until(() => journal.steps('alpha', 'story-1').length > 0)
    expect(inferred('alpha')).toEqual([])
  })
})

describe('while the log is away', () => {
  test('frames wait, and are stored in order when it is back', async () => {
    const { server, link } = await followed()
    const { of, step } = storyteller(server)
    journal.away(true)
    for (let count = 0; count < 30; count++) step('alpha', 'story-1')
    const health = await link.until(({ lastProblem, framesWaiting }) => framesWaiting > 0 && lastProblem !== undefined)
    expect(health.lastProblem).toBe('cannot be stored now: the disk is away')
    journal.away(false)
    await journal.until(() => journal.steps('alpha', 'story-1').length >= 30)
    expect(stored('alpha')).toEqual(of('alpha'))
    expect((await link.until(({ lastProblem }) => lastProblem === undefined)).state).toBe('connected')
  })

  test('no more is received than can be held, and nothing of the rest is lost', async () => {
    const { server, link } = await followed()
    const { of, step } = storyteller(server)
    journal.away(true)
    for (let count = 0; count < 20; count++) step('alpha', 'story-1')
    const long = { type: 'user_presence', project: 'alpha', user_id: 'u', action: 'typing', text: 'a'.repeat(900_000) }
    for (let count = 0; count < 60; count++) server.send({ ...long, count })
    await link.until(({ framesWaiting }) => framesWaiting >= 38)
    const refusals = journal.refusals()
    await journal.until(() => journal.refusals() >= refusals + 3)
    expect(link.health().framesWaiting).toBeLessThan(60)
    for (let count = 0; count < 20; count++) step('alpha', 'story-1')
    journal.away(false)
    await journal.until(() => journal.steps('alpha', 'story-1').length >= 40)
    expect(stored('alpha')).toEqual(of('alpha'))
    expect(journal.events('alpha').filter(({ type }) => type === 'user_presence')).toHaveLength(60)
    expect(server.connections()).toBe(1)
  })
})

describe('a flood', () => {
  const chatter = (project: string, count: number) => ({ type: 'user_presence', project, user_id: 'u', action: `typed ${count}` })

  test('of thousands of small frames in one write is stored to the last', async () => {
    const { server } = await followed()
    for (let count = 0; count < 10_000; count++) server.send(chatter('alpha', count))
    await journal.until(() => journal.events('alpha').length >= 10_000)
    expect(journal.events('alpha').map((event) => 'action' in event && event.action)).toEqual(
      Array.from({ length: 10_000 }, (_, count) => `typed ${count}`),
    )
    expect(server.connections()).toBe(1)
  })

  test('for many projects is stored to the last', async () => {
    const { server } = await followed({}, { projects: undefined })
    for (let count = 0; count < 4_000; count++) server.send(chatter(`project-${count % 200}`, count))
    await journal.until(() => journal.projects().reduce((sum, name) => sum + journal.events(name).length, 0) >= 4_000)
    expect(journal.projects().map((name) => journal.events(name).length)).toEqual(Array.from({ length: 200 }, () => 20))
  })

  test('that comes with the connection, before the history, is stored to the last', async () => {
    const { server, link } = await followed({ ignoredRequests: ['get_history'] }, { timing: { historyMs: 60_000 } })
    for (let count = 0; count < 5_000; count++) server.send(chatter('alpha', count))
    await journal.until(() => journal.events('alpha').length >= 5_000)
    expect(link.health().refused).toBe(0)
  })
})
