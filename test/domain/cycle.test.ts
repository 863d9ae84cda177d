import { describe, expect, test } from 'bun:test'
import type { Cycle, ProjectState } from '../../src/domain/project/project-state.ts'
import { MINUTE, T0, told } from '../support/told.ts'
import { isOpenCycle } from '../../src/domain/project/tdd-machine.ts'

const step = (old_state: string | null | undefined, new_state: string, fields: object = {}) => ({
  ...{ type: 'tdd_transition', story_id: 's1', old_state, new_state },
  ...fields,
})
const cycleOf = ({ cycles }: ProjectState): Cycle => cycles.get('s1') as Cycle

describe('a TDD cycle', () => {
  test('is where its last step led, and knows where it was', () => {
    const cycle = cycleOf(told([step(null, 'design', { at: T0 }), step('design', 'test_red', { at: T0 + MINUTE })]))
    expect(cycle).toEqual({
      storyId: 's1',
      cycleId: undefined,
      state: 'test_red',
      previousState: 'design',
      startedAt: T0,
      enteredAt: T0 + MINUTE,
      offset: 2,
      lastEventAt: T0 + MINUTE,
      visited: ['design', 'test_red'],
      stays: [{ state: 'design', ms: MINUTE }],
      isUnexpected: false,
      source: 'reported',
      progress: undefined,
      completedAt: undefined,
      round: 1,
      title: undefined,
    })
  })

  test('knows how long it was in each phase, all visits together, and begins anew with the next cycle', () => {
    const state = told([
      step(null, 'design', { at: T0 }),
      step('design', 'test_red', { at: T0 + MINUTE }),
      step('test_red', 'code_green', { at: T0 + 3 * MINUTE }),
      step('code_green', 'test_red', { at: T0 + 4 * MINUTE }),
      step('test_red', 'code_green', { at: T0 + 9 * MINUTE }),
    ])
    const minutes = cycleOf(state).stays.map(({ state, ms }) => [state, ms / MINUTE])
    expect(minutes).toEqual([
      ['design', 1],
      ['test_red', 7],
      ['code_green', 1],
    ])
    expect(cycleOf(told([step(null, 'commit'), step(null, 'design')], state)).stays).toEqual([])
  })

  test('begins with the first step that is told, though it is not the first that it took', () => {
    expect(cycleOf(told([step('test_red', 'code_green')]))).toMatchObject({
      state: 'code_green',
      visited: ['test_red', 'code_green'],
      round: 1,
    })
  })

  test('takes every step, and marks what the table lacks', () => {
    const state = told([step(null, 'design'), step('design', 'refactor')])
    expect(cycleOf(state).isUnexpected).toBe(true)
    expect(cycleOf(told([step('refactor', 'code_green')], state)).isUnexpected).toBe(false)
    expect(cycleOf(told([step(null, 'design'), step(undefined, 'commit', { inferred: true })]))).toMatchObject({
      isUnexpected: false,
      source: 'inferred',
    })
  })

  test('keeps its stay when the same state is told again', () => {
    expect(cycleOf(told([step(null, 'design', { at: T0 }), step(null, 'design', { at: T0 + MINUTE })]))).toMatchObject({
      ...{ enteredAt: T0, lastEventAt: T0 + MINUTE, round: 1 },
    })
  })

  test.each([
    ['another cycle id', step('design', 'test_red', { cycle_id: 'tdd-cycle-2' }), 2],
    ['the same cycle id', step('design', 'test_red', { cycle_id: 'tdd-cycle-1' }), 1],
    ['no cycle id', step('design', 'test_red'), 1],
    ['design out of nothing, before the commit', step(null, 'design'), 1],
  ])('with %s is in the right round', (_, next, round) => {
    expect(cycleOf(told([step(null, 'design', { cycle_id: 'tdd-cycle-1' }), next])).round).toBe(round)
  })

  test('begins anew with design out of nothing after a commit', () => {
    const committed = told([step(null, 'design'), step('code_green', 'commit')])
    expect(cycleOf(told([step(null, 'design', { at: T0 + MINUTE })], committed))).toMatchObject({
      ...{ round: 2, state: 'design', visited: ['design'], startedAt: T0 + MINUTE, completedAt: undefined },
    })
    expect(cycleOf(told([step('commit', 'design')], committed)).round).toBe(1)
  })

  test('takes the id that it is told later', () => {
    const named = told([step(null, 'design'), step('design', 'test_red', { cycle_id: 'tdd-cycle-1' })])
    expect(cycleOf(named)).toMatchObject({ cycleId: 'tdd-cycle-1', round: 1 })
  })

  test('is open until it is committed or complete', () => {
    expect(['design', 'test_red', 'commit'].map((state) => isOpenCycle({ state, completedAt: undefined }))).toEqual([true, true, false])
    expect(isOpenCycle({ state: 'refactor', completedAt: T0 })).toBe(false)
  })
})

describe('the frames of newer orchestrators', () => {
  const started = { type: 'tdd_cycle_started', story_id: 's1', cycle_id: 'tdd-cycle-1' }
  const progress = { type: 'tdd_progress_update', story_id: 's1', progress: 0.4 }
  const completed = { type: 'tdd_cycle_completed', story_id: 's1', cycle_id: 'tdd-cycle-1' }

  test('a start begins a cycle in design, and only names one that has just begun', () => {
    expect(cycleOf(told([started]))).toMatchObject({ state: 'design', cycleId: 'tdd-cycle-1', round: 1 })
    expect(cycleOf(told([step(null, 'design'), started]))).toMatchObject({ cycleId: 'tdd-cycle-1', round: 1 })
    expect(cycleOf(told([started, step(null, 'design', { cycle_id: 'tdd-cycle-1' }), started])).round).toBe(1)
    expect(cycleOf(told([started, { ...started, cycle_id: 'tdd-cycle-2' }])).round).toBe(2)
  })

  test('progress is kept, and moves nothing', () => {
    expect(cycleOf(told([started, step('design', 'test_red'), progress]))).toMatchObject({ state: 'test_red', progress: 0.4, offset: 2 })
    expect(cycleOf(told([progress]))).toMatchObject({ state: 'design', source: 'inferred', progress: 0.4 })
  })

  test('an end completes the cycle, and not the next one', () => {
    expect(cycleOf(told([started, progress, { ...completed, at: T0 + MINUTE }]))).toMatchObject({ completedAt: T0 + MINUTE, progress: 1 })
    const next = told([started, { ...started, cycle_id: 'tdd-cycle-2' }, completed])
    expect(cycleOf(next)).toMatchObject({ cycleId: 'tdd-cycle-2', completedAt: undefined })
    expect(cycleOf(told([completed]))).toMatchObject({ state: 'commit', source: 'inferred' })
  })

  test('a step after the end begins the next one', () => {
    expect(cycleOf(told([started, completed, step('commit', 'design')]))).toMatchObject({ round: 2, completedAt: undefined })
  })
})

describe('a report of a cycle that comes late', () => {
  const said = (second: number) => `2026-11-23T20:30:${String(second).padStart(2, '0')}.000001`
  const walked = [
    step(null, 'design', { timestamp: said(1), cycle_id: 'c1' }),
    step('design', 'test_red', { timestamp: said(2), cycle_id: 'c1' }),
    step('refactor', 'commit', { timestamp: said(5), cycle_id: 'c1' }),
  ]

  test('does not open again the one that is over', () => {
    const state = told([...walked, step('test_red', 'code_green', { timestamp: said(3), cycle_id: 'c1' })])
    expect(cycleOf(state)).toMatchObject({ state: 'commit', round: 1 })
    expect(state.transitions.at(-1)).toMatchObject({ to: 'code_green', timestamp: said(3), offset: 4 })
    const complete = { type: 'tdd_cycle_completed', story_id: 's1', timestamp: said(6) }
    const ended = told([step(null, 'refactor', { timestamp: said(4) }), complete, step('code_green', 'refactor', { timestamp: said(5) })])
    expect(cycleOf(ended).completedAt).toBeNumber()
  })

  test('does not put an earlier cycle in the place of the one that is open', () => {
    const next = told([...walked, step(null, 'design', { timestamp: said(8), cycle_id: 'c2' })])
    for (const late of [
      step('code_green', 'refactor', { timestamp: said(4), cycle_id: 'c1' }),
      { type: 'tdd_cycle_started', story_id: 's1', cycle_id: 'c1', timestamp: said(1) },
      { type: 'tdd_progress_update', story_id: 's1', cycle_id: 'c1', progress: 0.5, timestamp: said(4) },
    ])
      expect(cycleOf(told([late], next))).toMatchObject({ cycleId: 'c2', state: 'design', round: 2, progress: undefined })
  })

  test('is none when it was said later, in another form, or without a time', () => {
    for (const timestamp of [said(6), '2026-11-23T20:30:04Z', undefined])
      expect(cycleOf(told([...walked, step('commit', 'refactor', { timestamp })])).state).toBe('refactor')
  })

  test('is none by the clock of another orchestrator, which may go as it likes', () => {
    const later = { timestamp: said(50), cycle_id: 'c1', told_by: 'houston' }
    const over = told([step('refactor', 'commit', later)])
    const earlier = step(null, 'design', { timestamp: said(1), cycle_id: 'c2', told_by: 'moscow' })
    expect(cycleOf(told([earlier], over))).toMatchObject({ cycleId: 'c2', state: 'design' })
    expect(cycleOf(told([{ ...earlier, told_by: 'houston' }], over))).toMatchObject({ cycleId: 'c1', state: 'commit' })
  })

  test('is placed by what a link knows of the clock, for its text changes with the season', () => {
    const autumn = [
      step(null, 'commit', { timestamp: '2026-10-25T02:59:00', occurred_at: '2026-10-25T00:59:00.000Z' }),
      step('commit', 'refactor', { timestamp: '2026-10-25T02:01:00', occurred_at: '2026-10-25T01:01:00.000Z' }),
    ]
    expect(cycleOf(told(autumn)).state).toBe('refactor')
  })
})
