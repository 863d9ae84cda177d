import { beforeAll, describe, expect, test } from 'bun:test'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
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
  PROJECT,
  `${PROJECT}?at=3`,
  `${PROJECT}?at=3&compare=now`,
  `${PROJECT}/stories/S-1`,
  `${PROJECT}/agents/a-1`,
  `${PROJECT}/events/4`,
  `${PROJECT}/activity?kind=agents`,
  `${PROJECT}/flow`,
  `${PROJECT}/timeline`,
  `${PROJECT}/timeline?by=agent&window=24h`,
  '/projects/quiet',
]
const REFUSED = ['/projects/nobody', `${PROJECT}/stories/none`, `${PROJECT}?at=yesterday`, '/no/such/page']

async function problemsOf(url: string, colorScheme: 'light' | 'dark') {
  const device = colorScheme === 'light' ? 'desktop' : 'phone'
  const watched = await browser.openPage(url, { device, colorScheme })
  watched.tolerate(/status of 4\d\d/)
  const { page } = watched
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  return [...(await accessibilityProblems(page)), ...(isWide ? ['the page is wider than the screen'] : [])]
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each([...PATHS, ...REFUSED])('%s can be read by everybody', async (path) => {
    expect(await problemsOf(server.url + path, colorScheme)).toEqual([])
  })

  test('so can the first page of an empty service, and all projects as they were', async () => {
    expect(await problemsOf(empty.url, colorScheme)).toEqual([])
    const at = encodeURIComponent(new Date().toISOString())
    expect(await problemsOf(`${server.url}/?at=${at}`, colorScheme)).toEqual([])
  })
})

test.each([...PATHS, ...REFUSED])('%s is valid HTML', async (path) => {
  const response = await fetch(server.url + path, { headers: { accept: 'text/html' } })
  expect(await htmlProblems(await response.text())).toEqual([])
})
