import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type PageOptions, type TestBrowser, until, untilText } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { duplicateIds, goBack, goForward, isSameDocument, markDocument, rowsOn, untilLive, WHILE_IT_IS_DOWN } from '../support/live-page.ts'
import { accessibilityProblems, problemsInBothThemes } from '../support/page-quality.ts'
import { call, report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

/** An id with all that a path, a selector or a page could stumble over. */
const HOSTILE = `"><img src=x> a/b?c#d%2F'é`

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
})

let projects = 0
async function newProject(): Promise<string> {
  const name = `panel-${++projects}`
  const agent = { type: 'agent_activity', agent_id: 'head', agent_type: 'CodeAgent', story_id: 's-1', action: 'writes the parser' }
  await report(server, name, [
    { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' },
    ...['s-1', 'S-1', HOSTILE].map((story_id) => ({ type: 'tdd_transition', story_id, new_state: 'test_red', title: `About ${story_id}` })),
    { ...agent, tool: 'Bash', detail: { command: 'npm test' }, status: 'started' },
    { type: 'agent_activity', agent_id: 'sub', agent_type: 'TestAgent', parent_agent_id: 'head', action: 'reads', status: 'started' },
    ...Array.from({ length: 40 }, (_, index) => ({ type: 'chat_message', message: `note ${index}`, user_id: 'mara' })),
  ])
  return name
}

async function openProject(name: string, options: PageOptions = {}) {
  const watched = await browser.openPage(`${server.url}/projects/${name}`, options)
  await untilLive(watched.page)
  await markDocument(watched.page)
  return watched
}

const storyLink = (name: string, id = 's-1') => `#board a[href="/projects/${name}/stories/${encodeURIComponent(id)}"]`
const agentLink = (name: string, id = 'head') => `#agents a[href="/projects/${name}/agents/${encodeURIComponent(id)}"]`

async function openPanel(page: Page, link: string) {
  await page.click(link)
  await until(page, () => document.querySelector('#panel h1') === document.activeElement)
}

const untilClosed = (page: Page) =>
  until(page, () => !document.querySelector('#panel') && !document.documentElement.className.includes('has-panel'))
const viewers = async () => ((await call(server, '/api/v1/status')).body as { statistics: { viewers: number } }).statistics.viewers

test('a link to a story opens it beside the list, at its own address, and Escape leads back to the link', async () => {
  const name = await newProject()
  const { page } = await openProject(name)
  await openPanel(page, storyLink(name))
  expect(new URL(page.url()).pathname).toBe(`/projects/${name}/stories/s-1`)
  expect(await page.innerText('#panel')).toContain('About s-1')
  expect(await page.title()).toContain('s-1')
  expect(await page.isVisible('#board')).toBe(true)

  await page.keyboard.press('Escape')
  await untilClosed(page)
  expect(new URL(page.url()).pathname).toBe(`/projects/${name}`)
  expect(await page.title()).toContain(name)
  expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe(`/projects/${name}/stories/s-1`)
  expect(await isSameDocument(page)).toBe(true)
})

test('list and panel are both kept current', async () => {
  const name = await newProject()
  const { page } = await openProject(name)
  await openPanel(page, storyLink(name))
  await report(server, name, { type: 'tdd_transition', story_id: 's-1', old_state: 'test_red', new_state: 'code_green' })
  await untilText(page, 'code_green', { within: '#panel #part-head' })
  await until(page, () => document.activeElement?.matches('#panel h1'))
  expect((await rowsOn(page))[0]).toBe(47)
  expect(await page.locator('#panel #part-event-list > li').first().getAttribute('data-offset')).toBe('47')
  await openPanel(page, agentLink(name))
  await report(server, name, { type: 'agent_status', agent_id: 'head', status: 'needs_input', reason: 'Which parser?' })
  await untilText(page, 'Which parser?', { within: '#panel #part-head' })
  await untilText(page, 'asks: Which parser?', { within: '#agents' })
  expect(await duplicateIds(page)).toEqual([])
})

test('back goes through what was open, one by one, and forward again; a reload shows the whole page', async () => {
  const name = await newProject()
  const { page } = await openProject(name)
  await openPanel(page, agentLink(name))
  await page.click('#panel a[href$="/agents/sub"]')
  await untilText(page, 'TestAgent', { within: '#panel h1' })
  await goBack(page)
  await untilText(page, 'CodeAgent', { within: '#panel h1' })
  await goBack(page)
  await untilClosed(page)
  await goForward(page)
  await untilText(page, 'CodeAgent', { within: '#panel h1' })
  expect(await isSameDocument(page)).toBe(true)

  await page.reload()
  await untilText(page, 'CodeAgent', { within: 'main h1' })
  expect(await page.locator('#panel').count()).toBe(0)
  await goBack(page)
  await untilText(page, 'Board', { within: 'main' })
  expect(new URL(page.url()).pathname).toBe(`/projects/${name}`)
})

test('Escape closes all that was opened from one another at once', async () => {
  const name = await newProject()
  const { page } = await openProject(name)
  await openPanel(page, agentLink(name))
  await page.click('#panel a[href$="/agents/sub"]')
  await untilText(page, 'TestAgent', { within: '#panel h1' })
  await page.evaluate(() => {
    for (let press = 0; press < 2; press++) {
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }))
    }
  })
  await untilClosed(page)
  expect(page.url()).toBe(`${server.url}/projects/${name}`)
  expect(await isSameDocument(page)).toBe(true)
})

test('the list stays where it was when the panel opens and closes', async () => {
  const name = await newProject()
  const { page } = await openProject(name)
  const link = '#activity-list > li:nth-child(30) a[href*="/events/"]'
  await page.locator(link).scrollIntoViewIfNeeded()
  const top = () => page.locator(link).evaluate((element) => Math.round(element.getBoundingClientRect().top))
  await page.locator(agentLink(name)).evaluate((element) => element.scrollIntoView({ block: 'center' }))
  const agentTop = () => page.locator(agentLink(name)).evaluate((element) => Math.round(element.getBoundingClientRect().top))
  const before = await agentTop()
  await openPanel(page, agentLink(name))
  expect(Math.abs((await agentTop()) - before)).toBeLessThanOrEqual(1)
  await page.locator(link).evaluate((element) => element.scrollIntoView({ block: 'center' }))
  const read = await page.evaluate(() => scrollY)
  await page.click('[data-close-panel]')
  await untilClosed(page)
  expect(await top()).toBeGreaterThan(0)
  expect(read).toBeGreaterThan(0)
})

test('opened and closed many times, no websocket, listener or element is left behind', async () => {
  const name = await newProject()
  const { page } = await openProject(name)
  const session = await page.context().newCDPSession(page)
  async function measure() {
    await session.send('HeapProfiler.collectGarbage')
    return session.send('Memory.getDOMCounters')
  }
  async function turns(count: number) {
    for (let turn = 0; turn < count; turn++) {
      await openPanel(page, turn % 2 === 0 ? storyLink(name) : agentLink(name))
      await page.keyboard.press('Escape')
      await untilClosed(page)
    }
  }
  await turns(3)
  const [before, watching] = [await measure(), await viewers()]
  await turns(12)
  const after = await measure()
  expect(after.jsEventListeners).toBeLessThanOrEqual(before.jsEventListeners + 5)
  expect(after.nodes).toBeLessThan(before.nodes + 500)
  await eventually(async () => (await viewers()) <= watching)
})

test('an event opens beside the list, and leads on to its neighbours and its story', async () => {
  const name = await newProject()
  const { page } = await openProject(name)
  await openPanel(page, `#activity-list a[href="/projects/${name}/events/3"]`)
  await untilText(page, 'Event 3', { within: '#panel h1' })
  await page.click('#panel a[rel=prev]')
  await untilText(page, 'Event 2', { within: '#panel h1' })
  await page.click('#panel a[href$="/stories/s-1"]')
  await untilText(page, 'About s-1', { within: '#panel' })
  expect(await accessibilityProblems(page)).toEqual([])
})

test('beside a list of activity an event opens, and the list goes on', async () => {
  const name = await newProject()
  const { page } = await openProject(`${name}/activity?kind=talk`)
  await openPanel(page, `#activity-list a[href="/projects/${name}/events/40"]`)
  await untilText(page, 'Event 40', { within: '#panel h1' })
  await report(server, name, { type: 'chat_message', message: 'one more', user_id: 'mara' })
  await untilText(page, 'one more', { within: '#activity-list' })
  expect(await duplicateIds(page)).toEqual([])
  await page.keyboard.press('Escape')
  await untilClosed(page)
  expect(page.url()).toBe(`${server.url}/projects/${name}/activity?kind=talk`)
})

test('after a restart of the service list and panel are both whole again', async () => {
  const own = await startServer()
  await report(own, 'apollo', { type: 'tdd_transition', story_id: 's-1', new_state: 'test_red' })
  const { page, tolerate } = await browser.openPage(`${own.url}/projects/apollo`)
  tolerate(WHILE_IT_IS_DOWN)
  await untilLive(page)
  await openPanel(page, storyLink('apollo'))
  await own.stop()
  await untilText(page, /^Reconnecting/, { within: '#live' })
  await own.restart()
  await report(own, 'apollo', { type: 'tdd_transition', story_id: 's-1', old_state: 'test_red', new_state: 'code_green' })
  await untilLive(page)
  for (const part of ['#panel #part-head', '#activity-list']) await untilText(page, 'code_green', { within: part, withinMs: 20_000 })
})

test('a page that is paused stands still in the panel, too', async () => {
  const name = await newProject()
  const { page } = await openProject(name)
  await openPanel(page, storyLink(name))
  await page.click('#pause')
  await report(server, name, { type: 'tdd_transition', story_id: 's-1', old_state: 'test_red', new_state: 'code_green' })
  await untilText(page, 'Paused, 1 new', { within: '#live' })
  expect(await page.innerText('#part-head')).not.toContain('code_green')
  await page.click('#pause')
  await untilText(page, 'code_green', { within: '#part-head' })
  await untilText(page, 'code_green', { within: '#activity-list' })
})

test('ids that differ in case, and hostile ones, open what they name', async () => {
  const name = await newProject()
  const { page } = await openProject(name)
  for (const id of ['S-1', HOSTILE]) {
    await openPanel(page, storyLink(name, id))
    await untilText(page, `About ${id}`, { within: '#panel' })
    expect(page.url()).toBe(`${server.url}/projects/${name}/stories/${encodeURIComponent(id)}`)
  }
  await page.reload()
  await untilText(page, `About ${HOSTILE}`, { within: 'main' })
})

test('with a modifier key, on a phone and without script a link is a link', async () => {
  const name = await newProject()
  const { page } = await openProject(name)
  const [tab] = await Promise.all([page.context().waitForEvent('page'), page.click(storyLink(name), { modifiers: ['Control'] })])
  await tab.waitForLoadState()
  await untilText(tab, 'About s-1', { within: 'main' })
  expect(await page.locator('#panel').count()).toBe(0)

  const phone = await openProject(name, { device: 'phone' })
  await phone.page.click(storyLink(name))
  await untilText(phone.page, 'About s-1', { within: 'main' })
  expect(await isSameDocument(phone.page)).toBe(false)

  await goBack(phone.page)
  await phone.page
    .locator('#activity-list > li')
    .first()
    .click({ position: { x: 60, y: 40 } })
  await untilText(phone.page, 'Event 46', { within: 'main h1' })

  const { page: plain } = await browser.openPage(`${server.url}/projects/${name}`, { isScripted: false })
  await plain.click(storyLink(name))
  await plain.waitForURL(/stories/)
  expect(await plain.innerText('main')).toContain('About s-1')
})

test('the panel is accessible in both themes', async () => {
  const name = await newProject()
  const { page } = await openProject(name)
  for (const link of [storyLink(name), agentLink(name)]) {
    await openPanel(page, link)
    expect(await problemsInBothThemes(page)).toEqual([])
  }
})
