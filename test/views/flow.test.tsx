import { describe, expect, test } from 'bun:test'
import { flowFigures } from '../../src/domain/summary/flow-figures.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { FinishedStories } from '../../views/flow/finished-stories.tsx'
import { StateTimes } from '../../views/flow/states-and-costs.tsx'
import { Throughput } from '../../views/flow/throughput.tsx'
import { Timings } from '../../views/flow/timings.tsx'
import { MINUTE, T0, told } from '../support/told.ts'

const DAY = 24 * 60 * MINUTE
const cycle = (at: number, story_id: string, minutes: number) => [
  { type: 'tdd_transition', at, story_id, new_state: 'design' },
  { type: 'tdd_transition', at: at + minutes * MINUTE, story_id, old_state: 'design', new_state: 'commit' },
]
const timings = (state: ProjectState, now: number) =>
  String(<Timings project="apollo" figures={flowFigures(state, now)} questions={state} now={now} />)
const throughput = (state: ProjectState, now: number, days: number) =>
  String(<Throughput figures={flowFigures(state, now, days)} days={days} />)

describe('how long things take', () => {
  test('is told as text, as bars with a title, and as a table', () => {
    const html = timings(told([...cycle(T0, 'a', 8), ...cycle(T0 + DAY, 'b', 9), ...cycle(T0 + 2 * DAY, 'c', 180)]), T0 + 3 * DAY)
    expect(html).toMatch(/<dt>Half within<\/dt><dd class="flow__figure">[89] min<\/dd>/)
    expect(html).toContain('<title>2 5 to 15 min, 1 1 to 4 h</title>')
    expect(html).toContain('<tr><th scope="row">5 to 15 min</th><td>2</td></tr>')
  })

  test('is drawn from the median to the 85th percentile, within the bars that they fall in', () => {
    const html = timings(told([...cycle(T0, 'a', 8), ...cycle(T0 + DAY, 'b', 9), ...cycle(T0 + 2 * DAY, 'c', 180)]), T0 + 3 * DAY)
    const [, median, most] = /<path d="M([\d.]+) \d+H([\d.]+)M/.exec(html)?.map(Number) ?? []
    expect([Math.floor((median ?? 0) / 40), Math.floor((most ?? 0) / 40)]).toEqual([2, 4])
  })

  test('leaves out what waits still, and says how long the oldest does', () => {
    const ask = (at: number, approval_id: string) => ({ type: 'approval_requested', at, approval_id, title: 'Go?' })
    const html = timings(told([ask(T0, 'p'), ask(T0 + 5 * MINUTE, 'q')]), T0 + 12 * MINUTE)
    expect(html).toContain('No question was decided.')
    expect(html).toMatch(/href="\/projects\/apollo#approvals">2 open now<\/a>, the oldest for <time[^>]*>12 min 00 s/)
  })
})

describe('stories completed', () => {
  test('say since when they are counted where that is shorter than was asked for', () => {
    const state = told([...cycle(T0, 'a', 8), ...cycle(T0 + 2 * DAY, 'b', 9)])
    expect(throughput(state, T0 + 2 * DAY, 30)).toContain('2 in 3 days (UTC), 0.7 a day</p><p class="card__aside">counted since 2026-11-23')
    expect(throughput(state, T0 + 40 * DAY, 30)).not.toContain('counted since')
  })

  test('draw as many bars as days, and write counts as long as there is room', () => {
    const state = told(Array.from({ length: 80 }, (_, day) => cycle(T0 + day * DAY, `s${day}`, 5)).flat())
    const counts = (days: number) => throughput(state, T0 + 79 * DAY, days).split('class="flow__count').length - 1
    expect([counts(7), counts(30), counts(90)]).toEqual([7, 30, 1])
    expect(throughput(state, T0 + 79 * DAY, 90).split('<rect').length - 1).toBe(80)
  })
})

test('time in a state tells apart what is held now', () => {
  const move = (at: number, old_state: string, new_state: string) => ({ type: 'workflow_transition', at, old_state, new_state })
  const now = T0 + 90 * MINUTE
  const state = told([move(T0, 'IDLE', 'BACKLOG_READY'), move(T0 + 30 * MINUTE, 'BACKLOG_READY', 'SPRINT_PLANNED')])
  const html = String(<StateTimes times={flowFigures(state, now).stateTimes} since={T0} now={now} />)
  expect(html).toMatch(/Planned.*share__part--now" width="66.67%".*width="0.00%".*1 h 00 min<small>1 h 00 min of it now, once/s)
  expect(html).toMatch(/Ready.*width="33.33%".*30 min<small>once/s)
})

test('what finished last stands first, and one that nobody saw begin has no time', () => {
  const commit = { type: 'tdd_transition', at: T0 + DAY, story_id: 'late', new_state: 'commit' }
  const state = told([...cycle(T0, 'a', 8), commit, { type: 'usage', story_id: 'a', cost_usd: 2 }])
  const html = String(<FinishedStories project="apollo" state={state} now={T0 + DAY} />)
  expect(html).toMatch(/stories\/late".*not seen to begin.*–.*stories\/a".*8 min.*\$2\.00/s)
})
