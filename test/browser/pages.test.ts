import { beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type PageOptions, type TestBrowser, until, untilText } from '../support/browser.ts'
import { untilLive } from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const CONFIG = `
projects:
  billing: { path: /nonexistent/billing, priority: high, tags: [money], description: "Invoices" }
  search: { path: /nonexistent/search, priority: low, tags: [backend] }
  docs: { path: /nonexistent/docs, status: paused }
`
const LONG = 'Überlänge'.repeat(60)
const RIGHT_TO_LEFT = 'שלום עולם, זה פרויקט'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file', config: CONFIG })])
  await report(server, 'search', { type: 'workflow_transition', old_state: 'SPRINT_ACTIVE', new_state: 'BLOCKED' })
  await report(server, 'billing', [
    { type: 'workflow_transition', old_state: 'SPRINT_PLANNED', new_state: 'SPRINT_ACTIVE' },
    { type: 'tdd_transition', story_id: 'story-1', new_state: 'design' },
    { type: 'agent_activity', agent_type: 'CodeAgent', agent_id: 'a1', action: LONG, tool: 'Bash', detail: LONG, status: 'started' },
    { type: 'agent_activity', agent_type: 'QAAgent', agent_id: 'a2', parent_agent_id: 'a1', action: RIGHT_TO_LEFT, status: 'started' },
    { type: 'approval_requested', approval_id: 'q1', title: `run \`rm -rf ${'build/'.repeat(80)}\`?`, agent_type: 'QAAgent' },
    { type: 'chat_message', message: `👩‍👩‍👧‍👦 ${RIGHT_TO_LEFT} ${LONG}`, user_id: 'mara' },
    { type: 'error_state', error_id: 'e1', error_message: LONG, severity: 'error' },
  ])
})

const names = (page: Page) => page.locator('.row__name').allInnerTexts()
const open = async (path: string, options: PageOptions = {}) => (await browser.openPage(`${server.url}${path}`, options)).page

describe('the overview', () => {
  test('stands in the order of attention', async () => {
    expect(await names(await open('/'))).toEqual(['billing', 'search', 'docs'])
  })

  test.each([
    ['?attention=blocked', ['search']],
    ['?status=paused', ['docs']],
    ['?priority=high', ['billing']],
    ['?tag=backend', ['search']],
    ['?q=invoices', ['billing']],
    ['?q=nothing-like-it', []],
    ['?attention=nonsense', ['billing', 'search', 'docs']],
  ])('shows what the address asks for: %s', async (search, expected) => {
    expect(await names(await open(`/${search}`))).toEqual(expected)
  })

  test('is filtered by clicking and by typing, and the address says so', async () => {
    const page = await open('/')
    await untilLive(page)
    await page.click('#counts a[href*="blocked"]')
    await page.waitForURL(/attention=blocked/)
    expect(await names(page)).toEqual(['search'])
    await page.reload()
    expect(await names(page)).toEqual(['search'])
    await page.keyboard.press('/')
    await page.keyboard.type('billing')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=billing/)
    expect(await names(page)).toEqual(['billing'])
  })

  test('stays live below a filter: who comes to match appears, who no longer does leaves', async () => {
    const page = await open('/?q=visitor')
    await untilLive(page)
    await report(server, 'visitor', { type: 'workflow_transition', new_state: 'IDLE' })
    await untilText(page, 'visitor', { within: '#projects' })
    const blocked = await open('/?attention=blocked&q=visitor')
    await untilLive(blocked)
    await report(server, 'visitor', { type: 'workflow_transition', new_state: 'BLOCKED' })
    await untilText(blocked, 'visitor', { within: '#projects' })
    await report(server, 'visitor', { type: 'workflow_transition', new_state: 'IDLE' })
    await until(blocked, () => document.querySelector('.row__name') === null)
  })

  test('pages through more projects than fit', async () => {
    await Promise.all(Array.from({ length: 65 }, (_, index) => report(server, `many-${index}`, { type: 'x-a' })))
    const page = await open('/?q=many-')
    expect(await page.locator('.row').count()).toBe(60)
    await page.click('a[rel="next"]')
    await page.waitForURL(/page=2/)
    expect(await page.locator('.row').count()).toBe(5)
  })
})

describe('without script', () => {
  test('pages are readable, linked, filterable, and load themselves again', async () => {
    const page = await open('/', { isScripted: false })
    expect(await page.locator('meta[http-equiv="refresh"]').getAttribute('content')).toBe('15')
    expect(await page.locator('.needs-script:visible').count()).toBe(0)
    expect(await page.locator('#live').innerText()).toContain('As of')
    await page.fill('#search', 'billing')
    await page.press('#search', 'Enter')
    await page.waitForURL(/q=billing/)
    await page.click('.row__name')
    await page.waitForURL(/\/projects\/billing$/)
    const text = await page.locator('main').innerText()
    for (const part of ['SPRINT_ACTIVE', 'story-1', 'CodeAgent', '/sprint pause', 'rm -rf']) expect(text).toContain(part)
  })
})

test('an address that leads nowhere says so, as a page', async () => {
  const response = await fetch(`${server.url}/projects/never-seen`, { headers: { accept: 'text/html' } })
  const html = await response.text()
  expect(response.status).toBe(404)
  expect(html).toContain('No such project')
})

test('on a phone, what can be touched is large enough', async () => {
  const page = await open('/projects/billing', { device: 'phone' })
  const small = await page
    .locator('main a.button:visible, main button:visible, .counts a:visible, header button:visible')
    .evaluateAll((elements) =>
      elements.filter((element) => element.getBoundingClientRect().height < 44).map((element) => element.outerHTML.slice(0, 80)),
    )
  expect(small).toEqual([])
})

test('the theme follows the system, can be set, and is in the first bytes of the next page', async () => {
  const page = await open('/', { colorScheme: 'dark' })
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const dark = await background()
  await page.click('#theme')
  expect(await background()).not.toBe(dark)
  const [response] = await Promise.all([page.waitForResponse((each) => each.url() === `${server.url}/`), page.reload()])
  expect(await response.text()).toContain('<html lang="en" data-theme="light">')
  expect(await background()).not.toBe(dark)
  const theme = page.locator('#theme')
  expect(await theme.getAttribute('aria-label')).toBe('Theme: light. Change it')
  await theme.click()
  await page.emulateMedia({ colorScheme: 'light' })
  expect([await background(), await theme.getAttribute('aria-label')]).toEqual([dark, 'Theme: dark. Change it'])
  await page.emulateMedia({ colorScheme: 'dark' })
  await theme.click()
  await page.emulateMedia({ colorScheme: 'light' })
  expect([(await background()) === dark, await theme.getAttribute('aria-label')]).toEqual([false, 'Theme: as the system. Change it'])
  const html = await (await page.reload())?.text()
  expect(html).not.toContain('data-theme=')
})

test('what is printed is dark on white, whatever theme is on the screen', async () => {
  for (const theme of ['light', 'dark'] as const) {
    const page = await open('/projects/billing', { colorScheme: theme })
    if (theme === 'dark') await page.evaluate(() => (document.documentElement.dataset['theme'] = 'dark'))
    await page.emulateMedia({ media: 'print', colorScheme: theme })
    const [ink, paper] = await page.evaluate(() => {
      const { color } = getComputedStyle(document.querySelector('h1')!)
      const canvas = document.createElement('canvas').getContext('2d')!
      canvas.fillStyle = color
      canvas.fillRect(0, 0, 1, 1)
      return [canvas.getImageData(0, 0, 1, 1).data[0]!, getComputedStyle(document.documentElement).colorScheme]
    })
    expect([theme, ink < 80, paper]).toEqual([theme, true, 'light'])
  }
})
