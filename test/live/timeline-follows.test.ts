import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { generateHistory } from '../support/histories.ts'
import { untilLive } from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { startServer } from '../support/server.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})

/** Lane by lane what is drawn and told, without where now is: that goes on by itself. */
const drawn = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('#timeline .lane, #timeline-steps table')].map((lane) => {
      const clone = lane.cloneNode(true) as Element
      for (const time of clone.querySelectorAll('[data-since], [data-clock]')) time.replaceWith(time.getAttribute('datetime') ?? '')
      for (const bar of clone.querySelectorAll('[data-grows]')) bar.removeAttribute('width')
      for (const bar of clone.querySelectorAll('.stay')) bar.removeAttribute('tabindex')
      for (const element of [clone, ...clone.querySelectorAll('*')]) {
        element.classList.remove('is-changed', 'is-told')
        // A morph adds what was missing at the end; the order of attributes means nothing.
        const attributes = [...element.attributes].toSorted((one, other) => (one.name < other.name ? -1 : 1))
        for (const { name } of attributes) element.removeAttribute(name)
        for (const { name, value } of attributes) element.setAttribute(name, value)
      }
      return clone.outerHTML
    }),
  )

const settled = (page: Page, title: string) =>
  eventually(async () => (await page.locator('#lane-marks title').allTextContents()).join().includes(title), { withinMs: 15_000 })

// A step of this window is hours long: the picture does not move on between the two pages.
test.each(['story', 'agent'])('a timeline by %s that followed everything shows what one shows that is opened now', async (by) => {
  const server = await startServer()
  const path = `${server.url}/projects/apollo/timeline?window=7d&by=${by}`
  const history = generateHistory({ seed: 5, count: 160, stories: 9, agents: 6 })
  await report(server, 'apollo', history.slice(0, 60))
  const { page: followed } = await browser.openPage(path)
  await untilLive(followed)
  for (let index = 60; index < history.length; index += 4) await report(server, 'apollo', history.slice(index, index + 4))
  await report(server, 'apollo', { type: 'error_state', error_message: 'the last of all' })
  await settled(followed, 'the last of all')
  const { page: opened } = await browser.openPage(path)
  expect(await drawn(followed)).toEqual(await drawn(opened))
  expect((await drawn(opened)).length).toBeGreaterThan(10)
})
