import { expect, test } from 'bun:test'
import { foldLanes, openLanes } from '../../src/domain/timeline/lanes.ts'
import type { Lane } from '../../src/domain/timeline/lane.ts'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import { recentLanes } from '../../src/domain/timeline/recent-lanes.ts'
import { generateHistory, stored } from '../support/histories.ts'
import { MINUTE, T0, told } from '../support/told.ts'

const staysOf = (lane: Lane | undefined) =>
  lane?.bars.map(({ state, start, end }) => [state, (start - T0) / MINUTE, end === undefined ? undefined : (end - T0) / MINUTE])
const step = (minute: number, story_id: string, new_state: string) => ({
  type: 'tdd_transition',
  at: T0 + minute * MINUTE,
  story_id,
  new_state,
})

test('what the state remembers are the same stays as the events tell', () => {
  const events = stored(generateHistory({ count: 110, stories: 8 }), { at: T0, everyMs: MINUTE / 4 }).filter(
    ({ type }) => type === 'tdd_transition' || type === 'workflow_transition',
  )
  const numbered = events.map((event, index) => ({ ...event, offset: index + 1 }))
  const state = foldEvents(emptyProject(), numbered)
  expect(state.transitions.length).toBeLessThan(50)
  const folded = openLanes(emptyProject(), { from: T0 - 1, windowMs: 60 * MINUTE })
  foldLanes(folded, numbered)
  const recent = recentLanes(state, T0 - 1)
  expect([...recent.stories.keys()].toSorted()).toEqual([...folded.stories.keys()].toSorted())
  for (const [key, lane] of folded.stories) expect(staysOf(recent.stories.get(key))).toEqual(staysOf(lane))
  expect(staysOf(recent.workflow)).toEqual(staysOf(folded.workflow))
  expect(recent.stories.size).toBeGreaterThan(4)
})

test('a cycle ends when it is complete, and the next one of its story begins anew', () => {
  const state = told([
    step(0, 's-1', 'commit'),
    { type: 'tdd_cycle_completed', at: T0 + 4 * MINUTE, story_id: 's-1' },
    step(5, 's-2', 'commit'),
    step(9, 's-2', 'design'),
    step(10, 's-2', 'design'),
  ])
  const { stories } = recentLanes(state, T0 - MINUTE)
  expect(staysOf(stories.get('s-1'))).toEqual([['commit', 0, 4]])
  expect(staysOf(stories.get('s-2'))).toEqual([
    ['commit', 5, 5],
    ['design', 9, undefined],
  ])
})

test('it begins where the memory of the state does, and what goes on since before is there', () => {
  const early = [step(0, 's-early', 'test_red')]
  const steps = Array.from({ length: 60 }, (_, index) => step(10 + index / 2, `s-${index % 7}`, index % 2 ? 'test_red' : 'code_green'))
  const { stories, from } = recentLanes(told([...early, ...steps]), T0 - 60 * MINUTE)
  expect((from - T0) / MINUTE).toBe(15)
  expect(staysOf(stories.get('s-early'))).toEqual([['test_red', 0, undefined]])
})

test('marks are what the state knows of errors, CI, questions, answers and commands, in order', () => {
  const state = told([
    { type: 'approval_requested', approval_id: 'q', title: 'Run it?', story_id: 's-1' },
    { type: 'error_state', error_id: 'e', error_message: 'disk full' },
    { type: 'approval_requested', approval_id: 'p', title: 'And this?' },
    { type: 'approval_resolved', approval_id: 'p', decision: 'deny', by: 'mara' },
    { type: 'command_execution', command: '/sprint start', status: 'failed' },
    { type: 'ci_status', status: 'error', detail: 'npm test' },
  ])
  const { marks, stories } = recentLanes(state, T0 - MINUTE)
  expect(marks.map(({ kind, text }) => [kind, text])).toEqual([
    ['asked', 'Run it?'],
    ['error', 'disk full'],
    ['denied', 'mara'],
    ['command_failed', '/sprint start'],
    ['ci_failed', 'npm test'],
  ])
  expect(stories.get('s-1')?.asks).toMatchObject([{ approvalId: 'q', start: T0, end: undefined }])
})
