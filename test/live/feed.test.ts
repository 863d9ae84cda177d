import { expect, test } from 'bun:test'
import { LogUnavailableError } from '../../src/event-log/event-log.ts'
import { Feed } from '../../src/live/feed.ts'
import { openFirstFrames } from '../../src/live/first-frames.ts'
import type { LivePage, PageNews } from '../../src/live/live-page.ts'
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
  const openPage = async (topic: string) => (): LivePage => ({
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
    position: () => '',
  })
  const projections = { onChange: (listener) => void (change = listener) } as Partial<Projections> as Projections
  const feed = new Feed({
    projections,
    openPage,
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

/** A feed whose pages are read when the test says so; each counts the changes that it was told of. */
function openSlowReads() {
  let change: (change: ProjectChange) => void = () => undefined
  const readings: { begin(): void; fail(error: Error): void; changes(): number }[] = []
  const sent: string[] = []
  const openPage = async (topic: string): Promise<() => LivePage> => {
    const read = Promise.withResolvers<void>()
    const number = readings.length
    let changes = 0
    readings.push({ begin: read.resolve, fail: read.reject, changes: () => changes })
    await read.promise
    return () => ({
      project: topic,
      isBehind: () => false,
      take: () => (changes += 1) > 0,
      flush: () => `page ${number}`,
      resume: () => `page ${number}`,
      position: () => '',
    })
  }
  const projections = { onChange: (listener) => void (change = listener) } as Partial<Projections> as Projections
  const feed = new Feed({
    ...{ projections, openPage, tracing: NO_TRACING, onError: fail },
    broadcast: (_, frame) => void sent.push(frame),
  })
  endAfter('test', () => feed.close())
  return { feed, readings, sent, change: (name: string) => change({ project: { name } } as ProjectChange) }
}

test('a page that everybody left while it was read, and that somebody came back to, is the page of those who came back', async () => {
  const { feed, readings, sent, change } = openSlowReads()
  const gone = feed.open({ topic: 'apollo', since: undefined })
  feed.left('apollo')
  const back = feed.open({ topic: 'apollo', since: undefined })
  readings[1]?.begin()
  expect(await back).toBe('page 1')
  readings[0]?.begin()
  await gone
  change('apollo')
  await eventually(() => sent.length > 0)
  expect([sent, readings.map(({ changes }) => changes())]).toEqual([['page 1'], [0, 1]])
})

test('a reading that fails after everybody left takes nothing from those who came back', async () => {
  const { feed, readings, sent, change } = openSlowReads()
  const gone = feed.open({ topic: 'apollo', since: undefined }).catch(() => 'failed')
  feed.left('apollo')
  const back = feed.open({ topic: 'apollo', since: undefined })
  readings[0]?.fail(new Error('too late'))
  expect(await gone).toBe('failed')
  readings[1]?.begin()
  expect(await back).toBe('page 1')
  const another = await feed.open({ topic: 'apollo', since: undefined })
  expect([another, readings.length]).toEqual(['page 1', 2])
  change('apollo')
  await eventually(() => sent.length > 0)
})

/** A feed whose pages show what the test says. */
function openOwnPages(pages: Record<string, Partial<LivePage>>) {
  let change: (change: ProjectChange) => void = () => undefined
  const [sent, errors, unanswered]: [string[], unknown[], string[]] = [[], [], []]
  const news = new Map<string, PageNews>()
  const projections = { onChange: (listener) => void (change = listener) } as Partial<Projections> as Projections
  const feed = new Feed({
    ...{ projections, tracing: NO_TRACING, onError: (error) => void errors.push(error) },
    unanswered: (topic) => void unanswered.push(topic),
    broadcast: (topic) => void sent.push(topic),
    openPage: async (topic, told) => {
      news.set(topic, told)
      return () => ({
        ...{ project: 'apollo', isBehind: () => false, resume: () => '', position: () => '', take: () => true, flush: () => 'changed' },
        ...pages[topic],
      })
    },
  })
  endAfter('test', () => feed.close())
  const newsOf = (topic: string) => news.get(topic) ?? fail(new Error('the page was not opened'))
  return { feed, sent, errors, unanswered, newsOf, change: () => change({ project: { name: 'apollo' } } as ProjectChange) }
}

test('a page that cannot take a change in is told of, and keeps no other page from it', async () => {
  const broken = {
    take() {
      throw new Error('this page is broken')
    },
  }
  const { feed, sent, errors, change } = openOwnPages({ '/broken': broken, '/whole': {} })
  for (const topic of ['/broken', '/whole']) await feed.open({ topic, since: undefined })
  change()
  await eventually(() => sent.length > 0)
  expect([sent, errors.map(String)]).toEqual([['/whole'], ['Error: this page is broken']])
})

test('what a page fails to do by itself is told; while the log is away its viewers are, and those of a page that all left are not', async () => {
  const { feed, errors, unanswered, newsOf } = openOwnPages({})
  for (const topic of ['/watched', '/left']) await feed.open({ topic, since: undefined })
  feed.left('/left')
  for (const topic of ['/watched', '/left']) {
    newsOf(topic).failed(new LogUnavailableError('no answer'))
    newsOf(topic).failed(new Error(`a fault of ${topic}`))
  }
  expect([unanswered, errors.map(String)]).toEqual([['/watched'], ['Error: a fault of /watched']])
})

test('who left while others were tried is not tried again: nobody would forget the page', async () => {
  const there = new Set(Array.from({ length: 65 }, (_, index) => index))
  const opened: number[] = []
  let answer = Promise.resolve()
  const frames = openFirstFrames<number>({
    async open(socket) {
      opened.push(socket)
      await answer
      return undefined
    },
    ...{ isThere: (socket) => there.has(socket), show: fail, wait: () => undefined, fail: (_, error) => fail(error) },
  })
  endAfter('test', () => frames.close())
  for (const socket of there) frames.welcome(socket)
  await eventually(() => opened.length === 65)
  const { promise, resolve } = Promise.withResolvers<void>()
  answer = promise
  await eventually(() => {
    frames.again()
    return opened.length === 65 + 64
  })
  there.delete(64)
  frames.left(64)
  resolve()
  await eventually(() => {
    frames.again()
    return opened.length > 65 + 64
  })
  expect(opened.slice(65).filter((socket) => socket === 64)).toEqual([])
})
