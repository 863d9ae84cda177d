import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { newProject } from '../../src/domain/registry/project-registry.ts'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import { isSaid } from '../../src/domain/project/conversation.ts'
import { summarize } from '../../src/domain/summary/project-summary.ts'
import type { LivePage, Shown } from '../../src/live/live-page.ts'
import { activityPage } from '../../src/pages/activity.tsx'
import { chatPage, saidIn } from '../../src/pages/chat.tsx'
import { flowPage } from '../../src/pages/flow.tsx'
import { peekPage } from '../../src/pages/peek.tsx'
import { ProjectContent, projectPage } from '../../src/pages/project.tsx'
import { agentPage, storyPage } from '../../src/pages/story-and-agent.tsx'
import { openTimeline } from '../../src/pages/timeline.tsx'
import { openLanes } from '../../src/domain/timeline/lanes.ts'
import { ActivityList } from '../../views/activity/activity.tsx'
import { Conversation } from '../../views/chat/conversation.tsx'
import { parseTimelineQuery } from '../../views/timeline/query.ts'
import { Timeline } from '../../views/timeline/timeline.tsx'
import { timelineView } from '../../views/timeline/view.ts'
import { generateHistory, historyArbitrary, stored } from '../support/histories.ts'
import { openScreen, partOf } from '../support/screen.ts'

/** Everything is looked at from one moment after the last event: what differs is no age. */
const NOW = Date.UTC(2026, 10, 24, 12)
const now = () => NOW
const project = newProject('apollo')
const AGENT = 'a'
const TIMELINE = parseTimelineQuery(new URLSearchParams())
const WINDOW_MS = 3_600_000

type Kind = {
  open(shown: Shown): LivePage
  draw(shown: Shown): unknown
  /** Lists of events, of which a page begins with the newest. */ lists?: string[]
}

type Sectioned<Asked> = {
  open(first: Shown, asked: Asked, now: () => number): LivePage
  draw(shown: Shown, asked: Asked, now: number): object
}

/** A page of sections, as it is drawn when it is opened. */
const sectioned = <Asked,>(page: Sectioned<Asked>, asked: Asked): Kind => ({
  open: (shown) => page.open(shown, asked, now),
  draw: (shown) => Object.values(page.draw(shown, asked, NOW)).join(''),
})

const KINDS: Record<string, Kind> = {
  project: {
    ...sectioned(projectPage, null),
    draw: (shown) => <ProjectContent shown={shown} now={NOW} drawn={projectPage.draw(shown, null, NOW)} />,
    lists: ['activity-list'],
  },
  story: sectioned(storyPage, 'story-1'),
  agent: sectioned(agentPage, AGENT),
  peek: sectioned(peekPage, null),
  flow: sectioned(flowPage, 7),
  activity: {
    ...sectioned(activityPage, {}),
    draw: (shown) =>
      [...Object.values(activityPage.draw(shown, {}, NOW)), <ActivityList project="apollo" events={shown.view.recent} now={NOW} />].join(
        '',
      ),
    lists: ['activity-list'],
  },
  chat: {
    ...sectioned(chatPage, {}),
    draw: (shown) =>
      [
        ...Object.values(chatPage.draw(shown, {}, NOW)),
        <Conversation project="apollo" said={saidIn(shown.view.recent.filter(isSaid), shown.view)} now={NOW} />,
      ].join(''),
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
        const begin = name === 'agent' ? firstOf(events, AGENT) : Math.min(how.begin, events.length)
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

/** These pages are flushed by the test, and what they read does not fail. */
const UNTOLD = { stir: () => undefined, failed: (error: unknown) => expect(error).toBeUndefined() }

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
        const page = openTimeline({ view, project, summary }, { kept, query: TIMELINE, now: at, readAnew: async () => kept, ...UNTOLD })
        page.close?.()
        return (
          <Timeline
            view={timelineView({ project: 'apollo', lanes: kept.lanes, keptSince: undefined, query: TIMELINE, now: at(), staleMinutes: 5 })}
          />
        )
      }
      const open = ({ view, summary }: Shown) =>
        openTimeline(
          { view, project, summary },
          {
            kept: lanesOf(view),
            query: TIMELINE,
            ...UNTOLD,
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
