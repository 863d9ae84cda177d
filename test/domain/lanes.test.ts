import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { type Lane, type Lanes, MIXED } from '../../src/domain/timeline/lane.ts'
import { foldLanes, followTo, jumpTo, openLanes, trimLanes } from '../../src/domain/timeline/lanes.ts'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import { generateHistory, historyArbitrary, stored } from '../support/histories.ts'

const BEGAN = Date.UTC(2026, 10, 23, 13)
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const at = (minute: number) => BEGAN + minute * MINUTE_MS

type Report = { type: string; minute: number; [field: string]: unknown }

const numbered = (reports: Report[], after = 0): StoredEvent[] =>
  reports.map(({ minute, ...report }, index) => {
    const offset = after + index + 1
    return { ...report, id: `event-${offset}`, offset, received_at: at(minute) } as unknown as StoredEvent
  })

const step = (minute: number, story_id: string, new_state: string, more = {}): Report => ({
  type: 'tdd_transition',
  minute,
  story_id,
  new_state,
  ...more,
})
const says = (minute: number, agent_id: string, status: string, more = {}): Report => ({
  type: 'agent_status',
  minute,
  agent_id,
  status,
  ...more,
})

function lanesOf(reports: Report[], before: Report[] = []): Lanes {
  const state = foldEvents(emptyProject(), numbered(before))
  const lanes = openLanes(state, { from: BEGAN, windowMs: HOUR_MS })
  foldLanes(lanes, numbered(reports, before.length))
  return lanes
}

/** `test_red 0-10`, in minutes; a bar that goes on has no end. */
const told = (lane: Lane | undefined) =>
  lane?.bars.map(({ state, start, end }) => `${state} ${minuteOf(start)}-${end === undefined ? '' : minuteOf(end)}`)
const minuteOf = (instant: number) => (instant - BEGAN) / MINUTE_MS

/** All that lanes say, comparable. */
const whole = ({ workflow, stories, agents, marks, busy, state, unread, forgotten }: Lanes) => ({
  ...{ workflow, marks, busy, unread, forgotten },
  offset: state.offset,
  stories: [...stories.values()],
  agents: [...agents.values()],
})

test('a story goes through its phases, one bar each, and the last ends with its cycle', () => {
  const lanes = lanesOf([
    step(0, 's-1', 'design'),
    step(5, 's-1', 'test_red'),
    step(20, 's-1', 'code_green'),
    step(30, 's-1', 'commit'),
    { type: 'tdd_cycle_completed', minute: 34, story_id: 's-1' },
    step(40, 's-2', 'test_red'),
  ])
  expect(told(lanes.stories.get('s-1'))).toEqual(['design 0-5', 'test_red 5-20', 'code_green 20-30', 'commit 30-34'])
  expect(told(lanes.stories.get('s-2'))).toEqual(['test_red 40-'])
})

test('what goes on when the window begins is there with its beginning, and what was over is not', () => {
  const lanes = lanesOf(
    [step(10, 's-1', 'code_green')],
    [step(-90, 's-1', 'test_red'), step(-80, 's-0', 'commit'), says(-70, 'gone', 'ended'), says(-60, 'lead', 'waiting')],
  )
  expect([...lanes.stories.keys()]).toEqual(['s-1'])
  expect(told(lanes.stories.get('s-1'))).toEqual(['test_red -90-10', 'code_green 10-'])
  expect([...lanes.agents.keys()]).toEqual(['lead'])
})

test('an agent shows what it was in; its sub-agents end with it, and a story says who worked on it', () => {
  const lanes = lanesOf([
    step(0, 's-1', 'test_red'),
    says(0, 'lead', 'working'),
    says(1, 'code', 'working', { parent_agent_id: 'lead', story_id: 's-1' }),
    { type: 'approval_requested', minute: 5, approval_id: 'q', title: 'Run it?', agent_id: 'code', story_id: 's-1' },
    { type: 'approval_resolved', minute: 9, approval_id: 'q', decision: 'allow', by: 'mara' },
    says(20, 'lead', 'ended'),
  ])
  expect(told(lanes.agents.get('code'))).toEqual(['working 1-5', 'needs_input 5-9', 'working 9-20'])
  expect(told(lanes.agents.get('lead'))).toEqual(['working 0-20'])
  expect(lanes.stories.get('s-1')?.bars[0]?.by).toBe('code')
  expect(lanes.stories.get('s-1')?.asks).toMatchObject([{ approvalId: 'q', start: at(5), end: at(9), by: 'code' }])
  expect(lanes.marks.map(({ kind, text }) => [kind, text])).toEqual([
    ['asked', 'Run it?'],
    ['allowed', 'mara'],
  ])
})

test('a question that expired ends when it did', () => {
  const ask = { type: 'approval_requested', minute: 0, approval_id: 'q', title: 'Run it?', story_id: 's-1' }
  const lanes = lanesOf([
    { ...ask, expires_at: new Date(at(10)).toISOString() },
    { type: 'approval_resolved', minute: 30, approval_id: 'q', decision: 'withdrawn' },
  ])
  expect(lanes.stories.get('s-1')?.asks).toMatchObject([{ start: at(0), end: at(10) }])
})

test('marks tell questions, answers, errors, CI and commands, and nothing that is resolved or goes on', () => {
  const lanes = lanesOf([
    { type: 'error_state', minute: 1, error_message: 'disk full', story_id: 's-1' },
    { type: 'error_state', minute: 2, error_message: 'disk full', resolved: true },
    { type: 'ci_status', minute: 3, status: 'error', detail: 'npm test' },
    { type: 'command_execution', minute: 4, command: '/sprint start', status: 'started' },
    { type: 'command_execution', minute: 5, command: '/sprint start', status: 'progress' },
    { type: 'command_execution', minute: 6, command: '/sprint start', status: 'cancelled' },
    { type: 'chat_message', minute: 7, message: 'hello' },
  ])
  expect(lanes.marks.map(({ kind, text, storyId }) => [kind, text, storyId])).toEqual([
    ['error', 'disk full', 's-1'],
    ['ci_failed', 'npm test', undefined],
    ['command', '/sprint start', undefined],
    ['command_failed', '/sprint start cancelled', undefined],
  ])
})

test('pauses are kept apart, from the last event before to the first after', () => {
  const lanes = lanesOf([0, 0.1, 0.2, 20, 20.1, 59].map((minute) => ({ type: 'chat_message', minute, message: 'x' })))
  expect(lanes.busy.map(([first, last]) => [minuteOf(first), minuteOf(last)])).toEqual([
    [0, 0.2],
    [20, 20.1],
    [59, 59],
  ])
})

test('stated times in any order change nothing, and a lane never goes back', () => {
  const stated = (minute: number, phase: string, by: number) => step(minute, 's-1', phase, { timestamp: new Date(at(by)).toISOString() })
  const file = (minute: number, mtime: number, state: string) => ({
    type: 'state_file',
    minute,
    file: 'status.json',
    mtime: new Date(at(mtime)).toISOString(),
    content: { tdd_cycles: { 's-1': { current_state: state } } },
  })
  const lanes = lanesOf([stated(0, 'design', 50), stated(10, 'test_red', -30), stated(20, 'code_green', 5), file(30, -600, 'refactor')])
  expect(told(lanes.stories.get('s-1'))?.slice(0, 3)).toEqual(['design 0-10', 'test_red 10-20', expect.stringMatching(/^code_green 20-/)])
  const bars = lanes.stories.get('s-1')?.bars ?? []
  for (const [index, bar] of bars.entries()) expect(bar.start).toBeGreaterThanOrEqual(bars[index - 1]?.end ?? bar.start)
})

test('of many steps, lanes, marks and pauses a bounded number is kept; short neighbours become one', () => {
  const steps = Array.from({ length: 1_000 }, (_, index) => step(index / 20, 's-1', index % 2 === 0 ? 'test_red' : 'code_green'))
  const lane = lanesOf([...steps.slice(0, 400), ...steps.slice(400).map((one) => ({ ...one, minute: one.minute * 2 }))]).stories.get('s-1')
  expect(lane?.bars.length).toBe(160)
  expect(lane?.bars.reduce((sum, bar) => sum + bar.steps, 0)).toBe(1_000)
  expect(lane?.bars.some(({ state }) => state === MIXED)).toBe(true)
  expect(lane?.bars.at(-1)).toMatchObject({ state: 'code_green', end: undefined })

  const many = Array.from({ length: 900 }, (_, index) => [
    step(index, `s-${index}`, 'design'),
    { type: 'ci_status', minute: index, status: 'passed' },
  ]).flat()
  const lanes = lanesOf(many)
  expect([lanes.stories.size, lanes.forgotten.stories.size, lanes.forgotten.agents.size, lanes.marks.length]).toEqual([200, 700, 0, 400])
  expect([...lanes.stories.keys()].at(-1)).toBe('s-899')
})

test('a story that is too many counts once, however often a file repeats it, and no longer once the window moved on', () => {
  const stories = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`s-${index}`, { current_state: 'design' }]))
  const file = (minute: number, mode: string, told: object) => ({
    ...{ type: 'state_file', minute, file: 'status.json', mtime: new Date(at(minute)).toISOString() },
    content: { orchestration_mode: mode, tdd_cycles: told },
  })
  const lanes = lanesOf([file(0, 'a', stories), file(1, 'b', stories), file(2, 'c', stories)])
  expect([lanes.stories.size, lanes.forgotten.stories.size, lanes.forgotten.agents.size]).toEqual([200, 100, 0])
  const over = lanesOf(Array.from({ length: 300 }, (_, index) => step(index / 10, `s-${index}`, 'commit')))
  expect(over.forgotten.stories.size).toBe(100)
  trimLanes(over, at(29))
  expect(over.forgotten.stories.size).toBe(0)
})

test('what ended before the window moved on is forgotten', () => {
  const lanes = lanesOf([
    step(0, 's-1', 'commit'),
    step(5, 's-2', 'design'),
    { type: 'ci_status', minute: 6, status: 'passed' },
    step(30, 's-2', 'test_red'),
  ])
  trimLanes(lanes, at(31))
  expect([...lanes.stories.keys()]).toEqual(['s-2'])
  expect(told(lanes.stories.get('s-2'))).toEqual(['test_red 30-'])
  expect([lanes.marks, lanes.busy, lanes.from]).toEqual([[], [], at(31)])
})

test('a jump over unread events knows the last stays with their beginnings, and says how much it passed over', () => {
  const before = numbered([step(0, 's-1', 'design')])
  const between = numbered([step(5, 's-1', 'test_red'), step(9, 's-1', 'code_green'), says(9, 'code', 'working')], 1)
  const lanes = openLanes(foldEvents(emptyProject(), before), { from: BEGAN, windowMs: HOUR_MS })
  jumpTo(lanes, foldEvents(lanes.state, between))
  expect(told(lanes.stories.get('s-1'))).toEqual(['design 0-9', 'code_green 9-'])
  expect(told(lanes.agents.get('code'))).toEqual(['working 9-'])
  expect([lanes.unread, lanes.state.offset]).toEqual([3, 4])
})

test('whatever is reported in whatever batches, the lanes are those of all events at once', () => {
  fc.assert(
    fc.property(historyArbitrary(), fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (history, sizes) => {
      const events = history
      const beginning = { from: BEGAN, windowMs: HOUR_MS }
      const [atOnce, inBatches] = [openLanes(emptyProject(), beginning), openLanes(emptyProject(), beginning)]
      foldLanes(atOnce, events)
      let state = emptyProject()
      for (let index = 0, turn = 0; index < events.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1
        const batch = events.slice(index, index + size)
        state = foldEvents(state, batch)
        // As it comes over the bus: with some of what is known already before it.
        followTo(inBatches, events.slice(Math.max(0, index - 3), index + size), state)
        index += size
      }
      expect(whole(inBatches)).toEqual(whole(atOnce))
    }),
    { numRuns: 150 },
  )
})

test('the lanes end as the state of the project says', () => {
  const events = stored(generateHistory({ count: 3_000 }), { at: BEGAN, everyMs: 1_000 })
  const lanes = openLanes(emptyProject(), { from: BEGAN, windowMs: HOUR_MS })
  foldLanes(lanes, events)
  const state = foldEvents(emptyProject(), events)
  for (const cycle of state.cycles.values()) {
    expect(lanes.stories.get(cycle.storyId)?.bars.at(-1)).toMatchObject({ state: cycle.state, start: cycle.enteredAt })
  }
  for (const agent of state.agents.values()) {
    expect(lanes.agents.get(agent.agentId)?.bars.at(-1)).toMatchObject({ state: agent.status, start: agent.since })
  }
})
