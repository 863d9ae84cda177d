import { describe, expect, test } from 'bun:test'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { newProject } from '../../src/domain/registry/project-registry.ts'
import { summarize } from '../../src/domain/summary/project-summary.ts'
import type { Shown } from '../../src/live/live-page.ts'
import { flowPage } from '../../src/pages/flow.tsx'
import { projectPage } from '../../src/pages/project.tsx'
import { agentPage, storyPage } from '../../src/pages/story-and-agent.tsx'
import { recentLanes } from '../../src/domain/timeline/recent-lanes.ts'
import { liveRange, openAxis } from '../../views/timeline/axis.ts'
import { CompactTimeline } from '../../views/timeline/compact.tsx'
import { placedLanes } from '../../views/timeline/lane-order.ts'
import { Agents } from '../../views/agent/agents.tsx'
import { Approvals } from '../../views/project/approvals.tsx'
import { Board } from '../../views/project/board.tsx'
import { SprintCard } from '../../views/project/sprint.tsx'
import { MINUTE, T0, told } from '../support/told.ts'

const project = newProject('apollo')
const openProject = (first: Shown, now: () => number) => projectPage.open(first, null, now)
const shownAt = (state: ProjectState, now: number): Shown => ({
  project,
  summary: summarize({ project, state, epoch: 'e1', now, staleMinutes: 10 }),
  view: { epoch: 'e1', state, recent: [] },
})

const sprint = {
  type: 'state_file',
  file: 'sprints/a.json',
  content: { id: 'a', goal: 'Login', status: 'active', story_ids: ['s1', 's2'] },
  at: T0,
}
const works = (id: string, fields: object = {}) => ({
  type: 'agent_status',
  agent_id: id,
  agent_type: id,
  status: 'working',
  at: T0,
  ...fields,
})
const asks = { type: 'approval_requested', approval_id: 'q', title: 'Go on?', story_id: 's2', at: T0 }
const expires = (minutes: number) => ({ expires_at: new Date(T0 + minutes * MINUTE).toISOString() })

type Page = { take(change: never): boolean; flush(): string | undefined; resume(since?: string): string }
/** What a page is sent when its time comes and nothing happened. */
function sentAt(open: (first: Shown, now: () => number) => Page, state: ProjectState, minutes: number, shownMinutes = 1): string {
  let now = T0 + shownMinutes * MINUTE
  const first = shownAt(state, now)
  const page = open(first, () => now)
  now = T0 + minutes * MINUTE
  page.take({ ...shownAt(state, now), before: first.summary, isGone: false } as never)
  return (JSON.parse(page.flush() ?? '{"content":""}') as { content: string }).content
}

describe('when somebody falls silent and nothing else happens', () => {
  const step = { type: 'tdd_transition', story_id: 's1', new_state: 'test_red', at: T0 }
  const state = told([sprint, step, works('code', { story_id: 's1' }), works('other', { at: T0 + 8 * MINUTE })])
  const looked = { now: T0 + 11 * MINUTE, staleMinutes: 10 }

  test('the page is told of the agent, of the story and of the sprint, as a page that is opened then shows them', () => {
    const sent = sentAt(openProject, state, 11)
    const agents = String(<Agents project="apollo" state={state} {...looked} />)
    expect(agents).toContain('2, 1 working, 1 silent')
    const row = /<li id="agent-code".*?<\/li>/.exec(agents)?.[0] ?? ''
    expect(row).toContain('Silent')
    expect(sent).toContain(row)
    const card = /<li id="cycle-s1".*?<\/li>/.exec(String(<Board project="apollo" state={state} {...looked} />))?.[0] ?? ''
    expect(card).toContain('silent')
    expect(sent).toContain(card)
    expect(String(<SprintCard state={state} {...looked} />)).toContain('0 in work, 1 silent')
    expect(sent).toContain('0 in work, 1 silent')
  })

  test('its own page says so, and its story', () => {
    const agent = (first: Shown, now: () => number) => agentPage.open(first, 'code', now)
    const story = (first: Shown, now: () => number) => storyPage.open(first, 's1', now)
    expect(sentAt(agent, state, 11)).toContain('Silent')
    expect(sentAt(story, state, 11)).toMatch(/Silent.* for /s)
  })

  test('nothing is sent before', () => {
    expect(sentAt(openProject, state, 9)).not.toContain('Silent')
  })
})

test('a question that expires goes from the page, its story and its figures, although nothing happened', () => {
  const state = told([
    sprint,
    works('code', { story_id: 's1' }),
    { type: 'tdd_transition', story_id: 's2', new_state: 'design', at: T0 },
    { ...asks, ...expires(5) },
  ])
  expect(String(<Approvals state={state} now={T0 + MINUTE} />)).toContain('Go on?')
  const sent = sentAt(openProject, state, 5)
  expect(sent).toContain('id="approvals"')
  // The timeline goes on telling that it was asked.
  const [before = '', timeline = '', after = ''] = sent.split(/(<hx-partial id="timeline".*?<\/hx-partial>)/s)
  expect(timeline).toContain('Go on?')
  expect(before + after).not.toContain('Go on?')
  expect(sent).toContain('id="cycle-s2"')
  expect(sentAt((first, now) => flowPage.open(first, 7, now), state, 5)).toContain('None is open now.')
  expect(sentAt((first, now) => storyPage.open(first, 's2', now), state, 5)).not.toContain('Go on?')
})

test('a question that expired is no open bar of a timeline, and ends where it expired', () => {
  const step = { type: 'tdd_transition', story_id: 's2', new_state: 'test_red', at: T0 }
  const state = told([step, { ...asks, ...expires(5) }, { ...asks, approval_id: 'open' }, { type: 'chat_message', message: 'hi', at: T0 }])
  const lanes = recentLanes(state, T0 - MINUTE)
  const asksAt = (minutes: number) => {
    const now = T0 + minutes * MINUTE
    const axis = openAxis({ ...liveRange(now, 60 * MINUTE), now, busy: [], quietMs: undefined })
    const { shown } = placedLanes(lanes, { by: 'story', axis, looked: { now, staleMinutes: 10 } })
    return shown.flatMap(({ lane }) => lane.asks.map(({ end }) => (end === undefined ? 'open' : (end - T0) / MINUTE)))
  }
  expect(asksAt(4)).toEqual(['open', 'open'])
  expect(asksAt(6)).toEqual([5, 'open'])
  const compactAt = (minutes: number) => String(<CompactTimeline project="apollo" state={state} now={T0 + minutes * MINUTE} />)
  // The patterns of bars are on the page already.
  const asSent = (html: string) =>
    html.replace(/<svg id="timeline-fills".*?<\/defs><\/svg>/, '<svg id="timeline-fills" data-kept=""></svg>')
  const sent = sentAt(openProject, state, 6)
  expect(sent).toContain(asSent(compactAt(6)))
  expect(compactAt(6)).not.toBe(compactAt(4))
})

describe('who comes back to where the log still stands', () => {
  const step = { type: 'tdd_transition', story_id: 's1', new_state: 'test_red', at: T0 }
  const state = told([sprint, step, works('code', { story_id: 's1' })])
  const comesBack = (open: (first: Shown, now: () => number) => Page, minutes: number) => {
    const now = () => T0 + minutes * MINUTE
    return (JSON.parse(open(shownAt(state, now()), now).resume('e1:3')) as { content: string }).content
  }

  test('is told of who fell silent meanwhile, on every page', () => {
    expect(comesBack(openProject, 9)).not.toContain('id="agent-code"')
    const row = /<li id="agent-code".*?<\/li>/.exec(comesBack(openProject, 11))?.[0]
    expect(row).toContain('Silent')
    const agent = (first: Shown, now: () => number) => agentPage.open(first, 'code', now)
    expect(comesBack(agent, 9)).toBe('')
    expect(comesBack(agent, 11)).toContain('Silent')
  })
})

test('who is silent for a day is folded away on an open page, although nothing happened', () => {
  const state = told([works('code'), works('other')])
  expect(sentAt(openProject, state, 24 * 60 - 1)).not.toContain('id="silent-agents"')
  const first = shownAt(state, T0 + 20 * 60 * MINUTE)
  expect(first.summary.nextLookAt).toBe(T0 + 24 * 60 * MINUTE + 1)
  const content = sentAt(openProject, state, 24 * 60 + 1, 20 * 60)
  expect(content).toContain('No agent was heard of today.')
  expect(content).toContain('2 silent for more than a day')
})

describe('among very many agents', () => {
  const many = (count: number, fields: (index: number) => object) =>
    told(Array.from({ length: count }, (_, index) => works(`a${index}`, fields(index))))
  const drawn = (state: ProjectState, minutes = 1) =>
    String(<Agents project="apollo" state={state} now={T0 + minutes * MINUTE} staleMinutes={10} />)

  test('the one that asks is drawn, and those that are not are counted', () => {
    const html = drawn(many(400, (index) => (index === 350 ? { status: 'needs_input', reason: 'which way?' } : {})))
    expect(html).toContain('which way?')
    expect(html).toContain('400, 1 waiting for you, 399 working')
    expect(html).toContain('280 more agents')
  })

  test('those left out that need somebody are told', () => {
    expect(drawn(many(400, () => ({ status: 'needs_input' })))).toContain('280 more agents, 280 of them need you')
  })

  test('silence of more than a day is folded away and counted', () => {
    const html = drawn(many(6, (index) => ({ at: index < 4 ? T0 - 3 * 24 * 60 * MINUTE : T0 })))
    expect(html).toContain('4 silent for more than a day')
    expect(html).toContain('2, 2 working')
  })

  test('one that is heard of again comes back from there', () => {
    const before = many(3, (index) => ({ at: index === 0 ? T0 - 3 * 24 * 60 * MINUTE : T0 }))
    const after = told([works('a0', { at: T0 + 2 * MINUTE })], before)
    let now = T0 + MINUTE
    const page = openProject(shownAt(before, now), () => now)
    now = T0 + 2 * MINUTE
    page.take({ ...shownAt(after, now), before: undefined, isGone: false })
    const { content } = JSON.parse(page.flush() ?? '{}') as { content: string }
    expect(content).toContain('3, 3 working')
    expect(content).not.toContain('silent-agents')
  })
})
