import { beforeAll, expect, test } from 'bun:test'
import { openBrowser, type PageOptions, type TestBrowser } from '../support/browser.ts'
import { accessibilityProblems, htmlProblems } from '../support/page-quality.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let browser: TestBrowser
let server: RunningServer
let empty: RunningServer
beforeAll(async () => {
  ;[browser, server, empty] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' }), startServer({ lifetime: 'file' })])
  await report(server, 'apollo', [
    { type: 'workflow_transition', old_state: 'SPRINT_PLANNED', new_state: 'SPRINT_ACTIVE', command: '/sprint start' },
    { type: 'tdd_transition', story_id: 'S-1', new_state: 'design' },
    { type: 'tdd_transition', story_id: 'S-1', old_state: 'design', new_state: 'refactor' },
    { type: 'agent_activity', agent_type: 'CodeAgent', agent_id: 'a-1', story_id: 'S-1', action: 'work', status: 'started', tool: 'Bash' },
    { type: 'approval_requested', approval_id: 'q-1', title: 'run `rm -rf build`?', agent_id: 'a-1', story_id: 'S-1' },
    { type: 'error_state', error_id: 'e-1', error_message: 'the disk is full', severity: 'error' },
    { type: 'usage', agent_id: 'a-1', cost_usd: 1.2, input_tokens: 4_000, output_tokens: 900 },
    { type: 'workflow_transition', old_state: 'SPRINT_ACTIVE', new_state: 'IDLE' },
  ])
  await report(server, 'quiet', { type: 'x-hello' })
})

const PROJECT = '/projects/apollo'
const PATHS = [
  '/',
  '/?view=grid',
  '/?tv=1',
  '/?q=nothing-like-it',
  // All projects as they were: no later than now.
  '/?at=2100-01-01T00:00:00Z',
  PROJECT,
  `${PROJECT}?at=3`,
  `${PROJECT}?at=3&compare=now`,
  `${PROJECT}/stories/S-1`,
  `${PROJECT}/agents/a-1`,
  `${PROJECT}/events/4`,
  `${PROJECT}/events/4?at=5`,
  `${PROJECT}/activity?kind=agents`,
  `${PROJECT}/flow`,
  `${PROJECT}/timeline`,
  `${PROJECT}/timeline?by=agent&window=24h`,
  '/projects/quiet',
]
const REFUSED = ['/projects/nobody', `${PROJECT}/stories/none`, `${PROJECT}?at=yesterday`, '/no/such/page']

/** What is wrong with each page, by its address. One tab reads them all: opening one takes longer than reading a page. */
async function problemsOf(urls: readonly string[], options: Pick<PageOptions, 'device' | 'colorScheme'>) {
  const watched = await browser.openPage('about:blank', options)
  watched.tolerate(/status of 4\d\d/)
  const { page } = watched
  const found: Record<string, string[]> = {}
  for (const url of urls) {
    await page.goto(url)
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
    const problems = [...(await accessibilityProblems(page)), ...(isWide ? ['the page is wider than the screen'] : [])]
    if (problems.length > 0) found[url] = problems
  }
  return found
}

test.each([
  ['light', 'desktop'],
  ['dark', 'desktop'],
  ['light', 'phone'],
  ['dark', 'phone'],
] as const)(
  'every page can be read by everybody, in %s on a %s',
  async (colorScheme, device) => {
    const urls = [...PATHS, ...REFUSED].map((path) => server.url + path)
    expect(await problemsOf([empty.url, ...urls], { colorScheme, device })).toEqual({})
  },
  120_000,
)

test.each([...PATHS, ...REFUSED])('%s is valid HTML', async (path) => {
  const response = await fetch(server.url + path, { headers: { accept: 'text/html' } })
  expect(await htmlProblems(await response.text())).toEqual([])
})
