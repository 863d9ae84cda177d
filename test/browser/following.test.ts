import { beforeAll, describe, expect, test } from 'bun:test'
import type { Page, Route } from 'playwright-core'
import { openBrowser, type TestBrowser, untilText } from '../support/browser.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { rowsOn, untilLive } from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const BATCH = 500
const BATCHES = 12

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
})

const note = (message: string) => ({ type: 'chat_message', message, user_id: 'mara' })
const noise = (count: number) => Array.from({ length: count }, (_, index) => ({ type: 'x-noise', index }))

let projects = 0
async function open(search: string) {
  const name = `burst-${++projects}`
  await report(server, name, [note('needle 0'), ...noise(5)])
  const watched = await browser.openPage(`${server.url}/projects/${name}${search}`)
  await untilLive(watched.page)
  return { name, ...watched }
}

/** Every fourth event is one that the narrowed pages show. */
const mixed = (from: number) =>
  Array.from({ length: BATCH }, (_, index) => (index % 4 === 0 ? note(`needle ${from + index}`) : { type: 'x-noise', index }))

const told = (page: Page) =>
  untilText(page, `${(6 + BATCH * BATCHES).toLocaleString('en')} events`, { within: '#activity-total', withinMs: 30_000 })

describe('after thousands of events at once, a page at its top shows the newest:', () => {
  test.each([
    ['activity by kind', '/activity?kind=talk', 4],
    ['activity by words', '/activity?q=needle', 4],
    ['all activity', '/activity', 1],
    ['a project', '', 1],
  ])('%s', async (_, search, step) => {
    const { name, page } = await open(search)
    await Promise.all(Array.from({ length: BATCHES }, (_each, batch) => report(server, name, mixed(batch * BATCH))))
    await told(page)
    // The last batch ends with three events that a narrowed page leaves out.
    const newest = 6 + BATCH * BATCHES - (step === 4 ? 3 : 0)
    await eventually(async () => (await rowsOn(page))[0] === newest, {
      withinMs: 20_000,
    })
    const rows = await rowsOn(page)
    expect(rows).toEqual(rows.map((_row, index) => newest - step * index))
    expect(await page.locator('#activity-newer').isVisible()).toBe(false)
    expect(await page.locator('#activity-new').isHidden()).toBe(true)

    await report(server, name, note('needle at last'))
    await eventually(async () => (await rowsOn(page))[0] === 7 + BATCH * BATCHES)
  })
})

test('a reader who comes back up to the top after thousands of events sees the newest, and one who reads on is not disturbed', async () => {
  const { name, page } = await open('/activity?kind=talk')
  await report(
    server,
    name,
    Array.from({ length: 60 }, (_, index) => note(`needle first ${index}`)),
  )
  await untilText(page, 'needle first 59', { within: '#activity-list' })
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
  const read = await rowsOn(page)
  await Promise.all(Array.from({ length: 8 }, (_each, batch) => report(server, name, mixed(batch * BATCH))))
  await untilText(page, '4,066 events', { within: '#activity-total', withinMs: 30_000 })
  expect(await rowsOn(page)).toEqual(read)
  await page.evaluate(() => scrollTo(0, 0))
  await eventually(async () => (await rowsOn(page))[0] === 4_063, { withinMs: 20_000 })
  expect(await page.locator('#activity-newer').isVisible()).toBe(false)
})

/** Answers of the page's own look at the newest pass through here. */
async function onFetch(page: Page, act: (route: Route) => Promise<void>) {
  endAfter('test', () => page.close())
  await page.route(/\/activity\?/, (route) => (route.request().resourceType() === 'fetch' ? act(route) : route.continue()))
}

/** Keeps back what the server answers to the page's own look until the test lets it go. */
async function holdAnswer(page: Page) {
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  await onFetch(page, async (route) => {
    const response = await route.fetch()
    asked.resolve()
    await answer.promise
    await route.fulfill({ response })
  })
  return { asked, answer }
}

const burst = (count: number) => [...noise(200), ...Array.from({ length: count }, (_, index) => note(`needle ${index}`)), ...noise(200)]

test('what happens while the newest is fetched is not lost', async () => {
  const { name, page } = await open('/activity?kind=talk')
  const { asked, answer } = await holdAnswer(page)
  await report(server, name, burst(3))
  await asked.promise
  await report(server, name, note('needle meanwhile'))
  await untilText(page, '410 events', { within: '#activity-total' })
  answer.resolve()
  await untilText(page, 'needle meanwhile', { within: '#activity-list' })
  await eventually(async () => (await rowsOn(page)).join() === [410, 209, 208, 207, 1].join())
})

test('more that happens than can be told, while the newest is fetched, is fetched too', async () => {
  const { name, page } = await open('/activity?q=needle')
  const { asked, answer } = await holdAnswer(page)
  await report(server, name, burst(1))
  await asked.promise
  await report(server, name, burst(2))
  await untilText(page, '809 events', { within: '#activity-total' })
  answer.resolve()
  await eventually(async () => (await rowsOn(page)).join() === [609, 608, 207, 1].join())
})

test('a look at the newest that fails is tried again while the reader stays', async () => {
  const { name, page, tolerate } = await open('/activity?kind=talk')
  tolerate(/ERR_FAILED|Failed to load resource/)
  let asked = 0
  await onFetch(page, (route) => (++asked <= 2 ? route.abort() : route.continue()))
  await report(server, name, burst(2))
  await untilText(page, 'needle 1', { within: '#activity-list', withinMs: 20_000 })
  expect(asked).toBe(3)
})
