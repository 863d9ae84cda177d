import { expect, test } from 'bun:test'
import { Feed, type LivePage } from '../../src/live/feed.ts'
import { NO_TRACING } from '../../src/telemetry/tracing.ts'
import type { ProjectChange, Projections } from '../../src/projection/projections.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'

/** A feed of pages that take a while to render, each of which sends how often it was changed. */
async function openSlowPages(count: number, renderMs: number) {
  let change: (change: ProjectChange) => void = () => undefined
  const sent: { topic: string; frame: string; turn: number }[] = []
  let turn = 0
  const turns = setInterval(() => void (turn += 1), 1)
  endAfter('test', () => clearInterval(turns))
  const changes = new Map<string, number>()
  const preparePage = async (topic: string) => (): LivePage => ({
    project: topic,
    isBehind: () => false,
    take() {
      changes.set(topic, (changes.get(topic) ?? 0) + 1)
      return true
    },
    flush() {
      const endAt = performance.now() + renderMs
      while (performance.now() < endAt);
      return String(changes.get(topic))
    },
    resume: () => '',
  })
  const projections = { onChange: (listener) => void (change = listener) } as Partial<Projections> as Projections
  const feed = new Feed({
    projections,
    preparePage,
    broadcast: (topic, frame) => void sent.push({ topic, frame, turn }),
    tracing: NO_TRACING,
    onError: fail,
  })
  const topics = Array.from({ length: count }, (_, index) => `page-${index}`)
  for (const topic of topics) await feed.open({ topic, since: undefined })
  endAfter('test', () => feed.close())
  return { topics, sent, changeAll: () => topics.forEach((name) => change({ project: { name } } as ProjectChange)) }
}

const fail = (error: unknown) => {
  throw error
}

test('when every page changes at once, all are flushed in their newest state, and others get their turn in between', async () => {
  const { topics, sent, changeAll } = await openSlowPages(30, 4)
  changeAll()
  await eventually(() => sent.length > 0, { everyMs: 1 })
  changeAll()
  const latest = () => new Map(sent.map(({ topic, frame }) => [topic, frame]))
  await eventually(() => latest().size === topics.length && [...latest().values()].every((frame) => frame === '2'), { withinMs: 20_000 })
  const inOneTurn = [...Map.groupBy(sent, ({ turn }) => turn).values()].map(({ length }) => length)
  expect(Math.max(...inOneTurn)).toBeLessThan(topics.length / 2)
})

test('a page that keeps changing does not keep the others waiting', async () => {
  const { topics, sent, changeAll } = await openSlowPages(8, 20)
  const often = setInterval(changeAll, 1)
  await eventually(() => new Set(sent.map(({ topic }) => topic)).size === topics.length, { withinMs: 20_000 })
  clearInterval(often)
  const counts = topics.map((name) => sent.filter(({ topic }) => topic === name).length)
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
})
