import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { decodeState, encodeState, stateHash } from '../../src/domain/project/state-codec.ts'
import { generateHistory, historyArbitrary, stored } from '../support/histories.ts'
import { MINUTE, T0, told } from '../support/told.ts'

const fold = (events: Parameters<typeof foldEvents>[1]) => foldEvents(emptyProject(), events)

describe('a history folded', () => {
  test('in batches is the same state as one by one, and as all at once', () => {
    fc.assert(
      fc.property(historyArbitrary(), fc.integer({ min: 1, max: 9 }), (events, size) => {
        let batched = emptyProject()
        for (let at = 0; at < events.length; at += size) batched = foldEvents(batched, events.slice(at, at + size))
        const single = events.reduce((state, event) => foldEvents(state, [event]), emptyProject())
        expect(batched).toEqual(fold(events))
        expect([stateHash(batched), stateHash(single)]).toEqual([stateHash(fold(events)), stateHash(fold(events))])
      }),
      { numRuns: 60 },
    )
  })

  test('with events that it had before is the same object', () => {
    fc.assert(
      fc.property(historyArbitrary({ maxLength: 30 }), fc.nat(), (events, place) => {
        const state = fold(events)
        expect(foldEvents(state, events.slice(place % events.length))).toBe(state)
        const half = events.slice(0, place % events.length)
        expect(stateHash(foldEvents(fold(half), events))).toBe(stateHash(state))
      }),
      { numRuns: 40 },
    )
  })

  test('never changes the state that it began with', () => {
    fc.assert(
      fc.property(historyArbitrary(), fc.nat(), (events, place) => {
        const before = fold(events.slice(0, place % events.length))
        const hash = stateHash(before)
        foldEvents(before, events)
        expect(stateHash(before)).toBe(hash)
      }),
      { numRuns: 40 },
    )
  })

  test('of one project never touches another', () => {
    fc.assert(
      fc.property(historyArbitrary({ maxLength: 20 }), historyArbitrary({ maxLength: 20 }), (ours, theirs) => {
        const alone = stateHash(fold(ours))
        let [one, other] = [emptyProject(), emptyProject()]
        for (let index = 0; index < Math.max(ours.length, theirs.length); index++) {
          one = foldEvents(one, ours.slice(index, index + 1))
          other = foldEvents(other, theirs.slice(index, index + 1))
        }
        expect([stateHash(one), stateHash(other)]).toEqual([alone, stateHash(fold(theirs))])
      }),
      { numRuns: 40 },
    )
  })

  test('is the same after a snapshot, and goes on in the same way', () => {
    fc.assert(
      fc.property(historyArbitrary(), fc.nat(), (events, place) => {
        const before = fold(events.slice(0, place % events.length))
        const decoded = decodeState(encodeState(before))
        expect(decoded).toEqual(before)
        expect(stateHash(decoded)).toBe(stateHash(before))
        expect(stateHash(foldEvents(decoded, events))).toBe(stateHash(fold(events)))
      }),
      { numRuns: 40 },
    )
  })

  test('stays within its bounds, however long it is', () => {
    const state = fold(stored(generateHistory({ count: 15_000, stories: 6_000, agents: 2_500 }), { everyMs: 5_000 }))
    const over = [...state.cycles.values()].filter(({ state: phase }) => phase === 'commit').length
    expect(state.cycles.size).toBeLessThanOrEqual(2_500)
    expect(over).toBeLessThanOrEqual(1_000)
    expect(state.agents.size).toBeLessThanOrEqual(1_500)
    expect([state.transitions.length, state.minutes.length]).toEqual([50, 60])
    expect(state.approvals.size).toBeLessThanOrEqual(20)
  })

  test('keeps what is new when it forgets', () => {
    const steps = Array.from({ length: 3_000 }, (_, index) => ({ type: 'tdd_transition', story_id: `story-${index}`, new_state: 'commit' }))
    const asks = Array.from({ length: 300 }, (_, index) => ({ type: 'approval_requested', approval_id: `approval-${index}`, title: 'Go?' }))
    const errors = Array.from({ length: 300 }, (_, index) => ({
      type: 'error_state',
      error_id: `error-${index}`,
      error_message: 'no',
      severity: 'low',
    }))
    const orders = Array.from({ length: 100 }, (_, index) => ({
      type: 'command_execution',
      command_id: `command-${index}`,
      command: '/epic',
      status: 'started',
    }))
    const ends = Array.from({ length: 1_000 }, (_, index) => ({ type: 'agent_status', agent_id: `agent-${index}`, status: 'ended' }))
    const state = told([...steps, ...asks, ...errors, ...orders, ...ends])
    const last = (map: Map<string, unknown>) => [...map.keys()].at(-1)
    // Nobody decided them: to forget one would say that nobody waits.
    expect([state.approvals.size, last(state.approvals)]).toEqual([300, 'approval-299'])
    expect([state.errors.size, last(state.errors)]).toEqual([100, 'error-299'])
    expect([state.commands.size, last(state.commands)]).toEqual([50, 'command-99'])
    expect([state.cycles.size, last(state.cycles)]).toEqual([500, 'story-2999'])
    expect(state.agents.size).toBeLessThanOrEqual(400)
    expect(last(state.agents)).toBe('agent-999')
  })

  test('copies nothing only to look for what to forget', () => {
    const cycles = Array.from({ length: 600 }, (_, index) => ({ type: 'tdd_transition', story_id: `story-${index}`, new_state: 'design' }))
    const agents = Array.from({ length: 300 }, (_, index) => ({ type: 'agent_status', agent_id: `agent-${index}`, status: 'working' }))
    const before = told([...cycles, ...agents])
    const after = told(
      Array.from({ length: 200 }, () => ({ type: 'chat_message', message: 'hello' })),
      before,
    )
    expect([after.cycles === before.cycles, after.agents === before.agents]).toEqual([true, true])
  })

  test('leaves what no event touched the same object', () => {
    const before = told([
      { type: 'tdd_transition', story_id: 's1', new_state: 'design' },
      { type: 'tdd_transition', story_id: 's2', new_state: 'design' },
      { type: 'agent_activity', agent_type: 'QAAgent', action: 'a', status: 'started' },
      { type: 'workflow_transition', new_state: 'IDLE' },
    ])
    const after = told([{ type: 'tdd_transition', story_id: 's1', new_state: 'test_red' }], before)
    const same = (Object.keys(before) as (keyof ProjectState)[]).filter((key) => before[key] === after[key])
    expect(Object.keys(before).filter((key) => !same.includes(key as keyof ProjectState))).toEqual([
      ...['offset', 'lastEventAt', 'transitions', 'cycles', 'minutes'],
    ])
    expect(after.cycles.get('s2')).toBe(before.cycles.get('s2'))
    expect(after.cycles.get('s1')).not.toBe(before.cycles.get('s1'))
  })
})

describe('the state of a project', () => {
  test('counts events by the minute', () => {
    const chat = { type: 'chat_message', message: 'hello' }
    const { minutes } = told([{ ...chat, at: T0 }, chat, { ...chat, at: T0 + 2 * MINUTE }])
    expect(minutes).toEqual([
      [T0 / MINUTE, 2],
      [T0 / MINUTE + 2, 1],
    ])
  })

  test('knows when it was heard of first and last', () => {
    const own = { type: 'x-own' }
    expect(
      told([
        { ...own, at: T0 },
        { ...own, at: T0 + MINUTE },
      ]),
    ).toMatchObject({ offset: 2, firstEventAt: T0, lastEventAt: T0 + MINUTE })
  })

  test('adds up what was used, by the project and by the agent', () => {
    const agent = { agent_id: 'session-1' }
    const { usage, agents } = told([
      { type: 'agent_status', ...agent, status: 'working' },
      { type: 'usage', ...agent, input_tokens: 100, output_tokens: 20, cost_usd: 0.5 },
      { type: 'usage', input_tokens: 1, cache_read_tokens: 7 },
    ])
    expect(usage).toEqual({ inputTokens: 101, outputTokens: 20, cacheReadTokens: 7, costUsd: 0.5 })
    expect(agents.get('session-1')?.usage).toEqual({ inputTokens: 100, outputTokens: 20, cacheReadTokens: 0, costUsd: 0.5 })
  })

  test('follows what an orchestrator says of commands', () => {
    const order = { type: 'command_execution', command_id: 'c1', command: '/sprint pause', user_id: 'mara' }
    const { commands } = told([
      { ...order, status: 'started' },
      { ...order, user_id: null, status: 'completed', result: { paused: true } },
      { ...order, user_id: null, status: 'completed', result: null },
    ])
    expect([...commands.values()]).toMatchObject([
      { commandId: 'c1', command: '/sprint pause', status: 'completed', by: 'mara', result: '{"paused":true}' },
    ])
  })

  test('is refused from a snapshot that is none', () => {
    for (const text of ['{}', '[]', '{"offset":1,"workflow":{}}']) expect(() => decodeState(text)).toThrow('no project state')
  })

  test('has the same hash for the same content, whatever the order of keys', () => {
    const parallel = (data: object) => told([{ type: 'parallel_status', status_data: data }])
    expect(stateHash(parallel({ a: 1, b: { c: 2, d: 3 } }))).toBe(stateHash(parallel({ b: { d: 3, c: 2 }, a: 1 })))
    expect(stateHash(parallel({ a: 1 }))).not.toBe(stateHash(parallel({ a: 2 })))
    expect(stateHash(emptyProject())).toMatch(/^[0-9a-f]{64}$/)
  })
})
