import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type TestBrowser, until, untilText } from '../support/browser.ts'
import { rowsOn, setHidden, untilLive } from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
})

let projects = 0
const newName = () => `reading-${++projects}`

const notes = (count: number, text = 'note') =>
  Array.from({ length: count }, (_, index) => ({ type: 'chat_message', message: `${text} ${index + 1}`, user_id: 'mara' }))
const agent = (agent_id: string, action: string) => ({ type: 'agent_activity', agent_type: agent_id, agent_id, action, status: 'started' })
const question = (approval_id: string) => ({ type: 'approval_requested', approval_id, title: 'Which version?', agent_type: 'DesignAgent' })

async function openLive(path: string, device: 'desktop' | 'phone' = 'desktop'): Promise<Page> {
  const { page } = await browser.openPage(`${server.url}${path}`, { device })
  await untilLive(page)
  return page
}

const topOf = (page: Page, selector: string) => page.locator(selector).evaluate((element) => element.getBoundingClientRect().top)
const untilHead = (page: Page, offset: number) => page.locator(`#event-${offset}`).waitFor({ state: 'attached' })

test.each(['desktop', 'phone'] as const)('what somebody reads stays where it is, and "n new" leads back (%s)', async (device) => {
  const name = newName()
  await report(server, name, notes(50))
  const page = await openLive(`/projects/${name}`, device)
  await page.locator('#event-20').evaluate((row) => row.scrollIntoView({ block: 'center' }))
  const before = await topOf(page, '#event-20')

  // Rows above it in the list, and cards and agents above the list, which grow the page.
  await report(server, name, [...notes(4, 'new'), { type: 'tdd_transition', story_id: 'story-1', new_state: 'design' }])
  await untilHead(page, 55)
  await report(server, name, [agent('QAAgent', 'writes a test'), agent('CodeAgent', 'makes it pass'), question('q-1')])
  await untilHead(page, 58)
  expect(await page.locator('#board .cycle').count()).toBe(1)
  expect(Math.abs((await topOf(page, '#event-20')) - before)).toBeLessThanOrEqual(1)

  await untilText(page, '8 new', { within: '#activity-new' })
  const isInView = () =>
    page.locator('#activity-new').evaluate((button) => {
      const { left, top, width, height } = button.getBoundingClientRect()
      return button.contains(document.elementFromPoint(left + width / 2, top + height / 2))
    })
  expect(await isInView()).toBe(true)
  await page.click('#activity-new')
  expect(await topOf(page, '#event-58')).toBeGreaterThan(0)
  expect(await page.locator('#activity-new').isHidden()).toBe(true)
  await report(server, name, notes(1, 'seen at once'))
  await untilHead(page, 59)
  expect(await page.locator('#activity-new').isHidden()).toBe(true)
})

test('rows that were pushed out stay while somebody reads among them, and leave afterwards', async () => {
  const name = newName()
  await report(server, name, notes(50))
  const page = await openLive(`/projects/${name}`)
  await page.locator('#event-2').evaluate((row) => row.scrollIntoView({ block: 'center' }))
  const before = await topOf(page, '#event-2')
  for (let told = 50; told < 130; told += 10) {
    await report(server, name, notes(10))
    await untilHead(page, told + 10)
  }
  expect((await rowsOn(page)).length).toBe(130)
  expect(Math.abs((await topOf(page, '#event-2')) - before)).toBeLessThanOrEqual(1)
  await page.click('#activity-new')
  await report(server, name, notes(1))
  await untilHead(page, 131)
  expect((await rowsOn(page)).length).toBe(100)
})

test('open parts, focus and a selection survive what happens around them', async () => {
  const name = newName()
  await report(server, name, [
    agent('CodeAgent', 'reads the specification of the ledger'),
    { type: 'agent_status', agent_id: 'QAAgent', agent_type: 'QAAgent', status: 'ended' },
    { type: 'parallel_status', status_data: { active: 2 } },
  ])
  const page = await openLive(`/projects/${name}`)
  await page.click('#ended-agents > summary')
  await page.click('#parallel > summary')
  await page.locator('.sections a[href="#agents"]').focus()
  await page.evaluate(() => {
    const text = document.querySelector('#agent-CodeAgent .agent__what')!
    getSelection()!.selectAllChildren(text)
  })
  await report(server, name, [
    { type: 'usage', agent_id: 'CodeAgent', input_tokens: 1_000, cost_usd: 0.2 },
    { type: 'parallel_status', status_data: { active: 3 } },
    agent('DesignAgent', 'draws'),
    { type: 'agent_status', agent_id: 'QAAgent2', agent_type: 'QAAgent', status: 'ended' },
  ])
  await untilText(page, '$0.20', { within: '#agent-CodeAgent' })
  await untilText(page, '2 more, ended', { within: '#ended-agents' })
  const kept = () =>
    page.evaluate(() => ({
      ended: document.querySelector<HTMLDetailsElement>('#ended-agents')?.open,
      parallel: document.querySelector<HTMLDetailsElement>('#parallel')?.open,
      focus: document.activeElement?.getAttribute('href'),
      selection: String(getSelection()),
    }))
  const expected = { ended: true, parallel: true, focus: '#agents', selection: 'reads the specification of the ledger' }
  expect(await kept()).toEqual(expected)

  // The whole page as it is now, after a gap.
  await setHidden(page, true)
  await report(server, name, [...notes(60), { type: 'parallel_status', status_data: { active: 4 } }])
  await setHidden(page, false)
  await untilLive(page)
  await untilHead(page, 68)
  expect(await kept()).toEqual(expected)
})

test('half-typed filters, focus and folded rows survive the overview that moves', async () => {
  const [one, other] = [newName(), newName()]
  await report(server, one, { type: 'workflow_transition', new_state: 'SPRINT_PAUSED' })
  await report(server, other, { type: 'workflow_transition', new_state: 'SPRINT_PAUSED' })
  const page = await openLive('/?q=reading')
  await page.click('#filter-form > summary')
  await page.selectOption('#filter-priority', 'high')
  await page.fill('#filter-q', 'half a wo')
  await page.focus(`#project-${other} a`)
  const kept = () =>
    page.evaluate(() => ({
      isOpen: document.querySelector<HTMLDetailsElement>('#filter-form')?.open,
      priority: document.querySelector<HTMLSelectElement>('#filter-priority')?.value,
      text: document.querySelector<HTMLInputElement>('#filter-q')?.value,
      focus: document.activeElement?.textContent?.trim(),
    }))
  const expected = { isOpen: true, priority: 'high', text: 'half a wo', focus: other }
  await report(server, one, { type: 'workflow_transition', new_state: 'BLOCKED' })
  await untilText(page, 'Blocked', { within: `#project-${one}` })
  expect(await kept()).toEqual(expected)

  await setHidden(page, true)
  await report(server, other, { type: 'workflow_transition', new_state: 'BLOCKED' })
  await setHidden(page, false)
  await untilText(page, 'Blocked', { within: `#project-${other}` })
  expect(await kept()).toEqual(expected)
})

/** The ids of what is marked as changed, as it is being shown. */
const markedOn = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    document
      .getAnimations()
      .filter((animation) => (animation as CSSAnimation).animationName === 'changed')
      .map((animation) => ((animation.effect as KeyframeEffect).target as Element).id)
      .sort(),
  )

const placesOf = (page: Page, selector: string) =>
  page.locator(selector).evaluateAll((members) =>
    members.map((member) => {
      const { x, y, width, height } = member.getBoundingClientRect()
      return [member.id, x, y, width, height].join(' ')
    }),
  )

test('what changed is marked for a moment, and nothing moves for it', async () => {
  const names = [newName(), newName(), newName()]
  for (const name of names) await report(server, name, agent('CodeAgent', 'reads'))
  const page = await openLive('/?attention=working')
  const before = await placesOf(page, '.row')
  await report(server, names[1]!, agent('CodeAgent', 'writes'))
  await untilText(page, 'writes', { within: `#project-${names[1]}` })
  await until(page, () => document.getAnimations().some((each) => (each as CSSAnimation).animationName === 'changed'))
  expect(await markedOn(page)).toEqual([`project-${names[1]}`])
  expect(await placesOf(page, '.row')).toEqual(before)
  await until(page, () => !document.getAnimations().some((each) => (each as CSSAnimation).animationName === 'changed'))
})

test('a project that moves to another group is marked there, those that stay are not', async () => {
  const names = [newName(), newName()]
  for (const name of names) await report(server, name, { type: 'workflow_transition', new_state: 'SPRINT_PAUSED' })
  const page = await openLive('/')
  await report(server, names[0]!, { type: 'workflow_transition', new_state: 'BLOCKED' })
  await untilText(page, 'Blocked', { within: `#project-${names[0]}` })
  await until(page, () => document.getAnimations().some((each) => (each as CSSAnimation).animationName === 'changed'))
  expect(await markedOn(page)).toEqual([`project-${names[0]}`])
})

test('a new row, card and agent are marked on the project page', async () => {
  const name = newName()
  await report(server, name, [agent('CodeAgent', 'reads'), { type: 'tdd_transition', story_id: 'story-1', new_state: 'design' }])
  const page = await openLive(`/projects/${name}`)
  await report(server, name, { type: 'tdd_transition', story_id: 'story-2', new_state: 'design' })
  await untilHead(page, 3)
  await until(page, () => document.getAnimations().some((each) => (each as CSSAnimation).animationName === 'changed'))
  expect(await markedOn(page)).toEqual(['cycle-story-2', 'event-3'])
})

test('the tab says how many projects need somebody, in a hidden tab too; the live region says it once and no feed', async () => {
  const own = await startServer()
  await report(own, 'apollo', { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })
  const { page } = await browser.openPage(`${own.url}/projects/apollo`)
  await untilLive(page)
  expect(await page.title()).toBe('apollo · Visualizer')
  const spoken = () => page.innerText('#announcements')
  await report(own, 'gemini', question('q-1'))
  await until(page, () => document.title === '(1) apollo · Visualizer')
  expect(await spoken()).toBe('1 project needs you')
  expect(await page.getAttribute('#announcements', 'aria-live')).toBe('polite')
  expect(await page.locator('[aria-live], [role=status], [role=alert], [role=log]').count()).toBe(1)

  await setHidden(page, true)
  await report(own, 'mercury', { type: 'workflow_transition', new_state: 'BLOCKED' })
  await until(page, () => document.title === '(2) apollo · Visualizer')
  await setHidden(page, false)
  expect(await spoken()).toBe('2 projects need you')

  await page.evaluate(() => void (document.querySelector('#announcements')!.textContent = ''))
  await report(own, 'apollo', [...notes(5), agent('CodeAgent', 'reads')])
  await untilHead(page, 7)
  await report(own, 'mercury', { type: 'workflow_transition', new_state: 'SPRINT_REVIEW' })
  await until(page, () => document.querySelector('#counts')?.textContent?.includes('In review'))
  expect(await spoken()).toBe('')

  await report(own, 'gemini', { type: 'approval_resolved', approval_id: 'q-1', decision: 'allow' })
  await report(own, 'mercury', { type: 'workflow_transition', new_state: 'IDLE' })
  await until(page, () => document.title === 'apollo · Visualizer')
  await untilText(page, 'Nothing needs you', { within: '#announcements' })
})

test('the count that filters the page stays marked when the counts change', async () => {
  const own = await startServer()
  await report(own, 'apollo', question('q-1'))
  const { page } = await browser.openPage(`${own.url}/?attention=needs_you`)
  await untilLive(page)
  await report(own, 'gemini', question('q-1'))
  await untilText(page, /2\s+Needs you/, { within: '#counts' })
  const current = page.locator('#counts a[aria-current=true]')
  expect(await current.innerText()).toContain('Needs you')
  await current.click()
  await page.waitForURL(`${own.url}/`)
})
