import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type TestBrowser, until } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { generateHistory } from '../support/histories.ts'
import { report } from '../support/report.ts'
import { startServer } from '../support/server.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})

/** A part of the page as text, without what the page's script adds and without times, which go on by themselves. */
const drawn = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate((each) => {
    const part = document.querySelector(each)?.cloneNode(true) as Element
    for (const time of part.querySelectorAll('[data-since], [data-clock]')) time.replaceWith(time.getAttribute('data-since') ?? '')
    for (const element of [part, ...part.querySelectorAll('*')]) {
      element.classList.remove('is-changed')
      // A morph adds what was missing at the end; the order of attributes means nothing.
      const attributes = [...element.attributes]
        .filter(({ value }) => value !== '')
        .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      for (const { name } of [...element.attributes]) element.removeAttribute(name)
      for (const { name, value } of attributes) element.setAttribute(name, value)
    }
    return part.outerHTML.split(/(?=<li)/)
  }, selector)

const untilLive = (page: Page) => until(page, () => document.querySelector('#live')?.getAttribute('data-state') === 'live')
const untilTotal = (page: Page, total: string) =>
  eventually(async () => (await page.innerText('#activity-total')).startsWith(`${total} events`), { withinMs: 10_000 })

/** Agents that come below others, and go: their rows move, and so do the lines that lead to them. */
const comings = (index: number) => [
  { type: 'agent_status', agent_id: `late-${index}`, agent_type: 'QAAgent', status: 'working', parent_agent_id: `agent-${index % 3}` },
  { type: 'agent_status', agent_id: `agent-${(index * 3) % 8}`, status: index % 2 === 0 ? 'ended' : 'working' },
]

test('a page that followed every move of cards and agents shows what a page shows that is opened now', async () => {
  const server = await startServer()
  const history = generateHistory({ seed: 3, count: 130, stories: 12 })
  await report(server, 'apollo', history.slice(0, 80))
  const followed = (await browser.openPage(`${server.url}/projects/apollo`)).page
  await untilLive(followed)
  for (const [index, event] of history.slice(80).entries()) {
    await report(server, 'apollo', index % 8 === 0 ? [event, ...comings(index / 8)] : event)
    // Some frames tell of one event, some of several.
    if (index % 3 === 0) await untilTotal(followed, String(80 + index + 1 + 2 * (Math.floor(index / 8) + 1)))
  }
  await untilTotal(followed, '144')
  const opened = (await browser.openPage(`${server.url}/projects/apollo`)).page
  for (const part of ['#board', '#agents', '#workflow']) expect(await drawn(followed, part)).toEqual(await drawn(opened, part))
}, 60_000)

test('an overview whose rows changed their order shows what one shows that is opened now', async () => {
  const server = await startServer()
  const names = Array.from({ length: 12 }, (_, index) => `project-${index}`)
  for (const name of names) await report(server, name, { type: 'workflow_transition', new_state: 'BACKLOG_READY' })
  const followed = (await browser.openPage(server.url)).page
  await untilLive(followed)
  const states = ['BLOCKED', 'SPRINT_REVIEW', 'SPRINT_PAUSED', 'SPRINT_ACTIVE', 'ERROR']
  for (let step = 0; step < 24; step++) {
    await report(server, names[(step * 5) % names.length]!, { type: 'workflow_transition', new_state: states[step % states.length] })
  }
  const opened = (await browser.openPage(server.url)).page
  const expected = await drawn(opened, '#projects')
  expect(expected.length).toBeGreaterThan(12)
  await eventually(async () => {
    expect(await drawn(followed, '#projects')).toEqual(expected)
    return true
  })
}, 60_000)
