import { beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type TestBrowser, untilText } from '../support/browser.ts'
import { isSameDocument, markDocument, untilLive } from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
})

const said = (message: string, user_id = 'mara') => ({ type: 'chat_message', message, user_id })
const ran = (status: string, more: object = {}) => ({
  ...{ type: 'command_execution', command: '/sprint status', command_id: 'c-1', user_id: 'jonas', status },
  ...more,
})
const work = { type: 'agent_activity', agent_type: 'CodeAgent', agent_id: 'a', action: 'work', status: 'started' }

async function open(path: string, isScripted = true): Promise<Page> {
  const { page } = await browser.openPage(`${server.url}/projects/${path}`, { isScripted })
  if (isScripted && (await page.locator('#page[data-live]').count())) await untilLive(page)
  return page
}

const offsets = (page: Page) =>
  page.locator('#activity-list > li').evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset['offset'])))

describe('a conversation', () => {
  test('grows while it is looked at, and tells what becomes of a command where it began', async () => {
    await report(server, 'grows', [said('Hold the release.'), ran('started'), work])
    const page = await open('grows/chat')
    await markDocument(page)
    const command = page.locator('#said-2')
    expect(await command.innerText()).toContain('Started')
    expect(await page.innerText('#chat-note')).toBe('Commands: 1 running')

    await report(server, 'grows', [work, said('Meanwhile.'), ran('completed', { result: '4 of 9 stories are done' })])
    await untilText(page, '4 of 9 stories are done', { within: '#said-2' })
    expect(await command.innerText()).toMatch(/jonas[^]*Completed[^]*\/sprint status[^]*Result/)
    // What is no part of the conversation shows nowhere.
    expect(await offsets(page)).toEqual([5, 2, 1])
    expect(await isSameDocument(page)).toBe(true)

    await report(server, 'grows', [ran('started'), ran('failed', { result: 'staging is away' })])
    await untilText(page, 'staging is away', { within: '#said-7' })
    expect(await page.innerText('#chat-note')).toBe('Commands: 1 failed')
    expect(await offsets(page)).toEqual([7, 5, 2, 1])
    await page.reload()
    await untilLive(page)
    expect(await offsets(page)).toEqual([7, 5, 2, 1])
  })

  test('is searched, and what is said then comes only where it matches', async () => {
    await report(server, 'searched', [said('about staging'), said('about lunch'), ran('completed', { result: 'staging is back' })])
    const page = await open('searched/chat')
    await page.fill('#activity input[name=q]', 'STAGING')
    await Promise.all([page.waitForURL(/q=STAGING/), page.press('#activity input[name=q]', 'Enter')])
    await untilLive(page)
    expect(await offsets(page)).toEqual([3, 1])
    await report(server, 'searched', [said('more about lunch'), said('staging again')])
    await page.locator('#said-5').waitFor()
    expect(await offsets(page)).toEqual([5, 3, 1])
  })

  test('is looked back at as it stood, with no websocket of its own', async () => {
    await report(server, 'past', [ran('started'), said('first'), ran('completed', { result: 'green' }), said('second')])
    const page = await open('past/chat?at=2')
    expect(await offsets(page)).toEqual([2, 1])
    expect(await page.innerText('#said-1')).toContain('Started')
    expect(await page.locator('#page[data-live]').count()).toBe(0)
    const older = await open('past/chat?at=3&before=2')
    expect(await offsets(older)).toEqual([1])
    await Promise.all([older.waitForURL(/chat\?at=3$/), older.click('text=To the newest')])
    expect(await offsets(older)).toEqual([2, 1])
  })

  test('leads from its newest part to older ones, with every command whole', async () => {
    const talk = Array.from({ length: 230 }, (_, index) => said(`note ${index}`))
    await report(server, 'long', [ran('started'), ...talk, ran('completed', { result: 'at last' })])
    const page = await open('long/chat')
    // A command that began long ago ends: the way to older ones is still complete.
    await report(server, 'long', [ran('started', { command_id: 'c-2' }), ran('progress', { command_id: 'c-1' }), said('now')])
    await page.locator('#said-235').waitFor()
    for (;;) {
      const older = page.locator('#activity-older')
      if (!(await older.isVisible())) break
      const before = (await offsets(page)).length
      await older.scrollIntoViewIfNeeded()
      await page.waitForFunction(
        (count) =>
          document.querySelectorAll('#activity-list > li').length !== count ||
          !document.querySelector('#activity-older')?.checkVisibility(),
        before,
      )
    }
    const shown = await offsets(page)
    expect(shown.at(-1)).toBe(1)
    expect(new Set(shown).size).toBe(shown.length)
    expect(shown.filter((offset) => offset <= 231 && offset > 1).length).toBe(230)
  })

  test('is read without script, from the project to its end', async () => {
    await report(server, 'plain', [said('Hello'), ran('failed', { result: 'exit 1' })])
    const page = await open('plain', false)
    await page.click('text=Chat and commands')
    expect(await page.locator('h1').innerText()).toBe('Chat')
    expect(await page.innerText('#activity-list')).toMatch(/Failed[^]*\/sprint status[^]*Error[^]*exit 1[^]*Hello/)
  })
})
