import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type PageOptions, type TestBrowser } from '../support/browser.ts'
import { endAfter } from '../support/ending.ts'
import { untilLive } from '../support/live-page.ts'
import { accessibilityProblems } from '../support/page-quality.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const ODD_TEXTS = {
  long: `${'Donaudampfschifffahrtsgesellschaft'.repeat(12)} and then ${'words '.repeat(80)}`,
  mixed: `${'שלום עולם, זה פרויקט (v2.0) עם טקסט מימין לשמאל '.repeat(4)} ${'👩‍👩‍👧‍👦🏳️‍🌈🇩🇪'.repeat(30)}`,
}

let browser: TestBrowser
let server: RunningServer
/** Opened before the last event, in a tab that outlives the tests: none has to wait for the time of its refresh. */
let unscripted: Page
beforeAll(async () => {
  const sections = Object.entries(ODD_TEXTS).map(
    ([name, text]) => `  ${name}: { path: /nonexistent/${name}, tags: [odd], description: "${text}" }`,
  )
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file', config: `projects:\n${sections.join('\n')}\n` })])
  for (const [name, text] of Object.entries(ODD_TEXTS)) await report(server, name, oddReports(text))
  unscripted = await openUnscripted('/projects/mixed')
  await report(server, 'mixed', { type: 'workflow_transition', old_state: 'SPRINT_ACTIVE', new_state: 'SPRINT_PAUSED' })
})

/** Ids and labels are shorter, and hold no invisible characters. */
const labelOf = (text: string) =>
  Array.from(text.replaceAll(/\p{Cf}/gu, ''))
    .slice(0, 60)
    .join('')
    .trim()

/** The same text wherever somebody else may put one. */
const oddReports = (text: string) => [
  { type: 'workflow_transition', old_state: 'SPRINT_PLANNED', new_state: 'SPRINT_ACTIVE' },
  {
    type: 'state_file',
    file: 'backlog.json',
    content: {
      epics: [{ id: 'epic-1', title: text }],
      stories: [{ id: 'story-1', epic_id: 'epic-1', title: text, status: 'in_progress', sprint_id: 'sprint-1' }],
      sprints: [{ id: 'sprint-1', goal: text, status: 'active', story_ids: ['story-1'], start_date: labelOf(text) }],
    },
  },
  { type: 'tdd_transition', story_id: 'story-1', new_state: 'design' },
  { type: 'tdd_transition', story_id: labelOf(text), new_state: 'code_green' },
  { type: 'agent_activity', agent_type: 'CodeAgent', agent_id: 'a1', action: text, tool: labelOf(text), detail: text, status: 'started' },
  { type: 'agent_activity', agent_type: labelOf(text), agent_id: 'a2', parent_agent_id: 'a1', action: text, status: 'failed' },
  { type: 'approval_requested', approval_id: 'q-1', title: text, kind: 'command', description: text, agent_type: labelOf(text) },
  { type: 'error_state', error_id: 'e-1', error_type: labelOf(text), error_message: text, severity: 'error' },
  { type: 'parallel_status', status_data: { [labelOf(text)]: text } },
  { type: 'chat_message', message: text, user_id: labelOf(text) },
]

async function openUnscripted(path: string) {
  const context = await browser.browser.newContext({ javaScriptEnabled: false })
  endAfter('file', () => context.close())
  const page = await context.newPage()
  await page.goto(`${server.url}${path}`)
  expect(await page.innerText('#heading')).toContain('SPRINT_ACTIVE')
  return page
}

async function open(path: string, options: PageOptions = {}): Promise<Page> {
  const { page } = await browser.openPage(`${server.url}${path}`, options)
  await untilLive(page)
  return page
}

/** Whatever is wider than its place, or reaches beyond the page. */
const spills = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const page = document.scrollingElement!
    const wide = page.scrollWidth > innerWidth ? [`the page is ${page.scrollWidth} wide`] : []
    // A part that scrolls or cuts by itself keeps what is in it; what is for ears only has no place.
    const isFree = (element: Element) =>
      !element.closest('.visually-hidden, svg') && element.checkVisibility() && getComputedStyle(element).overflowX === 'visible'
    const boxes = [...document.querySelectorAll('main :is(section, article, li, header, p, div, h1, h2, h3, h4)')].filter(isFree)
    const spilling = boxes.filter((box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1)
    return [...wide, ...spilling.map((box) => `${box.id || box.className || box.tagName} by ${box.scrollWidth - box.clientWidth}`)]
  })

const WITH_ODD_TEXT = ['/?tag=odd', '/projects/long', '/projects/mixed']

test.each(WITH_ODD_TEXT)('odd text keeps to its place on a desk: %s', async (path) => {
  expect(await spills(await open(path))).toEqual([])
})

test.each([...WITH_ODD_TEXT, '/projects/never-seen'])('a phone shows %s without a spill, for every thumb and ear', async (path) => {
  const watched = await browser.openPage(`${server.url}${path}`, { device: 'phone', colorScheme: 'dark' })
  watched.tolerate(/404/)
  const filter = watched.page.locator('#filter-form > summary')
  if (await filter.count()) await filter.click()
  expect(await spills(watched.page)).toEqual([])
  expect(await smallTargets(watched.page)).toEqual([])
  expect(await accessibilityProblems(watched.page)).toEqual([])
})

test('a phone shows one column', async () => {
  const page = await open('/', { device: 'phone' })
  const places = await page
    .locator('.row')
    .evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect()).map(({ x, width }) => [x, width]))
  expect(new Set(places.map(String)).size).toBe(1)
  const project = await open('/projects/mixed', { device: 'phone' })
  const cards = await project
    .locator('main .card')
    .evaluateAll((all) => all.map((card) => card.getBoundingClientRect()).map(({ x, width }) => [x, width]))
  expect(new Set(cards.map(String)).size).toBe(1)
})

/** What a thumb has to hit: everything that can be used, but links within a line of text. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('a[href], button, input, select, summary')]
      .filter((control) => control.checkVisibility() && getComputedStyle(control).display !== 'inline' && !control.matches('.skip'))
      .filter((control) => {
        const { width, height } = control.getBoundingClientRect()
        return width < 44 || height < 44
      })
      .map((control) => {
        const { width, height } = control.getBoundingClientRect()
        return `${control.outerHTML.slice(0, 90)} ${Math.round(width)}x${Math.round(height)}`
      }),
  )

test('nothing moves for who asked for stillness, and what turns else says more than decoration', async () => {
  const running = (page: Page) => page.evaluate(() => document.getAnimations().map((each) => (each as CSSAnimation).animationName))
  await report(server, 'worker', { type: 'agent_activity', agent_type: 'CodeAgent', action: 'works', status: 'started' })
  expect((await running(await open('/'))).length).toBeGreaterThan(0)
  expect(await running(await open('/', { reducedMotion: 'reduce' }))).toEqual([])
})

test('one key leads to the filter and one out of it; typing in a field stays typing', async () => {
  const page = await open('/projects/long')
  await page.keyboard.press('/')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('search')
  await page.keyboard.type('a/b')
  expect(await page.inputValue('#search')).toBe('a/b')
  await page.keyboard.press('Escape')
  expect(await page.evaluate(() => document.activeElement?.id)).not.toBe('search')
})

test.each(['/', '/projects/long'])('Tab reaches every control of %s, and shows where it is', async (path) => {
  const page = await open(path)
  await page.locator('details').evaluateAll((all) => all.forEach((details) => details.setAttribute('open', '')))
  const controls = await page.evaluate(() => {
    // Of what arrow keys lead through, Tab reaches one.
    const all = [...document.querySelectorAll('a[href]:not([tabindex="-1"]), button, input, select, summary')].filter((each) =>
      each.checkVisibility(),
    )
    all.forEach((each, index) => each.setAttribute('data-control', String(index)))
    return all.length
  })
  const reached = new Set<number>()
  const unseen: string[] = []
  for (let press = 0; press < controls + 5 && reached.size < controls; press++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate(() => {
      const element = document.activeElement!
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
      const isSeen = (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
      return { control: element.getAttribute('data-control'), isSeen, html: element.outerHTML.slice(0, 90) }
    })
    if (at.control !== null) reached.add(Number(at.control))
    if (!at.isSeen) unseen.push(at.html)
  }
  expect(unseen).toEqual([])
  expect(reached.size).toBe(controls)
})

test('the filter form narrows by what was chosen, shows it again, and leaves out what was not', async () => {
  const page = await open('/')
  await page.click('#filter-form > summary')
  await page.selectOption('#filter-tag', 'odd')
  await page.selectOption('#filter-status', 'active')
  await page.fill('#filter-q', 'donau')
  await page.click('#filter-form button[type=submit]')
  await page.waitForURL(/tag=odd/)
  expect(new URL(page.url()).search).toBe('?status=active&tag=odd&q=donau')
  expect(await page.locator('.row__name').allInnerTexts()).toEqual(['long'])
  expect(await page.inputValue('#filter-tag')).toBe('odd')
  await page.click('.chip:has-text("donau")')
  await page.waitForURL((url) => !url.search.includes('donau'))
  expect((await page.locator('.row__name').allInnerTexts()).toSorted()).toEqual(['long', 'mixed'])
})

test('a page without script loads itself again, with what happened since', async () => {
  await unscripted.locator('#heading:has-text("SPRINT_PAUSED")').waitFor({ timeout: 20_000 })
})
