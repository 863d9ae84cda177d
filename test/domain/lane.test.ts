import { expect, test } from 'bun:test'
import { emptyProject, FOLD_VERSION } from '../../src/domain/project.ts'
import { decodeState, encodeState } from '../../src/domain/state-codec.ts'
import { MINUTE, T0, told } from '../support/told.ts'

const at = (minutes: number) => T0 + minutes * MINUTE
const step = (minutes: number, new_state: string, story_id = 's-1') => ({ type: 'tdd_transition', at: at(minutes), story_id, new_state })
const agent = (minutes: number, status: string, agent_id = 'a') => ({ type: 'agent_status', at: at(minutes), agent_id, status })

test('a story takes time from phase to phase, and none between its cycles', () => {
  const { storyLanes } = told([
    step(0, 'design'),
    step(3, 'test_red'),
    { type: 'tdd_progress_update', at: at(4), story_id: 's-1', progress: 0.4 },
    step(8, 'commit'),
    { type: 'tdd_cycle_completed', at: at(9), story_id: 's-1' },
    step(20, 'design'),
  ])
  expect(storyLanes.get('s-1')).toEqual([
    { state: 'design', from: at(0), to: at(3) },
    { state: 'test_red', from: at(3), to: at(8) },
    { state: 'commit', from: at(8), to: at(9) },
    { state: 'design', from: at(20), to: undefined },
  ])
})

test('an agent takes time while it works, asks or waits; idle, it takes none', () => {
  const { agentLanes } = told([
    agent(0, 'working'),
    agent(2, 'working'),
    agent(5, 'needs_input'),
    agent(6, 'idle'),
    agent(9, 'working'),
    agent(12, 'ended'),
  ])
  expect(agentLanes.get('a')).toEqual([
    { state: 'working', from: at(0), to: at(5) },
    { state: 'needs_input', from: at(5), to: at(6) },
    { state: 'working', from: at(9), to: at(12) },
  ])
})

test('what moves nothing leaves the lanes the same object, so that nothing is drawn again', () => {
  const before = told([step(0, 'design'), agent(0, 'working')])
  const after = told([{ type: 'tdd_progress_update', story_id: 's-1', progress: 0.5 }, agent(2, 'working')], before)
  expect(after.storyLanes).toBe(before.storyLanes)
  expect(after.agentLanes).toBe(before.agentLanes)
})

test('lanes stay bounded: in number, in length and in age; those that moved last stay', () => {
  const many = Array.from({ length: 300 }, (_, index) => step(index / 60, 'design', `s-${index}`))
  const long = Array.from({ length: 100 }, (_, index) => step(10 + index, index % 2 ? 'code_green' : 'refactor', 's-299'))
  const state = told([...many, ...long, ...Array.from({ length: 300 }, (_, index) => agent(200, 'working', `a-${index}`))])
  expect([state.storyLanes.size, state.agentLanes.size]).toEqual([200, 200])
  expect([...state.storyLanes.keys()].at(-1)).toBe('s-299')
  expect(state.storyLanes.get('s-299')).toHaveLength(40)
  const later = told([step(25 * 60 + 200, 'design', 's-299')], state)
  expect(later.storyLanes.get('s-299')?.map(({ state: phase }) => phase)).toEqual(['code_green', 'design'])
})

test('a state of the first fold version is read without lanes, and draws on from where its cycles stand', () => {
  expect(FOLD_VERSION).toBeGreaterThan(1)
  const { storyLanes: _, agentLanes: __, ...first } = JSON.parse(encodeState(told([step(0, 'design')]))) as Record<string, unknown>
  const decoded = decodeState(JSON.stringify(first))
  expect(decoded.storyLanes).toEqual(emptyProject().storyLanes)
  const next = told([{ type: 'tdd_progress_update', at: at(5), story_id: 's-1', progress: 0.1 }], decoded)
  expect(next.storyLanes.get('s-1')).toEqual([{ state: 'design', from: at(0), to: undefined }])
})
