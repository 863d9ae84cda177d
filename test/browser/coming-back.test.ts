import { beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type TestBrowser, until, untilText } from '../support/browser.ts'
import { goBack, isSameDocument, markDocument, untilLive } from '../support/live-page.ts'
import { eventually } from '../support/eventually.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser({ isWhole: true }), startServer({ lifetime: 'file' })])
  await report(server, 'elsewhere', { type: 'chat_message', message: 'begin', user_id: 'mara' })
})

const tool = { type: 'agent_activity', agent_type: 'CodeAgent', agent_id: 'code-1', story_id: 'S-1', action: 'edit', status: 'started' }
const begin = [
  { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' },
  { type: 'tdd_transition', story_id: 'S-1', new_state: 'design' },
  { ...tool, tool: 'Edit', detail: 'src/first.ts' },
]
/** What happens while the reader is elsewhere, and again when the reader is back. */
const step = (word: string) => [
  { ...tool, tool: 'Bash', detail: `npm run ${word}` },
  { type: 'tdd_transition', story_id: `S-${word}`, new_state: 'test_red' },
  { type: 'workflow_transition', new_state: word === 'meanwhile' ? 'BLOCKED' : 'SPRINT_ACTIVE' },
]

let projects = 0
async function newProject(): Promise<string> {
  const name = `back-${++projects}`
  await report(server, name, begin)
  return name
}

/** Goes to another page and comes back to the same document, as the browser kept it. */
async function leaveAndReturn(page: Page, meanwhile: () => Promise<unknown>) {
  await markDocument(page)
  await page.goto(`${server.url}/projects/elsewhere`)
  await untilLive(page)
  await meanwhile()
  await goBack(page)
  expect(await isSameDocument(page)).toBe(true)
}

const countsOn = (page: Page) => page.evaluate(() => document.getElementById('counts')?.dataset['needsYou'])

/** The whole page is what is: its content, the counts in the bar, and the tab's title. */
async function expectCurrent(page: Page, name: string, seen: (word: string) => Promise<void>) {
  await leaveAndReturn(page, () => report(server, name, step('meanwhile')))
  await untilLive(page)
  await seen('meanwhile')
  const asked = Number(await countsOn(page))
  await report(server, name, [...step('later'), { type: 'approval_requested', approval_id: `q-${name}`, title: 'Which?' }])
  await seen('later')
  await until(page, () => document.title.startsWith(`(${document.getElementById('counts')?.dataset['needsYou']}) `))
  expect(Number(await countsOn(page))).toBeGreaterThanOrEqual(asked)
  await untilText(page, /[1-9]\d* (projects )?asks?/, { within: '#questions' })
  await untilLive(page)
}

describe('a page that somebody goes back to is live, all of it:', () => {
  test.each([
    ['a project', '', (page: Page) => (word: string) => untilText(page, `npm run ${word}`, { within: '#activity-list' })],
    ['a story', '/stories/S-1', (page: Page) => (word: string) => untilText(page, `npm run ${word}`, { within: '#part-event-list' })],
    ['an agent', '/agents/code-1', (page: Page) => (word: string) => untilText(page, `npm run ${word}`, { within: '#part-work' })],
    ['a timeline', '/timeline', (page: Page) => (word: string) => untilText(page, `S-${word}`, { within: '#timeline' })],
    ['an activity', '/activity', (page: Page) => (word: string) => untilText(page, `npm run ${word}`, { within: '#activity-list' })],
    [
      'a narrowed activity',
      '/activity?kind=steps',
      (page: Page) => (word: string) => untilText(page, `S-${word}`, { within: '#activity-list' }),
    ],
  ])('%s', async (_, path, seen) => {
    const name = await newProject()
    const { page } = await browser.openPage(`${server.url}/projects/${name}${path}`)
    await untilLive(page)
    await expectCurrent(page, name, seen(page))
  })

  test.each([
    ['the overview', ''],
    ['the overview as cards', '&view=grid'],
  ])('%s', async (_, search) => {
    const name = await newProject()
    const { page } = await browser.openPage(`${server.url}/?q=${name}${search}`)
    await untilLive(page)
    const words: Record<string, RegExp> = { meanwhile: /Blocked/, later: /asks/i }
    await expectCurrent(page, name, (word) => untilText(page, words[word]!, { within: `#project-${name}` }))
  })

  test('flow figures', async () => {
    const name = await newProject()
    const { page } = await browser.openPage(`${server.url}/projects/${name}/flow`)
    await untilLive(page)
    const words: Record<string, RegExp> = { meanwhile: /Blocked/, later: /twice|2 times/ }
    await expectCurrent(page, name, (word) => untilText(page, words[word]!, { within: '#main' }))
  })

  test('a project with a story beside it', async () => {
    const name = await newProject()
    const { page } = await browser.openPage(`${server.url}/projects/${name}`)
    await untilLive(page)
    await page.click('#board a[href$="/stories/S-1"]')
    await untilText(page, 'design', { within: '#panel' })
    await expectCurrent(page, name, (word) => untilText(page, `npm run ${word}`, { within: '#panel' }))
    await untilText(page, 'npm run later', { within: '#activity-list' })
  })

  test('an overview with a look at a project open', async () => {
    const name = await newProject()
    const { page } = await browser.openPage(`${server.url}/?q=${name}`)
    await untilLive(page)
    await page.focus(`#project-${name} .row__name`)
    await page.keyboard.press('Space')
    await untilText(page, 'src/first.ts', { within: '#peek-dialog' })
    await expectCurrent(page, name, (word) => untilText(page, `npm run ${word}`, { within: '#peek-dialog' }))
  })
})

test('back and forth many times leaves two sockets a page, and the page live', async () => {
  const name = await newProject()
  const { page } = await browser.openPage(`${server.url}/projects/${name}`)
  for (let round = 1; round <= 6; round++) {
    await untilLive(page)
    await leaveAndReturn(page, () => report(server, name, { type: 'chat_message', message: `round ${round}`, user_id: 'mara' }))
    await untilText(page, `round ${round}`, { within: '#activity-list' })
  }
  await untilLive(page)
  const active = async () => /^websocket_connections_active (\d+)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]
  await eventually(async () => (await active()) === '2')
})
