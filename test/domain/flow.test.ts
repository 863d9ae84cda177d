import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { dayOf, DAYS_KEPT } from '../../src/domain/project/flow.ts'
import { flowFigures } from '../../src/domain/summary/flow-figures.ts'
import { emptyProject } from '../../src/domain/project/project.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { decodeState, encodeState, plainState } from '../../src/domain/project/state-codec.ts'
import { MINUTE, T0, told } from '../support/told.ts'

const DAY = 24 * 60 * MINUTE
const SLACK = 0.091
const step = (at: number, story_id: string, new_state: string, old_state?: string) => ({
  ...{ type: 'tdd_transition', at, story_id, new_state },
  ...(old_state === undefined ? {} : { old_state }),
})
const ask = (at: number, approval_id: string) => ({ type: 'approval_requested', at, approval_id, title: 'Go?' })
const answer = (at: number, approval_id: string, decision = 'allow') => ({ type: 'approval_resolved', at, approval_id, decision })
const timings = (state: ProjectState, now = T0 + DAY) => flowFigures(state, now).timings
const near = (told: number | undefined, exact: number) => expect(Math.abs((told ?? 0) / exact - 1)).toBeLessThan(SLACK)

describe('what is timed', () => {
  test('is a story from its first phase to its last', () => {
    const { cycleTime, redToGreen } = timings(
      told([
        step(T0, 's', 'design'),
        step(T0 + 10 * MINUTE, 's', 'test_red'),
        step(T0 + 25 * MINUTE, 's', 'code_green'),
        step(T0 + 60 * MINUTE, 's', 'commit'),
        { type: 'tdd_cycle_completed', at: T0 + 61 * MINUTE, story_id: 's' },
      ]),
    )
    expect([cycleTime.count, redToGreen.count]).toEqual([1, 1])
    near(cycleTime.medianMs, 60 * MINUTE)
    near(redToGreen.medianMs, 15 * MINUTE)
  })

  test('is not a story that nobody saw begin, though it completed', () => {
    const state = told([step(T0, 's', 'commit'), { type: 'tdd_cycle_completed', at: T0 + 1, story_id: 'other' }])
    expect([timings(state).cycleTime.count, flowFigures(state, T0).completed]).toEqual([0, 2])
  })

  test('is each way to green, and each round of a story', () => {
    const round = (at: number) => [
      step(at, 's', 'design'),
      step(at + MINUTE, 's', 'test_red'),
      step(at + 2 * MINUTE, 's', 'code_green'),
      step(at + 3 * MINUTE, 's', 'test_red'),
      step(at + 4 * MINUTE, 's', 'code_green'),
      step(at + 5 * MINUTE, 's', 'commit'),
    ]
    const state = told([...round(T0), ...round(T0 + DAY)])
    const { cycleTime, redToGreen } = timings(state)
    expect([cycleTime.count, redToGreen.count]).toEqual([2, 4])
    expect(flowFigures(state, T0 + DAY).throughput.map(({ completed }) => completed)).toEqual([1, 1])
  })

  test('is nothing across two cycles of a story, though both complete', () => {
    const cycle = (cycle_id: string, at: number, state: string) => ({ ...step(at, 's', state), cycle_id })
    const state = told([cycle('one', T0, 'test_red'), cycle('two', T0 + MINUTE, 'code_green'), cycle('two', T0 + MINUTE, 'commit')])
    const after = told([cycle('three', T0 + 2 * MINUTE, 'commit')], state)
    expect([timings(after).redToGreen.count, timings(after).cycleTime.count, flowFigures(after, T0).completed]).toEqual([0, 1, 2])
  })

  test('is a question from when it was asked first until a person decided it', () => {
    const { approvalWait } = timings(told([ask(T0, 'q'), ask(T0 + MINUTE, 'q'), answer(T0 + 5 * MINUTE, 'q', 'deny')]))
    expect(approvalWait.count).toBe(1)
    near(approvalWait.p85Ms, 5 * MINUTE)
  })

  test('is no question that was withdrawn, or that nobody heard', () => {
    expect(timings(told([ask(T0, 'q'), answer(T0 + MINUTE, 'q', 'withdrawn'), answer(T0, 'unheard')])).approvalWait.count).toBe(0)
  })
})

type Story = { startedAt: number; phases: number[] }
const PHASES = ['test_red', 'code_green', 'refactor', 'commit']
const story: fc.Arbitrary<Story> = fc.record({
  startedAt: fc.nat(20 * DAY),
  phases: fc.array(fc.nat(DAY), { minLength: 4, maxLength: 4 }),
})

test('many stories at once are timed as a sorted list of their durations would tell', () => {
  fc.assert(
    fc.property(fc.array(story, { minLength: 1, maxLength: 30 }), (stories) => {
      const steps = stories.flatMap(({ startedAt, phases }, index) => {
        let at = T0 + startedAt
        const later = phases.map((ms, phase) => step((at += ms), `story-${index}`, PHASES[phase]!))
        return [step(T0 + startedAt, `story-${index}`, 'design'), ...later]
      })
      // Stable: the steps of one story keep their order.
      const state = told(steps.sort((a, b) => a.at - b.at))
      const figures = flowFigures(state, T0 + 25 * DAY)
      const whole = stories.map(({ phases }) => phases.reduce((sum, ms) => sum + ms, 0)).sort((a, b) => a - b)
      const red = stories.map(({ phases }) => phases[1]!).sort((a, b) => a - b)
      for (const [name, list] of [
        ['cycleTime', whole],
        ['redToGreen', red],
      ] as const) {
        const timing = figures.timings[name]
        expect(timing.count).toBe(list.length)
        const exact = list[Math.ceil(0.85 * list.length) - 1]!
        if (exact < 1_000) expect(timing.p85Ms).toBe(0)
        else near(timing.p85Ms, exact)
      }
      const ends = Map.groupBy(stories, ({ startedAt, phases }) => dayOf(T0 + startedAt + phases.reduce((sum, ms) => sum + ms, 0)))
      expect(figures.throughput.filter(({ completed }) => completed > 0)).toEqual(
        [...ends].map(([day, ended]) => ({ day, completed: ended.length })).sort((a, b) => a.day - b.day),
      )
    }),
    { numRuns: 40 },
  )
})

describe('the window', () => {
  test('begins with the project and has every day, those without anything too', () => {
    const { window, throughput } = flowFigures(told([step(T0, 's', 'design'), step(T0 + 3 * DAY, 's', 'commit')]), T0 + 4 * DAY)
    expect(window).toEqual({ from: dayOf(T0), to: dayOf(T0) + 4 })
    expect(throughput.map(({ completed }) => completed)).toEqual([0, 0, 0, 1, 0])
  })

  test('is 90 days at most: what ended before is neither kept nor told', () => {
    const stories = Array.from({ length: 200 }, (_, index) => [
      step(T0 + index * DAY, `s${index}`, 'design'),
      step(T0 + index * DAY + MINUTE, `s${index}`, 'commit'),
    ])
    const state = told(stories.flat())
    expect(state.flowDays).toHaveLength(DAYS_KEPT)
    expect(flowFigures(state, T0 + 199 * DAY)).toMatchObject({ completed: 90, timings: { cycleTime: { count: 90 } } })
    expect(flowFigures(state, T0 + 229 * DAY)).toMatchObject({ completed: 60, timings: { cycleTime: { count: 60 } } })
    expect(state.measured).toHaveLength(64)
  })

  test('is as many days as are asked for', () => {
    const state = told(
      [0, 5, 9].flatMap((day) => [step(T0 + day * DAY, `s${day}`, 'design'), step(T0 + day * DAY + MINUTE, `s${day}`, 'commit')]),
    )
    const week = flowFigures(state, T0 + 9 * DAY, 7)
    expect([week.window.from, week.completed, week.timings.cycleTime.count]).toEqual([dayOf(T0) + 3, 2, 2])
    expect(flowFigures(state, T0 + 9 * DAY, 30)).toMatchObject({ completed: 3, window: { from: dayOf(T0) } })
  })

  test('of a project of which nothing was heard is today, and all is nothing', () => {
    const figures = flowFigures(emptyProject(), T0)
    expect(figures).toMatchObject({ window: { from: dayOf(T0), to: dayOf(T0) }, completed: 0, stateTimes: [], costs: [] })
    expect([figures.timings.cycleTime.medianMs, figures.medianCostUsd]).toEqual([undefined, undefined])
  })
})

test('each measure names the event that ended it', () => {
  const { measured } = told([ask(T0, 'q'), step(T0, 's', 'design'), answer(T0 + MINUTE, 'q'), step(T0 + 2 * MINUTE, 's', 'commit')])
  expect(measured).toEqual([
    { offset: 3, kind: 'approvalWait', ms: MINUTE },
    { offset: 4, kind: 'cycleTime', ms: 2 * MINUTE },
  ])
})

describe('the cost of a story', () => {
  const usage = (fields: object) => ({ type: 'usage', ...fields })

  test('is what was reported for it, or for the agent that works on it', () => {
    const state = told([
      { type: 'agent_activity', agent_id: 'a', agent_type: 'CodeAgent', story_id: 's1', action: 'code', status: 'started' },
      usage({ agent_id: 'a', cost_usd: 0.5 }),
      usage({ story_id: 's2', agent_id: 'a', cost_usd: 2 }),
      usage({ story_id: 's1', cost_usd: 0.25 }),
      usage({ story_id: 's3', input_tokens: 100 }),
      usage({ cost_usd: 7 }),
    ])
    const { costs, medianCostUsd } = flowFigures(state, T0)
    expect(costs).toMatchObject([
      { storyId: 's2', costUsd: 2 },
      { storyId: 's1', costUsd: 0.75 },
    ])
    expect(medianCostUsd).toBe(1.375)
  })

  test('is kept of the 200 stories that cost something last', () => {
    const stories = [...Array.from({ length: 200 }, (_, index) => index), 0, 200]
    const { storyCosts } = told(stories.map((index) => usage({ story_id: `s${index}`, cost_usd: 1 })))
    expect([storyCosts.size, storyCosts.get('s0')?.costUsd, storyCosts.has('s1')]).toEqual([200, 2, false])
  })
})

test('time in a state is what was held, and the current stay says since when', () => {
  const move = (at: number, old_state: string, new_state: string) => ({ type: 'workflow_transition', at, old_state, new_state })
  const { stateTimes } = flowFigures(
    told([move(T0, 'IDLE', 'BACKLOG_READY'), move(T0 + 30 * MINUTE, 'BACKLOG_READY', 'SPRINT_PLANNED')]),
    T0 + DAY,
  )
  expect(stateTimes).toEqual([
    { state: 'BACKLOG_READY', entered: 1, ms: 30 * MINUTE, currentSince: undefined },
    { state: 'SPRINT_PLANNED', entered: 1, ms: 0, currentSince: T0 + 30 * MINUTE },
  ])
})

test('figures are the same after a snapshot', () => {
  const state = told([step(T0, 's', 'design'), { type: 'usage', story_id: 's', cost_usd: 1 }, step(T0 + MINUTE, 's', 'commit')])
  expect(decodeState(encodeState(state))).toEqual(state)
})

test('a state that an earlier version saved is read, and begins to count', () => {
  const { flowSince: ____, flowDays: _, measured: __, storyCosts: ___, ...earlier } = plainState(told([step(T0, 's', 'design')]))
  const state = decodeState(JSON.stringify(earlier))
  expect([state.flowSince, state.flowDays, state.measured, state.storyCosts.size]).toEqual([undefined, [], [], 0])
  const later = told([step(T0 + 3 * DAY, 's', 'commit')], state)
  expect([timings(later, T0 + 4 * DAY).cycleTime.count, later.firstEventAt, later.flowSince]).toEqual([1, T0, T0 + 3 * DAY])
  // The days before were not counted: none of them is told to have had nothing.
  expect(flowFigures(later, T0 + 4 * DAY).window.from).toBe(dayOf(T0) + 3)
})
