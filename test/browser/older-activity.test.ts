import { beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type PageOptions, type TestBrowser, until, untilText } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { untilLive } from '../support/live-page.ts'
import { htmlProblems } from '../support/page-quality.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const EVENTS = 800

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
  const chat = (index: number) => ({ type: 'chat_message', message: `note ${index}`, user_id: 'mara' })
  const step = (index: number) => ({ type: 'tdd_transition', story_id: `S-${index}`, new_state: 'design' })
  const events = Array.from({ length: EVENTS }, (_, index) => (index % 10 === 0 ? step(index + 1) : chat(index + 1)))
  await report(server, 'apollo', events.slice(0, 400))
  await report(server, 'apollo', events.slice(400))
  await report(server, 'gemini', { type: 'chat_message', message: 'begin', user_id: 'mara' })
})

const open = async (path: string, options: PageOptions = {}) => (await browser.openPage(`${server.url}${path}`, options)).page
const offsets = (page: Page) =>
  page.locator('#activity-list > li').evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset['offset'])))
const toEnd = (page: Page) => page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))

describe.each(['desktop', 'phone'] as const)('on a %s', (device) => {
  test('older events come when they are scrolled to, without a hole', async () => {
    const page = await open('/projects/apollo', { device })
    await untilLive(page)
    await toEnd(page)
    await until(
      page,
      () => document.querySelectorAll('#activity-list > li').length > 250 || (scrollTo(0, document.documentElement.scrollHeight), false),
    )
    const shown = await offsets(page)
    expect(shown).toEqual(Array.from({ length: shown.length }, (_, index) => EVENTS - index))
  })
})

const isWhole = (shown: number[]) => shown.every((offset, index) => index === 0 || offset === shown[index - 1]! - 1)

/** Scrolls step by step, as a reader does, until a row is there. */
async function scrollUntil(page: Page, offset: number, step: number) {
  await eventually(
    async () => {
      await page.mouse.wheel(0, step)
      return (await page.locator(`#event-${offset}`).count()) === 1
    },
    { withinMs: 30_000, else: () => `event ${offset} did not come` },
  )
}

test('rows far away leave and come back, new ones wait, and one click leads to the newest', async () => {
  const page = await open('/projects/apollo')
  await untilLive(page)
  const [head = 0] = await offsets(page)
  await page.mouse.move(700, 450)
  await scrollUntil(page, 1, 2_000)
  const deep = await offsets(page)
  expect([isWhole(deep), deep.length, deep.at(-1)]).toEqual([true, 400, 1])
  expect(await page.locator('.older', { has: page.locator('#activity-older') }).isHidden()).toBe(true)

  await report(server, 'apollo', { type: 'chat_message', message: 'brand new', user_id: 'mara' })
  await untilText(page, '1 new', { within: '#activity-new' })
  expect(await offsets(page)).toEqual(deep)
  await report(
    server,
    'apollo',
    Array.from({ length: 60 }, (_, index) => ({ type: 'x-many', index })),
  )
  await untilText(page, '61 new', { within: '#activity-new' })
  expect(await offsets(page)).toEqual(deep)

  const topOf = (offset: number) => page.locator(`#event-${offset}`).evaluate((row) => row.getBoundingClientRect().top)
  await page.locator(`#event-${deep[30]}`).evaluate((row) => row.scrollIntoView({ block: 'center' }))
  const before = await topOf(deep[30]!)
  await page.locator(`#event-${deep[0]! + 1}`).waitFor({ state: 'attached' })
  expect(Math.abs((await topOf(deep[30]!)) - before)).toBeLessThanOrEqual(1)
  await scrollUntil(page, head + 61, -1_500)
  const back = await offsets(page)
  expect([isWhole(back), back[0]]).toEqual([true, head + 61])
  expect(back.length).toBeLessThanOrEqual(400)

  await scrollUntil(page, 1, 2_000)
  await report(server, 'apollo', { type: 'chat_message', message: 'the newest of all', user_id: 'mara' })
  await untilText(page, 'new', { within: '#activity-new' })
  await page.click('#activity-new')
  await page.locator(`#event-${head + 62}`).waitFor()
  await report(server, 'apollo', { type: 'chat_message', message: 'seen at once', user_id: 'mara' })
  await page.locator(`#event-${head + 63}`).waitFor()
  expect(isWhole(await offsets(page))).toBe(true)
  expect(await page.locator('#activity-new').isHidden()).toBe(true)
})

test('a narrowed page tells all that matches, however much happens at once, and counts that alone', async () => {
  const page = await open('/projects/gemini/activity?kind=talk')
  await untilLive(page)
  const mixed = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      index % 50 === 0 ? { type: 'chat_message', message: `say ${index}`, user_id: 'mara' } : { type: 'x-noise', index },
    )
  await report(server, 'gemini', mixed(400))
  const told = [352, 302, 252, 202, 152, 102, 52, 2, 1]
  await eventually(async () => (await offsets(page)).join() === told.join(), { withinMs: 10_000 })
  await page.click('#pause')
  await report(server, 'gemini', mixed(30))
  await untilText(page, '1 new', { within: '#live' })
  expect(await offsets(page)).toEqual(told)
  await page.click('#pause')
  await eventually(async () => (await offsets(page)).join() === [402, ...told].join())
})

test('kinds and words narrow it, the address says so, and it stays true as events come', async () => {
  const page = await open('/projects/apollo')
  await page.click('.narrow__kinds >> text=Talk')
  await page.waitForURL(/activity\?kind=talk$/)
  await page.fill('.narrow input[type=search]', 'NOTE 77')
  await page.press('.narrow input[type=search]', 'Enter')
  await page.waitForURL(/kind=talk&q=NOTE\+77$/)
  await untilLive(page)
  const expected = [779, 778, 777, 776, 775, 774, 773, 772, 770, 77]
  expect(await offsets(page)).toEqual(expected)
  await report(server, 'apollo', [
    { type: 'chat_message', message: 'something else', user_id: 'mara' },
    { type: 'chat_message', message: 'another note 7700', user_id: 'mara' },
  ])
  await untilText(page, 'another note 7700', { within: '#activity-list' })
  expect((await offsets(page)).slice(1)).toEqual(expected)
})

test('without script the same is reached by links', async () => {
  const page = await open('/projects/apollo', { isScripted: false })
  await page.click('text=Older events')
  await page.waitForURL(/activity\?before=\d+$/)
  const [first = 0] = await offsets(page)
  await page.click('text=Older events')
  await page.waitForURL(new RegExp(`before=${first - 99}$`))
  await page.click('text=Newer events')
  await page.waitForURL(/after=\d+$/)
  expect((await offsets(page)).at(-1)).toBe(first - 99)
  await page.click('text=To the newest')
  await page.waitForURL(/activity$/)
  expect((await offsets(page))[0]).toBeGreaterThanOrEqual(EVENTS)
})

test('the density of rows is remembered, and there before the page is drawn', async () => {
  const page = await open('/projects/apollo')
  const height = () =>
    page
      .locator('#activity-list > li')
      .first()
      .evaluate((row) => row.getBoundingClientRect().height)
  const normal = await height()
  await page.click('[data-density-choice=compact]')
  expect(await height()).toBeLessThan(normal)
  await page.click('[data-density-choice=detailed]')
  expect(await height()).toBeGreaterThan(normal)
  await page.reload()
  expect(await page.locator('[data-density-choice=detailed]').getAttribute('aria-pressed')).toBe('true')
  expect(await height()).toBeGreaterThan(normal)
  await page.click('[data-density-choice=normal]')
  expect(await height()).toBe(normal)
})

test('it is valid, also where nothing matches, and what is malformed is refused', async () => {
  const get = (search: string) => fetch(`${server.url}/projects/apollo/activity${search}`, { headers: { accept: 'text/html' } })
  for (const search of ['', '?before=300', '?after=300', '?kind=usage', '?q=%3Cscript%3E', '?at=40'])
    expect(await htmlProblems(await (await get(search)).text())).toEqual([])
  expect(await (await get('?kind=usage')).text()).toContain('Nothing matches.')
  expect((await get('?before=x')).status).toBe(400)
})

test('what leads on from a moment that is looked back at stays there', async () => {
  const page = await open('/projects/apollo/activity?at=700', { isScripted: false })
  expect((await offsets(page))[0]).toBe(700)
  await page.click('text=Older events')
  await page.waitForURL(/before=601&at=700$/)
  await page.click('text=Newer events')
  await page.waitForURL(/after=600&at=700$/)
  expect((await offsets(page))[0]).toBe(700)
  expect(await page.locator('#activity-newer').isHidden()).toBe(true)
  await page.click('.narrow__kinds >> text=Steps')
  await page.waitForURL(/kind=steps&at=700$/)
  expect((await offsets(page))[0]).toBe(691)
})
