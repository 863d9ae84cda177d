import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type PageOptions, type TestBrowser, until, untilText } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { isSameDocument, markDocument, takeClock, untilLive } from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { startServerWithPast } from '../support/past.ts'
import type { RunningServer } from '../support/server.ts'

const MINUTE_MS = 60_000

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServerWithPast(['apollo', 'gemini'])])
})

async function open(path = '/projects/apollo/timeline', options: PageOptions = {}) {
  const watched = await browser.openPage(`${server.url}${path}`, options)
  if (options.isScripted !== false && !path.includes('at=')) await untilLive(watched.page)
  return watched
}

const lane = (page: Page, name: string) => page.locator('.lane', { has: page.getByText(name, { exact: true }) })
const bar = (page: Page, title: string | RegExp) => page.locator('.stay', { has: page.locator('title', { hasText: title }) })
const detail = '#timeline-detail'
const DEVICES = ['desktop', 'phone'] as const

test('a bar tells on hover what it is, for how long, from when to when and by whom, and leads there', async () => {
  const { page } = await open('/projects/apollo/timeline?window=6h')
  await bar(page, 's-1 test_red').hover({ position: { x: 3, y: 8 } })
  await untilText(page, /s-1 test_red, 1 h 18 min, \d\d:\d\d:\d\d to \d\d:\d\d:\d\d/, { within: detail })
  await bar(page, 's-1 code_green').hover({ position: { x: 3, y: 8 } })
  await untilText(page, /s-1 code_green, 26 min \d\d s so far, since \d\d:\d\d:\d\d, by code/, { within: detail })
  expect(await page.getAttribute(`${detail} [data-detail-open]`, 'href')).toMatch(/^\/projects\/apollo\/stories\/s-1\?at=20/)
  expect(await page.getAttribute(`${detail} [data-detail-then]`, 'href')).toMatch(/^\/projects\/apollo\?at=20/)
  await bar(page, 'CI failed npm test').hover()
  await untilText(page, /^CI failed npm test, \d\d:\d\d:\d\d/, { within: detail })
})

test('the keyboard enters with one tab, walks along a lane and from lane to lane, and leaves with one tab', async () => {
  const { page } = await open('/projects/apollo/timeline?window=6h')
  const focused = () =>
    page.evaluate(() => document.activeElement?.querySelector('title')?.textContent ?? document.activeElement?.className)
  const press = async (key: string, title: RegExp) => {
    await page.keyboard.press(key)
    let seen: string | undefined
    const isThere = async () => title.test((seen = (await focused()) ?? ''))
    await eventually(isThere, { else: () => `${key} led to "${seen}", not to ${title}` })
  }
  await page.locator('.timeline__choices a').last().focus()
  await press('Tab', /^Workflow Active, since/)
  await press('ArrowDown', /^CI failed|^allowed|^asked/)
  await press('Home', /^CI failed/)
  await press('End', /^allowed by mara/)
  await press('ArrowDown', /^s-1 waits for an answer, 4 min 00 s/)
  await press('Home', /^s-1 design/)
  await press('ArrowRight', /^s-1 test_red/)
  await untilText(page, 's-1 test_red, 1 h 18 min', { within: detail })
  await press('ArrowRight', /^s-1 code_green/)
  await press('ArrowDown', /^s-2 test_red/)
  expect(await page.locator('#timeline .stay[tabindex="0"]').count()).toBe(1)
  await press('Tab', /^(?!s-)/)
  await press('Shift+Tab', /^s-2/)
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/stories\/s-2\?at=/)
})

test('on a wide screen what a bar leads to opens beside the picture, which goes on there', async () => {
  const { page } = await open('/projects/apollo/timeline?window=15m')
  await markDocument(page)
  await bar(page, 's-2 test_red').click({ position: { x: 5, y: 8 } })
  await page.locator('#panel').waitFor()
  expect(new URL(page.url()).pathname).toBe('/projects/apollo/stories/s-2')
  await page.evaluate(() => document.querySelector('.timeline__picture')?.setAttribute('data-speed', '1'))
  await until(page, () => document.querySelector('.timeline__picture')?.getAttribute('data-speed') !== '1')
  expect(await page.getAttribute(`${detail} [data-detail-then]`, 'href')).toMatch(/^\/projects\/apollo\?at=20/)
  await page.keyboard.press('Escape')
  await page.waitForURL(/timeline\?window=15m$/)
  expect(await page.locator('#panel').count()).toBe(0)
  expect(await isSameDocument(page)).toBe(true)
})

test('pauses are folded and say how long they were; a link shows them in full length', async () => {
  const { page } = await open('/projects/apollo/timeline?window=6h')
  const quiet = page.locator('.quiet', { hasText: /^1 h 14 min quiet/ })
  expect(await page.locator('.quiet').count()).toBe(2)
  const width = async () => (await bar(page, 's-1 test_red').boundingBox())?.width ?? 0
  const folded = await width()
  await quiet.click({ force: true })
  await page.waitForURL(/gaps=show/)
  expect(await width()).not.toBe(folded)
  expect(await page.locator('.quiet').count()).toBe(0)
  await page.getByRole('link', { name: 'Fold pauses' }).click()
  await page.waitForURL((url) => !url.search.includes('gaps'))
})

test.each(DEVICES)('windows and kinds of lanes are links, on a %s', async (device) => {
  const { page } = await open('/projects/apollo/timeline', { device })
  await untilText(page, 'last hour, by story')
  await page.getByRole('link', { name: 'By agent' }).click()
  await untilText(page, 'last hour, by agent')
  expect(await lane(page, 'CodeAgent').getAttribute('class')).toContain('lane--depth-1')
  await page.getByRole('link', { name: '24 h', exact: true }).click()
  await untilText(page, 'last 24 hours, by agent')
  expect(await page.getByRole('link', { name: '24 h', exact: true }).getAttribute('aria-current')).toBe('true')
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
})

test('what happens stands in its lane at once; the other lanes are left alone', async () => {
  const { page } = await open('/projects/gemini/timeline')
  await markDocument(page)
  await lane(page, 's-2').evaluate((row) => row.querySelector('.stay')?.setAttribute('data-mark', 'kept'))
  await bar(page, 's-2 test_red').focus()
  await report(server, 'gemini', { type: 'tdd_transition', story_id: 's-1', old_state: 'code_green', new_state: 'refactor' })
  await bar(page, 's-1 refactor, since').waitFor()
  await untilText(page, /refactor \d+ s/, { within: `#${await lane(page, 'Refunds').getAttribute('id')} .lane__now` })
  expect(await lane(page, 's-2').locator('[data-mark]').count()).toBe(1)
  await report(server, 'gemini', { type: 'error_state', error_message: 'disk full' })
  await bar(page, 'error disk full').waitFor()
  await report(server, 'gemini', { type: 'tdd_transition', story_id: 's-new', new_state: 'design' })
  await lane(page, 's-new').waitFor()
  expect(await page.evaluate(() => document.activeElement?.querySelector('title')?.textContent)).toMatch(/^s-2 test_red/)
  expect(await isSameDocument(page)).toBe(true)
})

test('what goes on grows by itself, without a frame; out of room the picture moves on', async () => {
  const { page } = await open('/projects/apollo/timeline?window=15m')
  const frames: string[] = []
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))))
  const grown = () => bar(page, 's-2 test_red').locator('[data-grows]').getAttribute('width')
  const before = Number.parseFloat((await grown()) ?? '')
  await eventually(async () => Number.parseFloat((await grown()) ?? '') > before)
  expect(await page.locator('#timeline-now').getAttribute('x1')).not.toBeNull()
  expect(frames.filter((frame) => frame.includes('hx-partial'))).toEqual([])
  const set = (name: string, value: number) =>
    page.evaluate(([name, value]) => document.querySelector('.timeline__picture')?.setAttribute(name, value), [
      name,
      String(value),
    ] as const)
  await set('data-place', 20 + Number(await page.getAttribute('.timeline__picture', 'data-place')))
  await until(page, () => document.querySelector('.timeline__picture.is-shifted') !== null)
  expect(Number.parseFloat((await page.locator('#timeline-now').getAttribute('x1')) ?? '')).toBeGreaterThan(100)
  const edge = await page.evaluate(() => document.querySelector('.lane--workflow .lane__now')?.getBoundingClientRect().left ?? 0)
  expect((await page.locator('#timeline-now').boundingBox())?.x).toBeLessThan(edge)
  await set('data-speed', 1)
  await until(page, () => document.querySelector('.timeline__picture')?.getAttribute('data-speed') !== '1')
  expect(await page.locator('.timeline__picture.is-shifted').count()).toBe(0)
  expect(Number.parseFloat((await grown()) ?? '')).toBeGreaterThan(80)
})

test('paused, nothing grows, and what goes on grows on afterwards', async () => {
  const { page } = await open('/projects/apollo/timeline?window=15m')
  await takeClock(page)
  await untilLive(page)
  const width = async () => Number.parseFloat((await bar(page, 's-2 test_red').locator('[data-grows]').getAttribute('width')) ?? '')
  // Seconds in which the page's own clock runs, all of its timers with it, and no frame comes.
  const first = await width()
  await page.clock.runFor(5_000)
  const running = await width()
  expect(running).toBeGreaterThan(first)

  await page.click('#pause')
  await untilText(page, 'Paused, 0 new', { within: '#live' })
  const paused = await width()
  await page.clock.runFor(10_000)
  expect([await width(), await page.innerText('#live')]).toEqual([paused, 'Paused, 0 new'])

  await page.click('#pause')
  await eventually(async () => (await width()) > paused)
})

test('times stand in the reader’s zone, and in UTC on demand', async () => {
  const { page } = await open('/projects/apollo/timeline', { timeZone: 'Asia/Kolkata' })
  const ticks = page.locator('.tick[data-tick]:not([data-day])')
  const inZone = (timeZone: string) =>
    ticks.evaluateAll(
      (all, timeZone) =>
        all.map((tick) => {
          const format = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const
          return new Date(Number(tick.getAttribute('data-tick'))).toLocaleTimeString('en', format)
        }),
      timeZone,
    )
  const zone = page.locator('#timeline [data-clock-zone]').first()
  expect(await zone.textContent()).toBe('your time')
  expect(await ticks.allTextContents()).toEqual(await inZone('Asia/Kolkata'))
  await page.click('[data-utc-toggle]')
  await eventually(async () => (await zone.textContent()) === 'UTC')
  expect(await ticks.allTextContents()).toEqual(await inZone('UTC'))
  expect(await inZone('UTC')).not.toEqual(await inZone('Asia/Kolkata'))
  expect(await ticks.count()).toBeGreaterThan(3)
})

test('a day is told where it begins, and with the time where it is first seen later', async () => {
  const { page } = await open('/projects/apollo/timeline?window=7d&gaps=show')
  const days = await page.locator('.tick[data-day]').allTextContents()
  expect(days.length).toBeGreaterThan(4)
  expect(days.filter((text) => !/^\d{1,2} [A-Z][a-z]{2}( \d\d:\d\d)?$/.test(text))).toEqual([])
  const told = await page
    .locator('.tick[data-day]')
    .evaluateAll((ticks) =>
      ticks.map((tick) => [tick.textContent, new Date(Number(tick.getAttribute('data-tick'))).toTimeString().slice(0, 5)] as const),
    )
  for (const [text, time] of told) expect(text?.endsWith(time)).toBe(time !== '00:00')
})

test('on a phone a first touch tells and a second one opens', async () => {
  const { page } = await open('/projects/apollo/timeline', { device: 'phone' })
  await bar(page, 's-2 test_red').tap()
  await untilText(page, /s-2 test_red, 2\d min \d\d s so far/, { within: detail })
  expect(page.url()).toEndWith('/timeline')
  await bar(page, 's-2 test_red').tap()
  await page.waitForURL(/\/stories\/s-2\?at=/)
})

test('without script everything is there: bars with titles, and a table', async () => {
  const { page } = await open('/projects/apollo/timeline?window=6h', { isScripted: false })
  expect(await page.locator('.lane').count()).toBe(4)
  expect(await bar(page, /s-1 test_red, 1 h 18 min, .* UTC/).count()).toBe(1)
  await page.getByText('As a table').click()
  await untilText(page, /s-1 Refunds.*design.*4 min 00 s/s, { within: '#timeline-steps' })
  expect(await page.locator(detail).isVisible()).toBe(false)
})

test.each(DEVICES)('the project’s page shows the last hour, live, and leads to all of it, on a %s', async (device) => {
  const { page } = await open('/projects/gemini', { device })
  await markDocument(page)
  expect(await bar(page, 's-2 test_red, since').count()).toBe(1)
  const story = `s-${device}`
  await report(server, 'gemini', { type: 'tdd_transition', story_id: story, new_state: 'code_green' })
  await bar(page, `${story} code_green, since`).waitFor()
  await bar(page, `${story} code_green`).focus()
  await untilText(page, `${story} code_green, `, { within: detail })
  expect(await isSameDocument(page)).toBe(true)
  await page.locator('#timeline').getByRole('link', { name: 'By agent' }).click()
  await untilText(page, 'last hour, by agent')
})

test('one goes back window by window as far as something was reported, and to now again', async () => {
  const { page } = await open('/projects/apollo/timeline?by=agent')
  const moves = () => page.locator('.timeline__choices a', { hasText: /^(Earlier|Later|Now)$/ }).allTextContents()
  const go = async (name: string, next: string[]) => {
    await page.getByRole('link', { name, exact: true }).click()
    await eventually(async () => (await moves()).join() === next.join(), { else: () => page.url() })
  }
  expect(await moves()).toEqual(['Earlier'])
  await go('Earlier', ['Now'])
  await untilText(page, 'Looking back', { within: '#live' })
  expect(await bar(page, 'Workflow Active, since').count()).toBe(1)
  expect(page.url()).toContain('by=agent')
  await page.goto(`${server.url}/projects/apollo/timeline?window=15m&at=${new Date(Date.now() - 60 * MINUTE_MS).toISOString()}`)
  await go('Later', ['Earlier', 'Later', 'Now'])
  await go('Now', ['Earlier'])
  expect(new URL(page.url()).search).toBe('?window=15m')
})

test('it looks back: the picture ends at the moment and stands still', async () => {
  const at = new Date(Date.now() - 15 * MINUTE_MS).toISOString()
  const { page } = await open(`/projects/apollo/timeline?at=${encodeURIComponent(at)}`)
  await untilText(page, 'Looking back', { within: '#live' })
  expect(await bar(page, 'CI failed').count()).toBe(0)
  expect(await bar(page, /s-2 test_red, since/).count()).toBe(1)
  expect(await page.locator('[data-grows]').count()).toBe(0)
})
