import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type PageOptions, type TestBrowser, until } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { untilLive } from '../support/live-page.ts'
import { htmlProblems, problemsInBothThemes, widthBeyondScreen } from '../support/page-quality.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let browser: TestBrowser
let server: RunningServer
const many = Array.from({ length: 62 }, (_, index) => `many-${100 + index}`)

beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
  for (const name of ['cedar', 'ash', 'birch']) await report(server, name, { type: 'workflow_transition', new_state: 'IDLE' })
  await Promise.all(many.map((name) => report(server, name, { type: 'x-a' })))
})

const names = (page: Page) => page.locator('.row__name').allInnerTexts()
const open = async (path: string, options: PageOptions = {}) => (await browser.openPage(`${server.url}${path}`, options)).page

/** Has the page's browser remember pins, as an answer of the service would. */
const rememberPins = (page: Page, pins: readonly string[]) =>
  page.context().addCookies([{ name: 'pins', value: encodeURIComponent(pins.join()), url: server.url }])

test.each([true, false])('a pinned project stands first in every order, until it is let go (with script: %s)', async (isScripted) => {
  const page = await open('/?q=r&sort=name', { isScripted })
  expect(await names(page)).toEqual(['birch', 'cedar'])
  await page.focus('#pin-cedar')
  await page.keyboard.press('Enter')
  await page.locator('#group-pinned #project-cedar').waitFor()
  expect(await names(page)).toEqual(['cedar', 'birch'])
  expect(new URL(page.url()).search).toBe('?q=r&sort=name')
  if (isScripted) await until(page, () => document.activeElement?.id === 'pin-cedar')
  for (const path of ['/?sort=last_event', '/?sort=age&view=grid', '/?view=list']) {
    await page.goto(`${server.url}${path}`)
    expect([(await names(page))[0], await page.locator('.pin[aria-pressed=true]').count()]).toEqual(['cedar', 1])
    // They are the reader's own: nobody is sent them with a link.
    expect(await page.locator('a[href*=pins]').count()).toBe(0)
  }
  await page.click('#pin-cedar')
  await page.locator('#pin-cedar[aria-pressed=false]').waitFor()
  expect(await page.locator('#group-pinned').count()).toBe(0)
})

test('what is pinned stays first and live', async () => {
  const page = await open('/?sort=name&q=s')
  await untilLive(page)
  await page.click('#pin-ash')
  await page.locator('#group-pinned #project-ash').waitFor()
  await untilLive(page)
  await report(server, 'ash', { type: 'workflow_transition', new_state: 'BLOCKED' })
  await page.locator('#group-pinned #project-ash[data-attention=blocked]').waitFor()
  // A frame with this row alone: another event, the same word.
  const lastEvent = () => page.locator('#project-ash .row__last time').getAttribute('datetime')
  const before = await lastEvent()
  await report(server, 'ash', { type: 'x-b' })
  await eventually(async () => (await lastEvent()) !== before)
  expect(await page.getAttribute('#pin-ash', 'aria-pressed')).toBe('true')
  await report(server, 'alps', { type: 'workflow_transition', new_state: 'IDLE' })
  await page.locator('#group-all #project-alps').waitFor()
  expect((await names(page))[0]).toBe('ash')
  expect(await page.locator('.pin[aria-pressed=true]').count()).toBe(1)
})

test('a pin brings a project from another page to the first', async () => {
  const page = await open('/?q=many-&sort=name&page=2')
  await page.click('#pin-many-161')
  await until(page, () => document.querySelector('.row') !== null && document.querySelector('#project-many-161') === null)
  expect(new URL(page.url()).search).toBe('?q=many-&sort=name&page=2')
  await page.goto(`${server.url}/?q=many-&sort=name`)
  expect((await names(page))[0]).toBe('many-161')
})

test('beyond twenty it says so, and takes no more', async () => {
  const page = await open('/')
  await rememberPins(page, many.slice(0, 20))
  await page.goto(`${server.url}/?sort=name&q=a`)
  await page.click('#pin-cedar')
  expect(await page.innerText('#pins-full:popover-open')).toBe('20 projects are pinned, which is the most. Unpin one first.')
  expect(await htmlProblems(await page.content())).toEqual([])
  const asked = { form: { pin: 'cedar' }, headers: { accept: 'text/html' } }
  const refused = await page.request.post(`${server.url}/pins`, asked)
  expect(refused.status()).toBe(409)
  expect(await refused.text()).toContain('20 projects are pinned')
  await page.keyboard.press('Escape')
  await page.click('#pin-many-100')
  await page.locator('#pin-many-100[aria-pressed=false]').waitFor()
  await page.click('#pin-cedar')
  await page.locator('#group-pinned #project-cedar').waitFor()
})

test('what is gone takes no place, and nobody is led elsewhere', async () => {
  const page = await open('/')
  await rememberPins(
    page,
    Array.from({ length: 20 }, (_, index) => `gone-${index}`),
  )
  const asked = { form: { pin: 'CEDAR', back: 'https://elsewhere.example/?q=x' }, maxRedirects: 0 }
  const answer = await page.request.post(`${server.url}/pins`, asked)
  expect([answer.status(), answer.headers()['location']]).toEqual([303, '/'])
  await page.goto(server.url)
  expect((await names(page))[0]).toBe('cedar')
  expect((await page.request.post(`${server.url}/pins`, { form: { pin: 'nobody' } })).status()).toBe(404)
})

test.each(['desktop', 'phone'] as const)('pins are accessible in both themes, valid, and large enough on a %s', async (device) => {
  const page = await open('/', { device })
  await rememberPins(page, ['cedar'])
  // One that is pinned and one that is not: sixty more of them take axe-core long, and show it nothing new.
  for (const path of ['/?q=r', '/?q=r&view=grid']) {
    await page.goto(`${server.url}${path}`)
    await untilLive(page)
    const { width, height } = (await page.locator('#pin-cedar').boundingBox()) ?? { width: 0, height: 0 }
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(device === 'phone' ? 44 : 24)
    expect(await page.locator('.pin[aria-pressed=true]').count()).toBe(1)
    expect(await page.locator('.pin[aria-pressed=false]').count()).toBeGreaterThan(0)
    expect(await problemsInBothThemes(page)).toEqual([])
    expect(await widthBeyondScreen(page)).toBe(0)
  }
  expect(await htmlProblems(await (await fetch(`${server.url}/`)).text())).toEqual([])
})
