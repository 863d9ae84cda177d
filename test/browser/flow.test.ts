import { beforeAll, expect, test } from 'bun:test'
import { openBrowser, type PageOptions, type TestBrowser, untilText } from '../support/browser.ts'
import { untilLive } from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let browser: TestBrowser
let server: RunningServer

const finished = (story_id: string) => [
  { type: 'tdd_transition', story_id, new_state: 'design' },
  { type: 'tdd_transition', story_id, old_state: 'design', new_state: 'test_red' },
  { type: 'tdd_transition', story_id, old_state: 'test_red', new_state: 'code_green' },
  { type: 'tdd_transition', story_id, old_state: 'code_green', new_state: 'commit' },
]

beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
  await report(server, 'apollo', [
    { type: 'workflow_transition', old_state: 'IDLE', new_state: 'BACKLOG_READY' },
    { type: 'workflow_transition', old_state: 'BACKLOG_READY', new_state: 'SPRINT_PLANNED' },
    ...finished('PAY-1'),
    { type: 'usage', story_id: 'PAY-1', cost_usd: 1.5 },
    { type: 'usage', story_id: '<b>PAY-2</b>', cost_usd: 0.25 },
    { type: 'approval_requested', approval_id: 'q1', title: 'go on?' },
    { type: 'approval_resolved', approval_id: 'q1', decision: 'allow' },
  ])
  await report(server, 'empty', { type: 'x-hello' })
})

const open = async (path: string, options: PageOptions = {}) => (await browser.openPage(`${server.url}${path}`, options)).page

test('they say what was measured, and what was not', async () => {
  const page = await open('/projects/apollo/flow', { isScripted: false })
  await untilText(page, '1 in 1 day', { within: '#flow-throughput' })
  await untilText(page, '$1.50', { within: '#flow-costs' })
  await untilText(page, 'Planned', { within: '#flow-states' })
  const empty = await open('/projects/empty/flow', { isScripted: false })
  await untilText(empty, 'No failing test has passed.')
  await untilText(empty, 'cost_usd')
})

test('the project leads to them; what ends is counted at once, and nothing else is sent', async () => {
  const page = await open('/projects/apollo')
  await page.click('#flow a:has-text("All figures")')
  await page.waitForURL(/apollo\/flow$/)
  await untilLive(page)
  await report(server, 'apollo', { type: 'chat_message', message: 'hello', user_id: 'mara' })
  await report(server, 'apollo', finished('PAY-3'))
  await untilText(page, '2 in 1 day', { within: '#flow-throughput' })
  await page.click('text=7 days')
  await page.waitForURL(/days=7$/)
  await untilLive(page)
  expect(await page.locator('[aria-label=Days] [aria-current]').innerText()).toBe('7 days')
})

test('a question that is open stands apart from those that were decided, and leaves when it is', async () => {
  await report(server, 'asking', { type: 'approval_requested', approval_id: 'q', title: 'Ship it?' })
  const page = await open('/projects/asking/flow')
  await untilLive(page)
  await untilText(page, /1 open now, for \d+ s/, { within: '#flow-timings' })
  await untilText(page, 'No question was decided.', { within: '#flow-timings' })
  await page.locator('#flow-states').evaluate((section) => section.setAttribute('data-mark', 'kept'))
  await report(server, 'asking', { type: 'approval_resolved', approval_id: 'q', decision: 'allow' })
  await untilText(page, 'None is open now.', { within: '#flow-timings' })
  await untilText(page, /Measured\s+1/, { within: '#flow-timings' })
  expect(await page.locator('#flow-states[data-mark]').count()).toBe(1)
})

test('a table that is open stays open when its chart changes', async () => {
  await report(server, 'tabled', finished('T-1'))
  const page = await open('/projects/tabled/flow', { device: 'phone' })
  await untilLive(page)
  await page.click('#flow-throughput-table summary')
  await untilText(page, /Day\s+Completed/, { within: '#flow-throughput-table table' })
  await report(server, 'tabled', [...finished('T-2'), { type: 'usage', story_id: 'T-2', cost_usd: 0.5 }])
  await untilText(page, /-\d\d\s+2/, { within: '#flow-throughput-table table' })
  expect(await page.locator('#flow-throughput-table[open]').count()).toBe(1)
  await page.locator('#flow-finished a', { hasText: 'T-2' }).click()
  await page.waitForURL(/stories\/T-2$/)
})

test('looking back, they are those of that moment', async () => {
  const page = await open('/projects/apollo/flow?at=3')
  await untilText(page, 'None was completed', { within: '#flow-throughput' })
  expect(await page.locator('#live').getAttribute('data-state')).toBe('past')
})
