import { expect, test } from 'bun:test'
import { Feed } from '../../src/live/feed.ts'
import type { LivePage } from '../../src/live/live-page.ts'
import { projectPage } from '../../src/pages/project.tsx'
import type { ProjectChange, Projections } from '../../src/projection/projections.ts'
import { NO_TRACING } from '../../src/telemetry/tracing.ts'
import { endAfter } from '../support/ending.ts'
import { generateHistory, stored } from '../support/histories.ts'
import { sceneOf } from '../views/scenes.ts'

const EVENTS = 400
const NOW = Date.UTC(2026, 10, 24)

/** A project's page, and how often its backlog was drawn. */
function countedPage() {
  let drawn = 0
  const { project, summary, state, events } = sceneOf('apollo', stored(generateHistory({ count: EVENTS })))
  const watched = new Proxy(state, {
    get(target, key) {
      if (key === 'decisions') drawn += 1
      return Reflect.get(target, key) as unknown
    },
  })
  const shown = () => ({ project, summary, view: { epoch: 'e1', state: watched, recent: events.slice(-50) } })
  const page = projectPage.open(shown(), null, () => NOW)
  const change = () => page.take({ ...shown(), before: undefined, isGone: false })
  const contentOf = (since: string) => (JSON.parse(page.resume(since)) as { content: string }).content
  contentOf('')
  const once = drawn
  drawn = 0
  change()
  return { contentOf, change, drawings: () => drawn / once, page }
}

test('five thousand viewers who come from as many other logs are sent one rendering', () => {
  const { page, drawings } = countedPage()
  const frames = new Set(Array.from({ length: 5_000 }, (_, index) => Bun.hash(page.resume(`other-${index}:${index}`))))
  expect([frames.size, drawings()]).toEqual([1, 1])
})

test('viewers who were away for different times share all but the rows that they miss', () => {
  const { contentOf, drawings } = countedPage()
  const contents = Array.from({ length: EVENTS }, (_, index) => contentOf(`e1:${index + 1}`))
  expect(drawings()).toBe(1)
  const rowsIn = (content: string) => [...content.matchAll(/id="event-(\d+)"/g)].map(([, offset]) => Number(offset))
  expect(rowsIn(contents[EVENTS - 2] ?? '')).toEqual([EVENTS])
  expect(rowsIn(contents[EVENTS - 11] ?? '').toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: 10 }, (_, index) => EVENTS - 9 + index),
  )
  // Longer than what is at hand: the list is replaced.
  expect(contents[0]).toContain('<hx-partial id="activity-list"')
})

test('what each viewer is told is new to it stays its own', () => {
  const { page } = countedPage()
  const eventsOf = (since: string) => (JSON.parse(page.resume(since)) as { events: number }).events
  expect([eventsOf('e1:1'), eventsOf('e1:2'), eventsOf('elsewhere:3'), eventsOf(`e1:${EVENTS - 2}`)]).toEqual([
    EVENTS - 1,
    EVENTS - 2,
    0,
    2,
  ])
})

test('something that happens is seen by who comes after it', () => {
  const { contentOf, change, drawings } = countedPage()
  contentOf('other:1')
  change()
  contentOf('other:2')
  expect(drawings()).toBe(2)
})

test('a crowd that comes back at once lets others have their turn, and hears nothing before its first frame', async () => {
  let change: (change: ProjectChange) => void = () => undefined
  const sent: string[] = []
  let resumed = 0
  const openPage = async (topic: string) => (): LivePage => ({
    project: topic,
    isBehind: () => false,
    take: () => true,
    flush: () => '{"content":"a change"}',
    resume() {
      const endAt = performance.now() + 1
      while (performance.now() < endAt);
      resumed += 1
      return '{"content":"whole"}'
    },
    position: () => '',
  })
  const projections = { onChange: (listener) => void (change = listener) } as Partial<Projections> as Projections
  const onError = (error: unknown) => {
    throw error
  }
  const feed = new Feed({ projections, openPage, broadcast: (_, frame) => void sent.push(frame), tracing: NO_TRACING, onError })
  endAfter('test', () => feed.close())
  const inOneTurn: number[] = []
  let before = 0
  const turns = setInterval(() => {
    inOneTurn.push(resumed - before)
    before = resumed
    change({ project: { name: 'apollo' } } as ProjectChange)
  }, 0)
  endAfter('test', () => clearInterval(turns))
  const frames = await Promise.all(Array.from({ length: 300 }, (_, index) => feed.open({ topic: 'apollo', since: `other:${index}` })))
  expect(new Set(frames)).toEqual(new Set(['{"content":"whole"}']))
  expect(Math.max(...inOneTurn)).toBeLessThan(100)
  expect(sent.length).toBeGreaterThan(0)
})
