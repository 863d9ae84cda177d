import { beforeAll, expect, test } from 'bun:test'
import type { Page, Request } from 'playwright-core'
import { openBrowser, type PageOptions, type TestBrowser, untilText } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { isSameDocument, markDocument, untilLive, untilAfter } from '../support/live-page.ts'
import { at, BEGAN, HEAD, SECOND_MS, startServerAfterPast } from '../support/past-log.ts'
import type { RunningServer } from '../support/server.ts'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServerAfterPast()])
})

const DEVICES = ['desktop', 'phone'] as const

async function open(search: string, options: PageOptions = {}) {
  const { page } = await browser.openPage(`${server.url}/projects/apollo${search}`, options)
  await markDocument(page)
  return page
}

const untilAt = (page: Page, moment: string | number) => eventually(() => new URL(page.url()).searchParams.get('at') === String(moment))
const untilState = (page: Page, state: string) => untilText(page, `in ${state} for`, { within: '#heading' })

test.each(DEVICES)('from the live page one link leads back, and one forward to live, on a %s', async (device) => {
  const page = await open('', { device })
  await untilLive(page)
  await page.click('#look-back')
  await untilText(page, 'Looking back', { within: '#live' })
  await untilAfter(page, HEAD)
  await page.getByRole('link', { name: 'Back to live' }).click()
  await untilLive(page)
  expect(new URL(page.url()).search).toBe('')
})

test.each(DEVICES)('the slider shows each moment in the same document, and keeps focus and scroll, on a %s', async (device) => {
  const page = await open('?at=8', { device })
  await page.focus('#travel-at')
  const before = await page.evaluate(() => scrollY)
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowLeft')
  await untilAt(page, 4)
  await untilAfter(page, 4)
  await untilState(page, 'SPRINT_ACTIVE')
  expect(await page.locator('.event').count()).toBe(4)
  expect(await page.evaluate(() => [document.activeElement?.id, scrollY])).toEqual(['travel-at', before])
  expect(await page.inputValue('#travel-at')).toBe('4')
  await untilText(page, `after event 4 of ${HEAD}`, { within: '#announcements' })
  expect(await isSameDocument(page)).toBe(true)
})

test('dragging asks for one moment at a time and ends where the thumb does', async () => {
  const page = await open('?at=8')
  let [running, most, asked] = [0, 0, 0]
  const isMoment = (request: Request) => request.url().includes('?at=')
  page.on('request', (request) => {
    if (!isMoment(request)) return
    asked += 1
    most = Math.max(most, (running += 1))
  })
  page.on('requestfinished', (request) => {
    if (isMoment(request)) running -= 1
  })
  const rail = (await page.locator('#travel-at').boundingBox())!
  const x = (offset: number) => rail.x + 8 + ((rail.width - 16) * offset) / HEAD
  await page.mouse.move(x(8), rail.y + rail.height / 2)
  await page.mouse.down()
  await page.mouse.move(x(2), rail.y + rail.height / 2, { steps: 40 })
  await page.mouse.up()
  await untilAt(page, 2)
  await untilAfter(page, 2)
  await untilState(page, 'SPRINT_PLANNED')
  expect(most).toBe(1)
  expect(asked).toBeLessThan(20)
})

test.each(DEVICES)('steps lead from event to event and from change to change, on a %s', async (device) => {
  const page = await open('?at=5', { device })
  const step = async (name: string, to: number) => {
    await page.getByRole('link', { name, exact: true }).click()
    await untilAt(page, to)
    await untilAfter(page, to)
  }
  await step('Next event', 6)
  await step('Previous event', 5)
  await step('Previous change of state', 3)
  await step('Previous change of state', 2)
  await step('Next change of state', 3)
  await step('Next change of state', 8)
  await untilState(page, 'SPRINT_REVIEW')
  expect(await page.getAttribute('#travel-next-move', 'aria-disabled')).toBe('true')
  expect(await isSameDocument(page)).toBe(true)
})

test('a link of the list goes to a change, the clock to a time', async () => {
  const page = await open('?at=5')
  await page.getByText('Go to a time or a change of state').click()
  await page.locator('#travel-elsewhere').getByRole('link', { name: 'Planned' }).click()
  await untilAfter(page, 2)
  expect(await page.locator('#travel-elsewhere').getAttribute('open')).not.toBeNull()
  await page.fill('#travel-on', new Date(BEGAN + 65 * SECOND_MS).toISOString().slice(0, 19))
  await page.locator('.travel__clock').getByRole('button', { name: 'Go' }).click()
  await untilAfter(page, 7)
})

test('playing lets the clock run, shows each event when it is due, and pauses', async () => {
  const page = await open(`?at=${at(29)}`)
  await untilAfter(page, 3)
  await page.selectOption('#travel-speed', '30')
  const clock = () => page.locator('#live-detail time').getAttribute('data-clock').then(Number)
  const before = await clock()
  await page.click('#travel-play')
  await untilText(page, /after event [567] of/, { within: '#travel-place' })
  await page.click('#travel-play')
  await untilText(page, 'Play', { within: '#travel-play' })
  expect((await clock()) - before).toBeGreaterThanOrEqual(9 * SECOND_MS)
  const shown = await page.textContent('#travel-place')
  await untilText(page, String(shown), { within: '#announcements' })
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('travel-play')
  expect(await isSameDocument(page)).toBe(true)
})

test('playing says when the next event comes; a step pauses it', async () => {
  const page = await open(`?at=${at(98)}`)
  await page.selectOption('#travel-speed', '1')
  await page.click('#travel-play')
  await untilAfter(page, 8)
  await untilText(page, /Next event in \d+ min/, { within: '#travel-word' })
  await page.getByRole('link', { name: 'Next event' }).click()
  await untilAfter(page, HEAD)
  await untilText(page, 'Play', { within: '#travel-play' })
})

test('playing ends where nothing follows, and says so', async () => {
  const { page } = await browser.openPage(`${server.url}/projects/gemini?at=${at(8)}`)
  await page.selectOption('#travel-speed', '5')
  await page.click('#travel-play')
  await untilText(page, 'The end: nothing was reported after this.', { within: '#travel-word' })
  await untilText(page, 'after event 3 of 3', { within: '#travel-place' })
  expect(await page.isDisabled('#travel-play')).toBe(true)
})
