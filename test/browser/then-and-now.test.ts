import { beforeAll, expect, test } from 'bun:test'
import { openBrowser, type PageOptions, type TestBrowser, until, untilText } from '../support/browser.ts'
import { endAfter } from '../support/ending.ts'
import { goBack, markDocument, WHILE_IT_IS_DOWN, untilAfter } from '../support/live-page.ts'
import { accessibilityProblems, htmlProblems, problemsInBothThemes, widthBeyondScreen } from '../support/page-quality.ts'
import { BEGAN, SECOND_MS, startServerAfterPast } from '../support/past-log.ts'
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

test.each(DEVICES)('compared with now it says what differs, and goes on comparing from step to step, on a %s', async (device) => {
  const page = await open('?at=5', { device })
  await page.getByRole('link', { name: 'Compare with now' }).click()
  await untilText(page, /SPRINT_ACTIVE\s+SPRINT_REVIEW/, { within: '#comparison' })
  await untilText(page, /s-1\s+test_red\s+code_green/, { within: '#comparison' })
  await untilText(page, /code\s+not there yet\s+working/, { within: '#comparison' })
  await page.getByRole('link', { name: 'Next change of state' }).click()
  await untilAfter(page, 8)
  expect(new URL(page.url()).search).toBe('?at=8&compare=now')
  await untilText(page, 'are as they were then', { within: '#comparison' })
  await page.getByRole('link', { name: 'Do not compare' }).click()
  await until(page, () => !document.querySelector('#comparison'))
  expect(await widthBeyondScreen(page)).toBe(0)
})

test('a story that is opened from a past page is that of the moment', async () => {
  const page = await open('?at=5')
  await page.locator('.cycle a[href*="/stories/s-1"]').first().click()
  await page.waitForURL(/\/stories\/s-1\?at=5$/)
  await untilText(page, 'test_red', { within: '#panel' })
})

test('a story opens beside a moment that a step led to, and closing leads back to it', async () => {
  const page = await open('?at=5')
  await page.getByRole('link', { name: 'Next event' }).click()
  await untilAfter(page, 6)
  await page.locator('.cycle a[href*="/stories/s-1"]').first().click()
  await page.locator('#panel').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('#panel').waitFor({ state: 'detached' })
  expect(new URL(page.url()).search).toBe('?at=6')
  expect(await page.textContent('#travel-place')).toContain('after event 6')
})

test('a moment that cannot be loaded is said, and what is shown stays', async () => {
  const { page, tolerate } = await browser.openPage(`${server.url}/projects/apollo?at=5`)
  tolerate(WHILE_IT_IS_DOWN)
  endAfter('test', () => server.restart())
  await server.kill()
  await page.getByRole('link', { name: 'Next event' }).click()
  await untilText(page, 'That moment could not be loaded', { within: '#travel-word' })
  await untilAfter(page, 5)
  await server.restart()
  await page.getByRole('link', { name: 'Next event' }).click()
  await untilAfter(page, 6)
  expect(await page.textContent('#travel-word')).toBe('')
})

test('without script all of it is links and forms', async () => {
  const { page } = await browser.openPage(`${server.url}/projects/apollo?at=5`, { isScripted: false })
  await page.getByRole('link', { name: 'Previous change of state' }).click()
  await untilAfter(page, 3)
  await page.getByRole('link', { name: 'Next change of state' }).click()
  await untilAfter(page, 8)
  await page.locator('#travel-at').fill('2')
  await page.locator('.travel__slider').getByRole('button', { name: 'Go' }).click()
  await untilAfter(page, 2)
  await page.getByRole('link', { name: 'Compare with now' }).click()
  await untilText(page, 'Then and now', { within: '#comparison' })
  expect(await page.locator('#travel-play').isVisible()).toBe(false)
  await page.getByRole('link', { name: 'Back to live' }).click()
  await untilText(page, 'apollo', { within: 'h1' })
  expect(new URL(page.url()).search).toBe('')
})

test.each(DEVICES)('nothing is wrong for whoever cannot see or point, on a %s', async (device) => {
  const page = await open('?at=5&compare=now', { device })
  await page.getByText('Go to a time or a change of state').click()
  expect(await problemsInBothThemes(page)).toEqual([])
  expect(await widthBeyondScreen(page)).toBe(0)
  const html = await (await fetch(`${server.url}/projects/apollo?at=5&compare=now`)).text()
  expect(await htmlProblems(html)).toEqual([])
})

test.each(DEVICES)('all projects are looked back at together, and each leads to its own page of that moment, on a %s', async (device) => {
  const { page } = await browser.openPage(`${server.url}/`, { device })
  await page.click('#look-back')
  await untilText(page, 'Looking back', { within: '#live' })
  await page.fill('#travel-on', new Date(BEGAN + 65 * SECOND_MS).toISOString().slice(0, 19))
  await page.locator('.travel__clock').getByRole('button', { name: 'Go' }).click()
  await untilText(page, 'Working', { within: '#projects' })
  expect(await widthBeyondScreen(page)).toBe(0)
  expect(await accessibilityProblems(page)).toEqual([])
  await page.getByRole('link', { name: 'apollo' }).click()
  await untilAfter(page, 7)
  await goBack(page)
  await page.getByRole('link', { name: 'Back to live' }).click()
  await until(page, () => document.querySelector('#live')?.getAttribute('data-state') === 'live')
})
