import { beforeAll, expect, test } from 'bun:test'
import { openBrowser, type PageOptions, type TestBrowser, untilText } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { untilLive } from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const HOSTILE = '"><img src=x onerror=alert(1)>/../%2F?#'
const AGENT = { type: 'agent_activity', agent_type: 'CodeAgent', agent_id: 'code-7', story_id: 'PAY-1', status: 'started' }

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
  await report(server, 'apollo', [
    { type: 'agent_activity', agent_type: 'orchestrator', agent_id: 'orc-1', action: 'plan', status: 'started' },
    { type: 'tdd_transition', story_id: 'PAY-1', new_state: 'design' },
    { ...AGENT, parent_agent_id: 'orc-1', action: 'write the refund endpoint' },
    {
      type: 'agent_activity',
      agent_type: 'TestAgent',
      agent_id: 'test-3',
      parent_agent_id: 'code-7',
      action: 'run tests',
      status: 'started',
    },
    { type: 'tdd_transition', story_id: 'PAY-1', old_state: 'design', new_state: 'refactor' },
    { type: 'usage', agent_id: 'code-7', input_tokens: 182_000, output_tokens: 9_400, cost_usd: 1.84 },
    { type: 'tdd_transition', story_id: HOSTILE, new_state: 'design' },
    { type: 'tdd_transition', story_id: 'pay-1', new_state: 'commit' },
    { ...AGENT, agent_id: '..', story_id: '.', action: 'stand at a dot' },
  ])
})

const open = async (path: string, options: PageOptions = {}) => (await browser.openPage(`${server.url}${path}`, options)).page

test.each(['stories/PAY-1', 'agents/code-7', `stories/${encodeURIComponent(HOSTILE)}`])('is there without script: %s', async (part) => {
  await untilText(await open(`/projects/apollo/${part}`, { isScripted: false }), 'What happened')
})

test('a card leads to its story, which says where its cycle stands and who works on it', async () => {
  const page = await open('/projects/apollo')
  await page.click('#board a:has-text("PAY-1")')
  await page.waitForURL(/stories\/PAY-1$/)
  await untilText(page, 'by an unexpected step', { within: '#part-phases' })
  await untilText(page, /design\s+took \d s/, { within: '#part-phases' })
  await untilText(page, 'design to refactor', { within: '#part-phases .unexpected-steps' })
  await untilText(page, 'code-7', { within: '#part-work' })
  await untilText(page, '$1.84', { within: '#part-facts' })
  await page.click('#part-work a:has-text("code-7")')
  await page.waitForURL(/agents\/code-7$/)
  expect(await page.locator('#part-family li').allInnerTexts()).toEqual([
    expect.stringContaining('orc-1'),
    expect.stringContaining('code-7'),
    expect.stringContaining('test-3'),
  ])
})

test('the ones of a family that ended are folded, those at work are not', async () => {
  const started = { type: 'agent_activity', agent_type: 'Explore', action: 'read', status: 'started' }
  const ended = { type: 'agent_status', agent_type: 'Explore', status: 'ended' }
  await report(server, 'folds', [
    { ...started, agent_type: 'lead', agent_id: 'lead' },
    { ...started, agent_id: 'between', parent_agent_id: 'lead' },
    { ...started, agent_id: 'first', parent_agent_id: 'lead' },
    { ...started, agent_id: 'second', parent_agent_id: 'first' },
    ...['between', 'second', 'first'].map((agent_id) => ({ ...ended, agent_id })),
    // Reported late: whoever it works for is said to be over.
    { ...started, agent_id: 'at-work', parent_agent_id: 'between' },
  ])
  const page = await open('/projects/folds/agents/lead')
  const ids = (within: string) => page.locator(`${within} > .family > li .id`).allInnerTexts()
  expect(await ids('#part-family')).toEqual(['lead', 'between', 'at-work'])
  expect(await page.locator('#part-family-ended li').first().isVisible()).toBe(false)
  await page.getByText('2 more, ended').click()
  expect((await ids('#part-family-ended')).toSorted()).toEqual(['first', 'second'])
  await untilText(page, /second\s+Ended (now|\d+ s ago)/, { within: '#part-family-ended' })
  await untilLive(page)
  await report(server, 'folds', { ...ended, agent_id: 'at-work' })
  await untilText(page, '4 more, ended', { within: '#part-family-ended' })
  expect(await page.locator('#part-family-ended li').first().isVisible()).toBe(true)
  const second = await open('/projects/folds/agents/second')
  expect(await second.locator('#part-family > .family > li .id').allInnerTexts()).toEqual(['first', 'second'])
})

test('both are live, and what concerns others does not touch them', async () => {
  const agent = await open('/projects/apollo/agents/test-3')
  await untilLive(agent)
  await report(server, 'apollo', { type: 'tdd_transition', story_id: 'LIVE-1', new_state: 'design' })
  const live = await open('/projects/apollo/stories/LIVE-1')
  await untilLive(live)
  const tool = { type: 'agent_activity', agent_type: 'TestAgent', agent_id: 'test-3', story_id: 'LIVE-1', action: 'run', status: 'started' }
  await report(server, 'apollo', [
    { ...tool, tool: 'Bash', detail: 'npm run live-tool' },
    { type: 'tdd_transition', story_id: 'LIVE-1', new_state: 'test_red' },
  ])
  await untilText(agent, 'npm run live-tool', { within: '#part-work' })
  await untilText(live, 'test-3', { within: '#part-work' })
  expect(await live.locator('#part-event-list li').count()).toBe(3)
  expect(await agent.locator('#part-event-list li').count()).toBe(2)
})

test('looking back, a story stands where it stood, and no websocket moves it', async () => {
  const page = await open('/projects/apollo/stories/PAY-1?at=3')
  expect(await page.locator('#live').getAttribute('data-state')).toBe('past')
  expect(await page.locator('[aria-current=step]').innerText()).toContain('design')
  expect(await page.locator('#part-event-list li').count()).toBe(2)
})

test('links of a page that looks back lead to the same moment, also into the panel', async () => {
  const page = await open('/projects/apollo?at=3')
  await page.click('#board a[href="/projects/apollo/stories/PAY-1?at=3"]')
  await untilText(page, 'design', { within: '#panel #part-head' })
  expect(await page.locator('#panel-line').getAttribute('data-live')).toBeNull()
  await page.click('#panel a[href="/projects/apollo/agents/code-7?at=3"]')
  await untilText(page, 'write the refund endpoint', { within: '#panel #part-head' })
  await page.reload()
  await page.click('.crumbs a[href="/projects/apollo?at=3#agents"]')
  await page.waitForURL(/\/projects\/apollo\?at=3#agents$/)
})

test('older events are a link away, as far back as the log reaches, and stand still', async () => {
  const note = { type: 'chat_message', message: 'note', user_id: 'mara' }
  await report(server, 'gemini', [
    { type: 'tdd_transition', story_id: 'OLD-1', new_state: 'design' },
    ...Array.from({ length: 60 }, () => ({ type: 'tdd_progress_update', story_id: 'OLD-1', progress: 0.1 })),
    { type: 'tdd_transition', story_id: 'OTHER-1', new_state: 'design' },
  ])
  for (let batch = 0; batch < 4; batch++)
    await report(
      server,
      'gemini',
      Array.from({ length: 800 }, () => note),
    )
  const page = await open('/projects/gemini/stories/OLD-1')
  await untilText(page, 'None that tells of it', { within: '#part-events' })
  await untilText(page, 'as far back as event 263', { within: '#part-events' })
  const rows = page.locator('#part-event-list > li')
  for (const count of [50, 11]) {
    await page.click('#part-events a:has-text("Older")')
    await page.waitForURL(/before=/)
    await eventually(async () => (await rows.count()) === count)
  }
  expect(await page.locator('#part-events a:has-text("Older")').count()).toBe(0)
  expect(await page.locator('#live').getAttribute('data-state')).toBe('still')
  await page.click('#part-events a:has-text("Newest")')
  await untilLive(page)
  expect((await fetch(`${server.url}/projects/gemini/stories/OLD-1?before=x`)).status).toBe(400)
})

test('names that differ in case, and those that no path can hold, are each their own', async () => {
  expect(await (await open('/projects/apollo/stories/pay-1')).locator('#part-head').innerText()).toContain('commit')
  const page = await open('/projects/apollo')
  await page.click('#agents a[href$="agents?id=.."]')
  await page.waitForURL(/agents\?id=\.\.$/)
  await untilText(page, 'stand at a dot')
  await untilLive(page)
})

test.each(['stories/none', 'agents/none', 'stories', 'agents?id=%00', 'stories/%E2%80%AE'])(
  'what is not there is said with a way on: %s',
  async (part) => {
    const response = await fetch(`${server.url}/projects/apollo/${part}`, { headers: { accept: 'text/html' } })
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('Go back to the project')
  },
)
