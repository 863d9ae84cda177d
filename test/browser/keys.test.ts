import { beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type PageOptions, type TestBrowser, until } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { untilLive } from '../support/live-page.ts'
import { accessibilityProblems, htmlProblems } from '../support/page-quality.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
  await report(server, 'asks', { type: 'approval_requested', approval_id: 'q', title: 'Which version?', agent_type: 'DesignAgent' })
  await report(server, 'blocked', { type: 'workflow_transition', new_state: 'BLOCKED' })
  for (const name of ['rests', 'sleeps']) await report(server, name, { type: 'workflow_transition', new_state: 'IDLE' })
})

async function open(path: string, options: PageOptions = {}): Promise<Page> {
  const { page } = await browser.openPage(`${server.url}${path}`, options)
  await untilLive(page)
  return page
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent)
const pathOf = (page: Page) => new URL(page.url()).pathname + new URL(page.url()).search

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key)
}

describe('on the overview', () => {
  test('j and k move from project to project, Enter opens one, Escape leads back', async () => {
    const page = await open('/')
    await press(page, 'j')
    expect(await focused(page)).toBe('asks')
    await press(page, 'j', 'j', 'j', 'j')
    expect(await focused(page)).toBe('sleeps')
    await press(page, 'k')
    expect(await focused(page)).toBe('rests')
    await press(page, 'Enter')
    await page.waitForURL(/projects\/rests/)
    await press(page, 'Escape')
    await page.waitForURL(`${server.url}/`, { waitUntil: 'commit' })
  })

  test('n moves among those that need a person, round and round', async () => {
    const page = await open('/?sort=name')
    await press(page, 'n')
    expect(await focused(page)).toBe('asks')
    await press(page, 'n')
    expect(await focused(page)).toBe('blocked')
    await press(page, 'n')
    expect(await focused(page)).toBe('asks')
  })

  test('the place stays when something happens meanwhile', async () => {
    const page = await open('/?sort=name')
    await press(page, 'j', 'j', 'j')
    expect(await focused(page)).toBe('rests')
    await report(server, 'rests', { type: 'workflow_transition', new_state: 'SPRINT_PAUSED' })
    await until(page, () => document.querySelector('#project-rests[data-attention=paused]') !== null)
    expect(await focused(page)).toBe('rests')
    await report(server, 'rests', { type: 'workflow_transition', new_state: 'IDLE' })
  })

  test('keys rest in fields, and with a modifier', async () => {
    const page = await open('/')
    await press(page, '/', 'j', 'n', '?', 'Control+k', 'g', 'p')
    expect(await page.inputValue('#search')).toBe('jn?gp')
    expect([await page.locator('dialog[open]').count(), pathOf(page)]).toEqual([0, '/'])
    await press(page, 'Escape', 'Alt+j', 'Control+j', 'Meta+j')
    expect(await page.locator('.row__name:focus').count()).toBe(0)
  })

  test('Escape closes an open menu first and leaves the focus on what opened it', async () => {
    const page = await open('/?sort=name')
    await page.click('#sorting > summary')
    await page.focus('#sorting a')
    await press(page, 'Escape')
    expect([await page.locator('#sorting[open]').count(), await focused(page), pathOf(page)]).toEqual([0, 'Sort', '/?sort=name'])
    await press(page, 'Escape')
    await page.waitForURL(`${server.url}/`, { waitUntil: 'commit' })
  })
})

describe('on a project', () => {
  test('n leads to the next project that needs a person, g p to all of them, g a to those that ask', async () => {
    const page = await open('/projects/rests')
    await press(page, 'n')
    await page.waitForURL(/projects\/asks/)
    await press(page, 'n')
    await page.waitForURL(/projects\/blocked/)
    await press(page, 'g', 'a')
    await page.waitForURL(/attention=needs_you/)
    await press(page, 'g', 'p')
    await page.waitForURL(`${server.url}/`)
  })
})

describe('help', () => {
  test('comes by key and by button, takes the focus, and gives it back', async () => {
    const page = await open('/')
    await press(page, 'j', '?')
    expect(await page.innerText('dialog[open]')).toContain('Next one that needs you')
    expect(await page.evaluate(() => document.querySelector('dialog[open]')?.contains(document.activeElement))).toBe(true)
    expect(await accessibilityProblems(page)).toEqual([])
    await press(page, 'j', 'Escape')
    expect([await page.locator('dialog[open]').count(), await focused(page)]).toEqual([0, 'asks'])
    await page.click('[data-keys-help]')
    await page.click('dialog[open] button')
    expect(await page.locator('dialog[open]').count()).toBe(0)
  })
})

describe('the palette', () => {
  const shown = (page: Page) => page.locator('.palette__name').allInnerTexts()

  test('finds projects by a part of the name and opens the chosen one', async () => {
    const page = await open('/projects/asks')
    await press(page, 'Control+k')
    await eventually(async () => (await shown(page)).length === 4)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.keyboard.type('EEP')
    await eventually(async () => (await shown(page)).join() === 'sleeps')
    await page.fill('#palette-text', 's')
    await eventually(async () => (await shown(page)).length === 3)
    await press(page, 'ArrowDown')
    const chosen = await page.getAttribute('#palette-text', 'aria-activedescendant')
    expect([chosen, await page.locator('[aria-selected=true] .palette__name').innerText()]).toEqual(['jump-rests', 'rests'])
    await press(page, 'Enter')
    await page.waitForURL(/projects\/rests/)
  })

  test('says what it did not find, and Escape only closes it', async () => {
    const page = await open('/projects/asks')
    await press(page, 'Control+k')
    await page.keyboard.type('nowhere')
    await page.locator('#palette-nothing').waitFor()
    await press(page, 'Enter', 'Escape')
    expect([await page.locator('dialog[open]').count(), pathOf(page)]).toEqual([0, '/projects/asks'])
  })

  test('gets ten projects at most, as valid HTML', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, index) => report(server, `crowd-${index}`, { type: 'x-a' })))
    const html = await (await fetch(`${server.url}/jump?q=crowd`)).text()
    expect(html.match(/class="palette__option/g)).toHaveLength(10)
    expect(html).toContain('2 more: type on')
    expect(await htmlProblems(`<div role="listbox" aria-label="Projects">${html}</div>`)).toEqual([])
  })
})

test('times stand in UTC when asked for, on the next page too', async () => {
  const page = await open('/projects/asks', { timeZone: 'Asia/Kolkata' })
  const zone = page.locator('[data-clock-zone]').first()
  /** What each time says, and what it would say in UTC. */
  const times = async () => {
    const all = page.locator('time[data-clock]')
    return [await all.allTextContents(), await all.evaluateAll((each) => each.map((time) => time.getAttribute('datetime')?.slice(11, 19)))]
  }
  expect(await zone.innerText()).toBe('your time')
  const [shown, utc] = await times()
  for (const [index, text] of shown!.entries()) expect(text).not.toBe(utc![index]!)
  await page.click('[data-utc-toggle]')
  expect(await zone.innerText()).toBe('UTC')
  await page.reload()
  expect([await zone.innerText(), await page.getAttribute('[data-utc-toggle]', 'aria-pressed')]).toEqual(['UTC', 'true'])
  const [after, expected] = await times()
  expect(after).toEqual(expected)
  expect(expected!.length).toBeGreaterThan(0)
  await page.click('[data-utc-toggle]')
  expect(await zone.innerText()).toBe('your time')
})
