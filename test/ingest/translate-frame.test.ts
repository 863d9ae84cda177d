import { describe, expect, test } from 'bun:test'
import { expandFrame } from '../../src/ingest/accept/whole-states.ts'
import { type KnownState, translateFrame } from '../../src/ingest/orchestrator/translate-frame.ts'
import type { LinkScope } from '../../src/ingest/orchestrator/link-scope.ts'

const one: LinkScope = { name: 'main', projects: ['alpha'], offsetMs: undefined }
const two: LinkScope = { ...one, projects: ['alpha', 'beta'] }
const open: LinkScope = { ...one, projects: undefined }

const nothing: KnownState = {
  workflow: { state: 'IDLE', hasTransition: false, offset: 0 },
  cycles: new Map(),
  words: new Map(),
  transitions: [],
}
const unknown = () => nothing
const knowing =
  (cycles: Record<string, { state: string; offset: number; cycleId?: string }>, workflow = nothing.workflow) =>
  () => ({
    workflow,
    words: new Map(),
    transitions: [],
    cycles: new Map(Object.entries(cycles).map(([story, cycle]) => [story, { cycleId: undefined, ...cycle }])),
  })

const moved = {
  type: 'tdd_transition',
  timestamp: '2026-11-23T20:28:21.268704',
  project: 'alpha',
  story_id: 'story-1',
  old_state: 'design',
  new_state: 'test_red',
}
const told = { current_state: 'test_red', last_updated: '2026-11-23T20:28:21.268700', project: 'alpha' }
const stateOf = (tdd_cycles: Record<string, unknown>, workflow_state = 'IDLE') => ({
  type: 'current_state',
  timestamp: '2026-11-23T20:28:22.000000',
  workflow_state,
  tdd_cycles,
  active_cycles: 1,
})
const translate = (frame: { type: string; [field: string]: unknown }, scope = one, state = unknown) => translateFrame(frame, scope, state)
const ids = (frame: { type: string; [field: string]: unknown }, scope = one) => translate(frame, scope).events.map(({ event }) => event.id)

describe('the id of a broadcast transition', () => {
  test('is the same live, in the history and for another follower', () => {
    const history = { type: 'transition_history', history: [moved] }
    expect(ids(moved)).toEqual(ids(history))
    expect(ids({ ...moved })).toEqual(ids(moved, { ...two, offsetMs: 3_600_000 }))
    expect(ids(moved)[0]).toMatch(/^[0-9a-f]{32}$/)
  })

  test('does not depend on fields that only some orchestrators send', () => {
    expect(ids({ ...moved, cycle_id: 'tdd-cycle-1', old_state: null })).toEqual(ids(moved))
  })

  test.each([
    ['story', { story_id: 'story-2' }],
    ['state', { new_state: 'code_green' }],
    ['timestamp', { timestamp: '2026-11-23T20:28:21.268705' }],
    ['project', { project: 'beta' }],
  ])('differs with the %s', (_, change) => {
    expect(ids({ ...moved, ...change }, two)).not.toEqual(ids(moved, two))
  })

  test('is never the same without a timestamp', () => {
    const { timestamp: _, ...timeless } = moved
    expect(ids(timeless)).not.toEqual(ids(timeless))
  })
})

describe('the id of any other frame', () => {
  const activity = {
    type: 'agent_activity',
    timestamp: '2026-11-23T20:28:20',
    project: 'alpha',
    agent_type: 'CodeAgent',
    action: 'a',
    status: 'started',
  }

  test('comes from its content, whatever the order of its fields', () => {
    const reordered = Object.fromEntries(Object.entries(activity).toReversed())
    expect(ids(activity)).toEqual(ids({ type: 'agent_activity', ...reordered }))
    expect(ids({ ...activity, status: 'completed' })).not.toEqual(ids(activity))
  })

  test('is never the same without a timestamp', () => {
    const { timestamp: _, ...timeless } = activity
    expect(ids(timeless)).not.toEqual(ids(timeless))
  })
})

describe('whose a frame is', () => {
  const projectOf = (project: unknown, scope: LinkScope) => translate({ ...moved, project }, scope).events[0]?.project
  test('default is the only project of an orchestrator that has one', () => expect(projectOf('default', one)).toBe('alpha'))
  test('default is unassigned where there are several, or no list', () => {
    expect([projectOf('default', two), projectOf('default', open)]).toEqual(['unassigned', 'unassigned'])
  })
  test('no name is the default', () => expect(projectOf(undefined, one)).toBe('alpha'))
  test('a name counts in any case, as it is configured', () => expect(projectOf('ALPHA', two)).toBe('alpha'))
  test('a name outside the list is dropped and named', () => {
    expect(translate({ ...moved, project: 'gamma' }, two)).toEqual({ events: [], dropped: ['gamma'], refused: [] })
  })
  test('without a list every valid name counts, and no other', () => {
    expect(projectOf('gamma', open)).toBe('gamma')
    for (const name of ['../etc', '_projects', 'unassigned', '', 'x'.repeat(64), 7]) expect(projectOf(name, open)).toBeUndefined()
  })
})

describe('current_state', () => {
  const claims = (frame: ReturnType<typeof stateOf>, scope = one, state: () => KnownState = unknown) =>
    translate(frame, scope, state).events.map(({ project, event }) => ({ project, ...event }))

  test('yields an inferred transition for a cycle that is missing or in another state, and nothing for an equal one', () => {
    const inferred = { project: 'alpha', type: 'tdd_transition', story_id: 'story-1', new_state: 'test_red', inferred: true }
    expect(claims(stateOf({ 'story-1': told }))).toMatchObject([{ ...inferred, old_state: null }])
    expect(claims(stateOf({ 'story-1': told }), one, knowing({ 'story-1': { state: 'design', offset: 3 } }))).toMatchObject([
      { ...inferred, old_state: 'design' },
    ])
    expect(claims(stateOf({ 'story-1': told }), one, knowing({ 'story-1': { state: 'test_red', offset: 3 } }))).toEqual([])
  })

  test('says nothing of a cycle that it does not name', () => {
    expect(claims(stateOf({}), one, knowing({ 'story-1': { state: 'design', offset: 3 } }))).toEqual([])
  })

  test('belongs to the project inside each cycle, not to its story', () => {
    const cycles = { 'story-1': told, 'story-2': { ...told, project: 'beta' }, 'story-3': { ...told, project: 'gamma' } }
    const { events, dropped } = translate(stateOf(cycles), two)
    expect(events.map(({ project }) => project)).toEqual(['alpha', 'beta'])
    expect(dropped).toEqual(['gamma'])
  })

  test('gives two followers the same id, and the same state reached again another', () => {
    const inferredId = (offset: number) =>
      claims(stateOf({ 'story-1': told }), one, knowing({ 'story-1': { state: 'design', offset } }))[0]?.id
    expect(inferredId(3)).toBe(inferredId(3))
    expect(inferredId(3)).not.toBe(inferredId(9))
  })

  test('moves the workflow only of the one project of an orchestrator, and only while no transition was seen', () => {
    const active = stateOf({}, 'SPRINT_ACTIVE')
    expect(claims(active)).toMatchObject([{ project: 'alpha', type: 'workflow_transition', new_state: 'SPRINT_ACTIVE', inferred: true }])
    expect(claims(active, two)).toEqual([])
    expect(claims(active, open)).toEqual([])
    expect(claims(active, one, knowing({}, { state: 'BLOCKED', hasTransition: true, offset: 4 }))).toEqual([])
    expect(claims(active, one, knowing({}, { state: 'SPRINT_ACTIVE', hasTransition: false, offset: 4 }))).toEqual([])
  })

  test('keeps what newer orchestrators tell of a cycle', () => {
    const newer = { ...told, cycle_id: 'tdd-cycle-8', created_at: '2026-11-23T20:00:00.000001', progress: 0.4 }
    expect(claims(stateOf({ 'story-1': newer }))).toMatchObject([
      { cycle_id: 'tdd-cycle-8', created_at: newer.created_at, last_updated: told.last_updated },
      { type: 'tdd_progress_update', story_id: 'story-1', progress: 0.4 },
    ])
    expect(claims(stateOf({ 'story-1': { ...newer, progress: { tests: 3 } } }))).toMatchObject([{ progress_detail: { tests: 3 } }])
  })

  test('another cycle in the same state is a new cycle', () => {
    const known = knowing({ 'story-1': { state: 'test_red', offset: 3, cycleId: 'tdd-cycle-1' } })
    expect(claims(stateOf({ 'story-1': { ...told, cycle_id: 'tdd-cycle-2' } }), one, known)).toMatchObject([{ cycle_id: 'tdd-cycle-2' }])
    expect(claims(stateOf({ 'story-1': { ...told, cycle_id: 'tdd-cycle-1' } }), one, known)).toEqual([])
  })

  test('refuses a damaged cycle alone', () => {
    const { events, refused } = translate(stateOf({ bad: { current_state: 7 }, 'story-1': told, worse: null }))
    expect(events).toHaveLength(1)
    expect(refused).toHaveLength(2)
  })
})

describe('other frames', () => {
  test('history is expanded oldest first; what does not fit in it is refused alone', () => {
    const later = { ...moved, timestamp: '2026-11-23T20:28:22', new_state: 'code_green' }
    const history = [moved, { type: 'tdd_transition', story_id: 'x' }, 'text', { type: 'current_state' }, later]
    const { events, refused } = translate({ type: 'transition_history', history })
    expect(events.map(({ event }) => 'new_state' in event && event.new_state)).toEqual(['test_red', 'code_green'])
    expect(refused).toHaveLength(3)
  })

  test('a timestamp keeps its text; the instant is told where the clock is known', () => {
    const [event] = translate(moved, { ...one, offsetMs: -7_200_000 }).events.map((claimed) => claimed.event)
    expect(event).toMatchObject({ timestamp: moved.timestamp, occurred_at: '2026-11-23T18:28:21.268Z' })
    expect(translate(moved).events[0]?.event).not.toHaveProperty('occurred_at')
  })

  test('progress that is an object of figures does not cost the frame', () => {
    const started = {
      type: 'tdd_cycle_started',
      timestamp: '2026-11-23T20:28:20',
      project: 'alpha',
      story_id: 'story-1',
      cycle_id: 'c',
      progress: {},
    }
    expect(translate(started).events[0]?.event).toMatchObject({ type: 'tdd_cycle_started', cycle_id: 'c', progress_detail: {} })
  })

  test('nobody can pass a transition off as our conclusion, or a file as our reading', () => {
    expect(translate({ ...moved, inferred: true, occurred_at: 'x' }).events[0]?.event).not.toHaveProperty('inferred')
    expect(translate({ type: 'state_file', file: 'status.json', content: {} })).toMatchObject({
      events: [],
      refused: [{ problem: expect.any(String) }],
    })
  })
})

describe('a frame reported over HTTP', () => {
  test('gives the events, under the ids, that the link would store', () => {
    const history = expandFrame('alpha', { type: 'transition_history', history: [moved] }, nothing)
    expect(history.map(({ id }) => id)).toEqual(ids(moved))
    expect(expandFrame('alpha', stateOf({ 'story-1': told }), nothing)).toMatchObject([{ type: 'tdd_transition', inferred: true }])
  })

  test('is refused when a transition in it is another project’s', () => {
    expect(() => expandFrame('beta', { type: 'transition_history', history: [moved] }, nothing)).toThrow('alpha')
    expect(expandFrame('beta', stateOf({ 'story-1': told }), nothing)).toEqual([])
  })

  test('is refused as a whole when a part of it does not fit', () => {
    expect(() => expandFrame('alpha', { type: 'transition_history', history: [moved, {}] }, nothing)).toThrow('transition_history')
  })
})
