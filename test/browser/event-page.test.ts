import { beforeAll, expect, test } from 'bun:test'
import { openBrowser, type PageOptions, type TestBrowser, untilText } from '../support/browser.ts'
import { htmlProblems } from '../support/page-quality.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const HOSTILE = '</pre><script>alert(1)</script>\u202egnp.exe\u001b[31m'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
  await report(server, 'apollo', [
    { type: 'workflow_transition', new_state: 'BACKLOG_READY' },
    {
      type: 'agent_activity',
      agent_type: 'CodeAgent',
      agent_id: 'code-7',
      story_id: 'PAY-1',
      action: 'work',
      status: 'started',
      detail: { command: 'npm test', deep: { more: [1, 2] } },
    },
    { type: 'x-odd', text: HOSTILE, long: 'é'.repeat(30_000), nothing: null },
  ])
})

const open = async (path: string, options: PageOptions = {}) => (await browser.openPage(`${server.url}${path}`, options)).page

test.each(['desktop', 'phone'] as const)('an event tells all that was reported, and leads to the next, on a %s', async (device) => {
  const page = await open('/projects/apollo/events/2', { device })
  await untilText(page, /CodeAgent.*work/s, { within: '#event-head' })
  expect(await page.locator('.fields').innerText()).toContain('"command": "npm test"')
  await page.click('a[rel=next]')
  await page.waitForURL(/events\/3$/)
  expect(await page.locator('a[rel=next]').count()).toBe(0)
})

test('it leads to its story, its agent and the project as it was then', async () => {
  const page = await open('/projects/apollo/events/2')
  expect(await page.locator('.known a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual([
    '/projects/apollo/stories/PAY-1',
    '/projects/apollo/agents/code-7',
  ])
  await page.click('text=The project after it')
  await page.waitForURL(/apollo\?at=2$/)
})

test('as of a moment its links stay there, and what came later is not there yet', async () => {
  const page = await open('/projects/apollo/events/2?at=2')
  expect(await page.locator('.known a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual([
    '/projects/apollo/stories/PAY-1?at=2',
    '/projects/apollo/agents/code-7?at=2',
  ])
  expect(await page.locator('a[rel=next]').count()).toBe(0)
  expect(await page.getAttribute('a[rel=prev]', 'href')).toBe('/projects/apollo/events/1?at=2')
  await untilText(page, 'Looking back', { within: 'header' })
  expect(await page.locator('[data-live*="/live/projects"]').count()).toBe(0)
  const refused = await fetch(`${server.url}/projects/apollo/events/3?at=2`)
  expect(refused.status).toBe(404)
  expect(await refused.text()).toContain('At that moment there was no event 3 yet: the last one was 2.')
})

test('a row of the activity leads to it', async () => {
  const page = await open('/projects/apollo')
  await page.click('#event-3 .event__clock a')
  await page.waitForURL(/events\/3$/)
})

test('hostile and long text is shown, cut and obeyed by nothing', async () => {
  const html = await (await fetch(`${server.url}/projects/apollo/events/3`)).text()
  expect(await htmlProblems(html)).toEqual([])
  expect(html).not.toContain('<script>alert')
  expect(html).not.toMatch(/[\u202e\u001b]/)
  expect(html).toContain('more characters')
  expect(html.length).toBeLessThan(60_000)
})

test.each([
  ['0', 404],
  ['1e3', 404],
  ['99', 404],
  ['-1', 404],
])('an event that is not there is said so: %s', async (offset, status) => {
  const response = await fetch(`${server.url}/projects/apollo/events/${offset}`, { headers: { accept: 'text/html' } })
  expect(response.status).toBe(status)
  expect(await response.text()).toContain('Not there')
})
