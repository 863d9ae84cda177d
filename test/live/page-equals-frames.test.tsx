import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { newProject } from '../../src/domain/registry/project-registry.ts'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import { summarize } from '../../src/domain/summary/project-summary.ts'
import { openActivityPage } from '../../src/live/activity-page.tsx'
import type { LivePage } from '../../src/live/live-page.ts'
import { openFlowPage } from '../../src/live/flow-page.tsx'
import { openPartPage } from '../../src/live/part-pages.tsx'
import { openPeekPage } from '../../src/live/peek-page.tsx'
import { openProjectPage, type Shown } from '../../src/live/project-page.tsx'
import { openLanes } from '../../src/domain/timeline/lanes.ts'
import { openTimelinePage } from '../../src/live/timeline-page.tsx'
import { isAskedFor, parseActivityQuery } from '../../views/activity/query.ts'
import { flowFigures } from '../../src/domain/summary/flow-figures.ts'
import { FinishedStories } from '../../views/flow/finished-stories.tsx'
import { Costs, StateTimes } from '../../views/flow/states-and-costs.tsx'
import { Throughput } from '../../views/flow/throughput.tsx'
import { Timings } from '../../views/flow/timings.tsx'
import { ActivityList, ActivityTotal } from '../../views/activity/activity.tsx'
import { AgentFamily, AgentHead, AgentWork } from '../../views/agent/agent-detail.tsx'
import { Peek } from '../../views/overview/peek.tsx'
import { StoryHead, StoryWork } from '../../views/story/story-detail.tsx'
import { StoryFacts } from '../../views/story/story-facts.tsx'
import { StoryPhases } from '../../views/story/story-phases.tsx'
import { ProjectContent } from '../../views/pages/project.tsx'
import { parseTimelineQuery } from '../../views/timeline/query.ts'
import { Timeline } from '../../views/timeline/timeline.tsx'
import { timelineView } from '../../views/timeline/view.ts'
import { generateHistory, historyArbitrary, stored } from '../support/histories.ts'
import { openScreen, partOf } from '../support/screen.ts'

/** Everything is looked at from one moment after the last event: what differs is no age. */
const NOW = Date.UTC(2026, 10, 24, 12)
const now = () => NOW
const project = newProject('apollo')
const STORY = { page: 'story', name: 'apollo', key: 'story-1' } as const
const AGENT = { page: 'agent', name: 'apollo', key: 'a' } as const
const FLOW = 7
const TIMELINE = parseTimelineQuery(new URLSearchParams())
const WINDOW_MS = 3_600_000

type Kind = {
  open(shown: Shown): LivePage
  draw(shown: Shown): unknown
  /** Lists of events, of which a page begins with the newest. */ lists?: string[]
}

const agentOf = ({ view }: Shown) => view.state.agents.get(AGENT.key)

function drawAgent(shown: Shown) {
  const agent = agentOf(shown)
  const props = agent && { project: 'apollo', agent, agents: shown.view.state.agents, now: NOW, staleMinutes: 5 }
  return props ? [<AgentHead {...props} />, <AgentWork {...props} />, <AgentFamily {...props} />].join('') : ''
}

function drawStory({ view: { state } }: Shown) {
  const props = { project: 'apollo', storyId: STORY.key, state, now: NOW, staleMinutes: 5 }
  return [<StoryHead {...props} />, <StoryPhases {...props} />, <StoryWork {...props} />, <StoryFacts {...props} />].join('')
}

function drawFlow({ view: { state } }: Shown) {
  const figures = flowFigures(state, NOW, FLOW)
  return [
    <Timings project="apollo" figures={figures} questions={state} now={NOW} />,
    <Throughput figures={figures} days={FLOW} />,
    <StateTimes times={figures.stateTimes} since={state.firstEventAt} now={NOW} />,
    <Costs project="apollo" figures={figures} />,
    <FinishedStories project="apollo" state={state} now={NOW} />,
  ].join('')
}

function drawActivity({ view }: Shown, search = '') {
  const events = view.recent.filter(isAskedFor(parseActivityQuery(new URLSearchParams(search))))
  return [<ActivityTotal total={view.state.offset} />, <ActivityList project="apollo" events={events} now={NOW} />].join('')
}

const KINDS: Record<string, Kind> = {
  project: {
    open: (shown) => openProjectPage(shown, now),
    draw: ({ summary, view }) => (
      <ProjectContent project={project} state={view.state} attention={summary.attention} recent={view.recent} now={NOW} staleMinutes={5} />
    ),
    lists: ['activity-list'],
  },
  story: { open: (shown) => openPartPage(shown, STORY, now), draw: drawStory },
  agent: { open: (shown) => openPartPage(shown, AGENT, now), draw: drawAgent },
  peek: {
    open: (shown) => openPeekPage(shown, now),
    draw: ({ summary, view }) => <Peek project={project} state={view.state} attention={summary.attention} recent={view.recent} now={NOW} />,
  },
  flow: { open: (shown) => openFlowPage(shown, FLOW, now), draw: drawFlow },
  activity: {
    open: (shown) => openActivityPage(shown, parseActivityQuery(new URLSearchParams()), now),
    draw: drawActivity,
    lists: ['activity-list'],
  },
}

/** A project through its history: what every page of it is told, and what is on screen. */
function follow({ open, draw }: Kind, events: readonly StoredEvent[], { begin, steps }: { begin: number; steps: readonly number[] }) {
  let view: Shown['view'] = { epoch: 'e1', state: emptyProject(), recent: [] }
  const shown = (): Shown => ({
    project,
    view,
    summary: summarize({ project, state: view.state, epoch: view.epoch, now: NOW, staleMinutes: 5 }),
  })
  const goOn = (batch: readonly StoredEvent[]) => {
    view = { ...view, state: foldEvents(view.state, batch), recent: [...view.recent, ...batch].slice(-50) }
  }
  goOn(events.slice(0, begin))
  const screen = openScreen(String(draw(shown())))
  const page = open(shown())
  let at = begin
  let isDue = false
  function flush() {
    const frame = isDue ? page.flush() : undefined
    isDue = false
    if (frame !== undefined) screen.take((JSON.parse(frame) as { content: string }).content)
  }
  for (let turn = 0; at < events.length; turn += 1) {
    const size = Math.max(1, steps[turn % steps.length] ?? 1)
    goOn(events.slice(at, at + size))
    at += size
    isDue = page.take({ ...shown(), before: undefined, isGone: false }) || isDue
    // Some flushes tell of several changes.
    if (size % 2 === 1) flush()
  }
  flush()
  page.close?.()
  return { screen, fresh: openScreen(String(draw(shown()))) }
}

/** Rows of the newest events: a page that was open for longer holds older ones below. */
function newestOf(html: string, lists: readonly string[], rows: Record<string, number>): string {
  let text = html
  for (const list of lists) {
    const part = partOf(text, list) ?? ''
    const items = part.replace(/<\/ol>$/, '').split(/(?=<li )/)
    text = text.split(part).join(items.slice(0, (rows[list] ?? 0) + 1).join(''))
  }
  // The way to older rows begins below what a page began with.
  return text.replaceAll(/<p class="older"[^]*?<\/p>/g, '')
}

function expectSame(kind: Kind, { screen, fresh }: ReturnType<typeof follow>) {
  const lists = kind.lists ?? []
  const rows = Object.fromEntries(lists.map((list) => [list, (partOf(fresh.html(), list) ?? '').split('<li ').length - 1]))
  const split = (html: string) => newestOf(html, lists, rows).split(/(?=<(?:li|section|tr|header)\b)/)
  expect(split(screen.html())).toEqual(split(fresh.html()))
}

const arrival = fc.record({ begin: fc.nat({ max: 20 }), steps: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }) })

describe.each(Object.entries(KINDS))('an open page (%s) that heard of every change', (name, kind) => {
  test('shows what a page shows that is opened now, whatever happened', () => {
    fc.assert(
      fc.property(historyArbitrary(), arrival, (events, how) => {
        const begin = name === 'agent' ? firstOf(events, AGENT.key) : Math.min(how.begin, events.length)
        if (begin === undefined) return
        expectSame(kind, follow(kind, events, { ...how, begin }))
      }),
      { numRuns: 25 },
    )
  })

  test('shows so when crowds come, end, and are still told of', () => {
    for (const seed of [1, 2]) {
      const events = crowd(seed)
      expectSame(kind, follow(kind, events, { begin: 5 + seed * 40, steps: [1, 3, 2, 5] }))
    }
  })
})

/** The first events after which the agent is known. */
function firstOf(events: readonly StoredEvent[], id: string): number | undefined {
  for (let end = 1; end <= events.length; end += 1) if (foldEvents(emptyProject(), events.slice(0, end)).agents.has(id)) return end
  return undefined
}

/** More agents than any list shows, that end and are reported of afterwards, beside a busy project's day. */
function crowd(seed: number): StoredEvent[] {
  const history = generateHistory({ seed, count: 110, stories: 60, agents: 90 })
  const told = history.flatMap((event, index) => [event, ...coming(index, seed)])
  return stored(told.map((event, index) => ({ ...event, id: `crowd-${index}` })) as never)
}

function coming(index: number, seed: number): object[] {
  const id = (index * 7 + seed) % 97
  const agent = { agent_id: index % 9 === 0 ? 'a' : `agent-${id}`, agent_type: 'QAAgent' }
  const turns = [
    { type: 'agent_status', ...agent, status: 'working', parent_agent_id: `agent-${id % 13}` },
    { type: 'agent_status', ...agent, status: 'ended' },
    { type: 'usage', ...agent, input_tokens: 5_000 + index, cost_usd: 0.5 },
    { type: 'agent_status', ...agent, status: 'ended', reason: `done, said ${index}` },
  ]
  return [turns[index % turns.length] ?? {}]
}

test('an open timeline that heard of every change shows what one shows that is opened now', () => {
  fc.assert(
    fc.property(historyArbitrary(), arrival, (events, how) => {
      const from = (events[0]?.received_at ?? 0) - 1
      const at = () => Math.max(from + WINDOW_MS, events.at(-1)?.received_at ?? 0)
      const lanesOf = (upTo: Shown['view']) => {
        const lanes = openLanes(emptyProject(), { from, windowMs: WINDOW_MS })
        return { epoch: upTo.epoch, lanes, windowMs: WINDOW_MS * 100, keptSince: undefined, hasHole: false }
      }
      const draw = ({ view, summary }: Shown) => {
        const kept = lanesOf(view)
        const page = openTimelinePage({ view, project, summary }, { kept, query: TIMELINE, now: at, readAnew: async () => kept })
        page.close?.()
        return (
          <Timeline
            view={timelineView({ project: 'apollo', lanes: kept.lanes, keptSince: undefined, query: TIMELINE, now: at(), staleMinutes: 5 })}
          />
        )
      }
      const open = ({ view, summary }: Shown) =>
        openTimelinePage(
          { view, project, summary },
          {
            kept: lanesOf(view),
            query: TIMELINE,
            now: at,
            readAnew: async () => lanesOf(view),
          },
        )
      // Fifty are at hand: what is opened now has read all of them.
      const kind = { open, draw }
      expectSame(kind, follow(kind, events.slice(0, 50), { ...how, begin: Math.min(how.begin, events.length) }))
    }),
    { numRuns: 25 },
  )
})
