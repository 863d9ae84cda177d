import { beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type PageOptions, type TestBrowser, until } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { isSameDocument, markDocument, takeClock, untilLive, WHILE_IT_IS_DOWN } from '../support/live-page.ts'
import { accessibilityProblems, htmlProblems, problemsInBothThemes, widthBeyondScreen } from '../support/page-quality.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
  const command = `psql "$STAGING_URL" ${'--set batch=500 '.repeat(20)}&& npm run seed -- --truncate`
  const asked = { type: 'approval_requested', approval_id: 'q', title: 'run a command', kind: 'command', description: command }
  for (let index = 0; index < 16; index++) {
    await report(server, `project-${index}`, { type: 'tdd_transition', story_id: `story-${index}`, new_state: 'test_red' })
    if (index < 4) await report(server, `project-${index}`, asked)
  }
})

async function open(path: string, options: PageOptions & { width?: number; height?: number } = {}): Promise<Page> {
  const { page } = await browser.openPage(`${server.url}${path}`, options)
  await page.setViewportSize({ width: options.width ?? 1920, height: options.height ?? 1080 })
  await untilLive(page)
  return page
}

const names = (page: Page) => page.locator('.tile__name a').allInnerTexts()

/** With a clock that the test moves on, from the start of the page. */
async function openWithClock(path: string): Promise<Page> {
  const page = await open(path)
  await takeClock(page)
  await untilLive(page)
  await markDocument(page)
  return page
}

describe('one screen', () => {
  test('lets few tiles grow beside large ones, with all of their names and all of their feet', async () => {
    const own = await startServer()
    for (const name of ['asks-first', 'asks-next']) {
      await report(own, name, { type: 'approval_requested', approval_id: 'q', title: 'Which version?' })
    }
    const names = ['a-name-of-24-characters-x', 'another-one-as-long-as-y']
    const cycles = [1, 2, 3, 4].map((story) => ({ type: 'tdd_transition', story_id: `story-${story}`, new_state: 'test_red' }))
    for (const name of names) await report(own, name, cycles)
    const { page } = await browser.openPage(`${own.url}/?tv=1`)
    await page.setViewportSize({ width: 1920, height: 1080 })
    const tiles = page.locator('.tiles--few .tile:not(.tile--hour)')
    expect(await tiles.locator('.tile__name').allInnerTexts()).toEqual(names)
    const cut = '.tile__name, .tile__last, .tile__foot'
    expect(
      await tiles
        .locator(cut)
        .evaluateAll((parts) => parts.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.outerHTML)),
    ).toEqual([])
    const { height } = (await tiles.first().boundingBox()) ?? { height: 0 }
    expect(height).toBeGreaterThan(350)
  })

  test.each([
    [1920, 1080],
    [1280, 720],
  ])('holds a page of tiles and its foot at %d by %d, without a scroll and with nothing cut but text', async (width, height) => {
    const page = await open('/?tv=1', { width, height })
    expect(await page.locator('.tile').count()).toBe(12)
    expect(await page.locator('.tile--large').count()).toBe(3)
    const seen = await page.evaluate(() => {
      const root = document.scrollingElement!
      const inside = (element: Element) => {
        const { top, left, bottom, right } = element.getBoundingClientRect()
        return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth
      }
      const parts = [...document.querySelectorAll('.tile, .tile__foot, .tile__name, .wall__clock, .count, #live, #wall-turn')]
      const cut = [...document.querySelectorAll('.tile')].filter((tile) => tile.scrollHeight > tile.clientHeight + 1)
      return {
        scrolls: root.scrollHeight > innerHeight || root.scrollWidth > innerWidth,
        outside: parts.filter((part) => !inside(part)).map((part) => part.outerHTML.slice(0, 80)),
        cut: cut.map((tile) => tile.id),
      }
    })
    expect(seen).toEqual({ scrolls: false, outside: [], cut: [] })
  })

  test('is accessible in both themes, and valid', async () => {
    expect(await problemsInBothThemes(await open('/?tv=1'))).toEqual([])
    expect(await htmlProblems(await (await fetch(`${server.url}/?tv=1`)).text())).toEqual([])
  })

  test('is read like any page on a phone', async () => {
    const { page } = await browser.openPage(`${server.url}/?tv=1`, { device: 'phone' })
    await untilLive(page)
    expect(await widthBeyondScreen(page)).toBe(0)
    expect(await accessibilityProblems(page)).toEqual([])
  })

  test('says what to do where there is nothing to show, and shows the first project when it comes', async () => {
    const empty = await startServer()
    const { page } = await browser.openPage(`${empty.url}/?tv=1`)
    await untilLive(page)
    expect(await page.innerText('#wall')).toContain('A project appears here with its first event')
    await report(empty, 'first', { type: 'approval_requested', approval_id: 'q', title: 'Which?' })
    await eventually(async () => (await names(page)).join() === 'first')
    await until(page, () => document.querySelector('.wall .count b')?.textContent === '1')
    await until(page, () => document.title.startsWith('(1) '))
  })
})

test('the wall is live: tiles change in place, and who needs a person grows', async () => {
  const page = await open('/?tv=1&q=project-1')
  expect(await page.locator('#project-project-15.tile--large').count()).toBe(0)
  await report(server, 'project-15', { type: 'workflow_transition', old_state: 'SPRINT_ACTIVE', new_state: 'BLOCKED' })
  await page.locator('#project-project-15.tile--large').waitFor()
  await report(server, 'project-15', { type: 'workflow_transition', old_state: 'BLOCKED', new_state: 'SPRINT_ACTIVE' })
  await page.locator('#project-project-15:not(.tile--large)').waitFor()
})

describe('the wall turns its pages', () => {
  test('every 20 seconds, and begins again after the last', async () => {
    const page = await openWithClock('/?tv=1')
    expect(await names(page)).toHaveLength(11)
    await page.clock.fastForward(20_000)
    await page.waitForURL(/tv=1&page=2/)
    await untilLive(page)
    expect(await names(page)).toHaveLength(5)
    await page.clock.fastForward(20_000)
    await page.waitForURL((url) => url.search === '?tv=1')
  })

  test('by itself without script', async () => {
    const { page } = await browser.openPage(`${server.url}/?tv=1&page=2`, { isScripted: false })
    expect(await page.getAttribute('meta[http-equiv=refresh]', 'content')).toBe('20; url=/?tv=1')
    expect(await names(page)).toHaveLength(5)
  })

  test('and with one page alone it loads itself again when another release answers', async () => {
    const page = await openWithClock('/?tv=1&q=project-2')
    const [asked] = await Promise.all([page.waitForResponse(/tv=1/), page.clock.fastForward(20_000)])
    await asked.finished()
    expect(await isSameDocument(page)).toBe(true)
    await page.evaluate(() => void document.body.setAttribute('data-build', 'of another release'))
    await page.clock.fastForward(20_000)
    await until(page, () => document.body.dataset['build'] !== 'of another release')
    expect(await isSameDocument(page)).toBe(false)
  })
})

test('while the server is away the wall keeps what it shows, and says so', async () => {
  const own = await startServer()
  await report(own, 'kept', { type: 'workflow_transition', new_state: 'IDLE' })
  const watched = await browser.openPage(`${own.url}/?tv=1`)
  watched.tolerate(WHILE_IT_IS_DOWN)
  const { page } = watched
  await takeClock(page)
  await untilLive(page)
  await own.kill()
  await page.clock.runFor(45_000)
  await until(page, () => document.querySelector('#live')?.getAttribute('data-state') === 'reconnecting')
  expect(await names(page)).toEqual(['kept'])
})
