import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type PageOptions, type TestBrowser, until } from '../support/browser.ts'
import { untilLive, WHILE_IT_IS_DOWN } from '../support/live-page.ts'
import { htmlProblems, problemsInBothThemes, widthBeyondScreen } from '../support/page-quality.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
  await report(server, 'asks', { type: 'approval_requested', approval_id: 'q', title: 'Which version?', agent_type: 'DesignAgent' })
  for (const name of ['rests', 'sleeps']) await report(server, name, { type: 'workflow_transition', new_state: 'IDLE' })
})

async function open(path: string, options: PageOptions = {}): Promise<Page> {
  const watched = await browser.openPage(`${server.url}${path}`, options)
  await untilLive(watched.page)
  return watched.page
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent)
const peeked = (page: Page) => page.locator('#peek-dialog[open] .peek__name')
const untilPeeked = (page: Page, name: string) => peeked(page).filter({ hasText: name }).waitFor()
const untilClosed = (page: Page) => until(page, () => document.querySelector('dialog[open]') === null)

test.each(['Space', 'Escape'])('Space shows what a project asks and what happened last, %s leads back to the list', async (key) => {
  const page = await open('/?sort=name')
  for (const pressed of ['j', 'Space']) await page.keyboard.press(pressed)
  await untilPeeked(page, 'asks')
  expect(await page.innerText('.peek .approval h2')).toBe('DesignAgent asks: Which version?')
  expect(await page.locator('.peek .event').count()).toBe(1)
  await page.keyboard.press(key)
  await untilClosed(page)
  expect([await focused(page), new URL(page.url()).pathname]).toEqual(['asks', '/'])
})

test('a peek is live, and its list goes on', async () => {
  const page = await open('/?sort=name&q=sleeps')
  for (const pressed of ['j', 'Space']) await page.keyboard.press(pressed)
  await untilPeeked(page, 'sleeps')
  await until(page, () => document.querySelectorAll('.peek .event').length === 1)
  await report(server, 'sleeps', { type: 'workflow_transition', new_state: 'BLOCKED' })
  await page.locator('.peek .event').nth(1).waitFor()
  await page.locator('.peek h2 .badge', { hasText: 'Blocked' }).waitFor()
  await page.locator('#project-sleeps[data-attention=blocked]').waitFor()
  await page.keyboard.press('Space')
  await untilClosed(page)
  expect(await focused(page)).toBe('sleeps')
})

test('j and k look at the next and the one before, Enter opens it', async () => {
  const page = await open('/?sort=name')
  for (const pressed of ['j', 'Space']) await page.keyboard.press(pressed)
  await untilPeeked(page, 'asks')
  await page.keyboard.press('j')
  await untilPeeked(page, 'rests')
  await page.keyboard.press('j')
  await untilPeeked(page, 'sleeps')
  await page.keyboard.press('k')
  await untilPeeked(page, 'rests')
  await page.keyboard.press('Escape')
  await until(page, () => document.activeElement?.textContent === 'rests')
  await page.keyboard.press('Space')
  await untilPeeked(page, 'rests')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/projects\/rests$/)
})

test('Space stays what it is in fields, on buttons and beside the rows', async () => {
  const page = await open('/?sort=name')
  await page.focus('#search')
  await page.keyboard.type('a b')
  expect(await page.inputValue('#search')).toBe('a b')
  await page.focus('#pin-asks')
  await page.keyboard.press('Space')
  await page.locator('#pin-asks[aria-pressed=true]').waitFor()
  await untilLive(page)
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await page.keyboard.press('Space')
  expect(await page.locator('dialog[open]').count()).toBe(0)
})

test('a service that is gone is told, and the list stays', async () => {
  const gone = await startServer()
  await report(gone, 'apollo', { type: 'workflow_transition', new_state: 'IDLE' })
  const { page, tolerate } = await browser.openPage(gone.url)
  tolerate(WHILE_IT_IS_DOWN)
  await gone.kill()
  for (const pressed of ['j', 'Space']) await page.keyboard.press(pressed)
  await page.locator('#peek-dialog[open]', { hasText: 'the service does not answer' }).waitFor()
  await page.keyboard.press('Escape')
  await untilClosed(page)
  expect(await page.locator('.row').count()).toBe(1)
})

test.each(['desktop', 'phone'] as const)('a peek is accessible in both themes, valid, and fits a %s', async (device) => {
  const page = await open('/?sort=name', { device })
  await page.focus('#project-asks .row__name')
  await page.keyboard.press('Space')
  await untilPeeked(page, 'asks')
  expect(await problemsInBothThemes(page)).toEqual([])
  expect(await widthBeyondScreen(page)).toBe(0)
  expect(await htmlProblems(await (await fetch(`${server.url}/projects/asks/peek`)).text())).toEqual([])
})

test('a peek looks back, too, and is then not live', async () => {
  const past = await (await fetch(`${server.url}/projects/sleeps/peek?at=1`)).text()
  expect([past.includes('Idle'), past.includes('data-live')]).toEqual([true, false])
  expect((await fetch(`${server.url}/projects/nobody/peek`)).status).toBe(404)
})
