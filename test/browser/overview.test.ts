import { beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type PageOptions, type TestBrowser, until } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { untilLive } from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
  for (const name of ['cedar', 'ash', 'birch']) await report(server, name, { type: 'workflow_transition', new_state: 'IDLE' })
  await report(server, 'birch', { type: 'approval_requested', approval_id: 'q', title: 'Which version?', agent_type: 'DesignAgent' })
})

const names = (page: Page) => page.locator('.row__name').allInnerTexts()
const open = async (path: string, options: PageOptions = {}) => (await browser.openPage(`${server.url}${path}`, options)).page
const columns = (page: Page) =>
  page.locator('.row').evaluateAll((rows) => new Set(rows.map((row) => Math.round(row.getBoundingClientRect().x))).size)

describe('sorting', () => {
  test.each([true, false])('is a choice that the address keeps (with script: %s)', async (isScripted) => {
    const page = await open('/?q=r', { isScripted })
    expect(await names(page)).toEqual(['birch', 'cedar'])
    await page.click('#sorting > summary')
    await page.click('text=By last event')
    await page.waitForURL(/sort=last_event/)
    expect(new URL(page.url()).search).toBe('?q=r&sort=last_event')
    expect(await page.locator('#sorting [aria-current]').textContent()).toBe('By last event')
    expect(await page.innerText('.columns__count')).toBe('2 projects, by last event')
  })

  test('stays live: the one that moved last comes first', async () => {
    const page = await open('/?sort=last_event')
    await untilLive(page)
    for (const name of ['ash', 'cedar']) {
      await report(server, name, { type: 'x-moved' })
      await eventually(async () => (await names(page))[0] === name)
    }
  })
})

describe('the grid', () => {
  test.each([true, false])('is chosen once and kept, until the list is (with script: %s)', async (isScripted) => {
    const page = await open('/?sort=name', { isScripted })
    expect(await columns(page)).toBe(1)
    await page.click('.views >> text=Grid')
    await page.waitForURL(/view=grid/)
    expect(await columns(page)).toBe(3)
    await page.goto(`${server.url}/?sort=name`)
    expect(await columns(page)).toBe(3)
    await page.click('.views >> text=List')
    await page.goto(`${server.url}/?sort=name`)
    expect(await columns(page)).toBe(1)
  })

  test('is live: a card changes in its place, another comes', async () => {
    const page = await open('/?view=grid&sort=name&q=grid-')
    await untilLive(page)
    for (const name of ['grid-b', 'grid-a']) await report(server, name, { type: 'workflow_transition', new_state: 'BLOCKED' })
    await until(page, () => document.querySelectorAll('.projects--grid .row[data-attention=blocked]').length === 2)
    expect(await names(page)).toEqual(['grid-a', 'grid-b'])
    await report(server, 'grid-a', { type: 'workflow_transition', new_state: 'SPRINT_REVIEW' })
    await until(page, () => document.querySelector('#project-grid-a[data-attention=in_review]') !== null)
  })
})
