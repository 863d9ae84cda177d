import { beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { becomeDevice, openBrowser, type TestBrowser } from '../support/browser.ts'
import { endAfter } from '../support/ending.ts'
import { untilLive } from '../support/live-page.ts'
import { htmlProblems, problemsInBothThemes, selectorsOf, unmetSelectors, widthBeyondScreen } from '../support/page-quality.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const LONG = 'Überlänge'.repeat(60)
const RIGHT_TO_LEFT = 'שלום עולם, זה פרויקט'
/** An id with all that a path, a selector or a page could stumble over. */
const HOSTILE_ID = '"><img src=x onerror=alert(1)>/../%2F?#'
const HOSTILE_TEXT = '</pre><script>alert(1)</script>\u202egnp.exe\u001b[31m'

const finished = (story_id: string) => [
  { type: 'tdd_transition', story_id, new_state: 'design' },
  { type: 'tdd_transition', story_id, old_state: 'design', new_state: 'test_red' },
  { type: 'tdd_transition', story_id, old_state: 'test_red', new_state: 'code_green' },
  { type: 'tdd_transition', story_id, old_state: 'code_green', new_state: 'commit' },
]
const agent = { type: 'agent_activity', agent_type: 'CodeAgent', agent_id: 'a-1', status: 'started' }

/** A project that has something of everything. */
const APOLLO = [
  { type: 'workflow_transition', old_state: 'SPRINT_PLANNED', new_state: 'SPRINT_ACTIVE', command: '/sprint start' },
  { type: 'tdd_transition', story_id: 'S-1', new_state: 'design' },
  { type: 'tdd_transition', story_id: 'S-1', old_state: 'design', new_state: 'refactor' },
  { ...agent, story_id: 'S-1', action: 'work', tool: 'Bash', detail: { command: 'npm test', deep: { more: [1, 2] } } },
  { ...agent, agent_type: 'TestAgent', agent_id: 'a-2', parent_agent_id: 'a-1', action: 'run tests' },
  { type: 'approval_requested', approval_id: 'q-1', title: 'run `rm -rf build`?', agent_id: 'a-1', story_id: 'S-1' },
  { type: 'error_state', error_id: 'e-1', error_message: 'the disk is full', severity: 'error' },
  { type: 'usage', agent_id: 'a-1', cost_usd: 1.2, input_tokens: 4_000, output_tokens: 900 },
  ...finished('S-2'),
  { type: 'usage', story_id: 'S-2', cost_usd: 1.5 },
  { type: 'usage', story_id: '<b>S-3</b>', cost_usd: 0.25 },
  { type: 'approval_requested', approval_id: 'q-2', title: 'go on?' },
  { type: 'approval_resolved', approval_id: 'q-2', decision: 'allow' },
  { type: 'tdd_transition', story_id: HOSTILE_ID, new_state: 'design' },
  { type: 'workflow_transition', old_state: 'SPRINT_ACTIVE', new_state: 'IDLE' },
  {
    type: 'command_execution',
    command_id: 'c-1',
    command: 'rm -rf build && npm run build',
    status: 'failed',
    result: HOSTILE_TEXT.repeat(40),
  },
  { type: 'x-odd', text: HOSTILE_TEXT, long: 'é'.repeat(30_000), nothing: null },
]

/** A project whose every text is long, or reads from right to left. */
const LENGTHY = [
  { type: 'workflow_transition', old_state: 'SPRINT_PLANNED', new_state: 'SPRINT_ACTIVE' },
  { type: 'tdd_transition', story_id: 'story-1', new_state: 'design' },
  { ...agent, action: LONG, tool: 'Bash', detail: LONG },
  { ...agent, agent_type: 'QAAgent', agent_id: 'a-2', parent_agent_id: 'a-1', action: RIGHT_TO_LEFT },
  { type: 'approval_requested', approval_id: 'q-1', title: `run \`rm -rf ${'build/'.repeat(80)}\`?`, agent_type: 'QAAgent' },
  { type: 'chat_message', message: `👩‍👩‍👧‍👦 ${RIGHT_TO_LEFT} ${LONG}`, user_id: 'mara' },
  { type: 'error_state', error_id: 'e-1', error_message: LONG, severity: 'error' },
]

/** So many steps that a list of them has a second page. */
const STEPS = Array.from({ length: 120 }, (_, index) => ({ type: 'tdd_transition', story_id: `S-${index % 8}`, new_state: 'design' }))

const CONFIG = 'projects:\n  unheard: { path: /nonexistent/unheard, priority: high, tags: [money], description: "Invoices" }\n'

const ROOT = join(import.meta.dir, '../..')

let browser: TestBrowser
let server: RunningServer
let empty: RunningServer
beforeAll(async () => {
  ;[browser, server, empty] = await Promise.all([
    openBrowser(),
    startServer({ lifetime: 'file', config: CONFIG }),
    startServer({ lifetime: 'file' }),
  ])
  await report(server, 'apollo', APOLLO)
  await report(server, 'lengthy', LENGTHY)
  await report(server, 'steps', STEPS)
  await report(server, 'quiet', { type: 'x-hello' })
  await report(server, 'blocked', { type: 'workflow_transition', old_state: 'SPRINT_ACTIVE', new_state: 'BLOCKED' })
})

const PROJECT = '/projects/apollo'
const KINDS = {
  'of all projects': [
    '/',
    '/?attention=blocked',
    '/?view=grid',
    '/?tv=1',
    '/?q=nothing-like-it',
    // All projects as they were: no later than now.
    '/?at=2100-01-01T00:00:00Z',
  ],
  'of a project': [PROJECT, `${PROJECT}?at=3`, `${PROJECT}?at=3&compare=now`, '/projects/lengthy', '/projects/quiet', '/projects/unheard'],
  'of a part': [
    `${PROJECT}/stories/S-1`,
    `${PROJECT}/stories/${encodeURIComponent(HOSTILE_ID)}`,
    `${PROJECT}/agents/a-1`,
    `${PROJECT}/events/4`,
    `${PROJECT}/events/4?at=5`,
    `${PROJECT}/events/${APOLLO.length}`,
    '/projects/steps/activity?kind=steps',
    `${PROJECT}/chat`,
    '/projects/lengthy/chat?q=mara',
  ],
  'of figures and times': [
    `${PROJECT}/flow`,
    '/projects/quiet/flow',
    `${PROJECT}/flow?days=7&at=3`,
    `${PROJECT}/timeline`,
    `${PROJECT}/timeline?by=agent&window=24h`,
  ],
  'that refuses': ['/projects/nobody', `${PROJECT}/stories/none`, `${PROJECT}?at=yesterday`, '/no/such/page'],
}

const DEVICES = ['desktop', 'phone'] as const

/**
 * What is wrong with each page, by its address and device. One tab reads them all, and becomes a phone where the page is: a page takes
 * longer to open, and to get used to, than to read.
 */
async function problemsOf(urls: readonly string[]) {
  const watched = await browser.openPage('about:blank')
  watched.tolerate(/status of 4\d\d/)
  const { page } = watched
  endAfter('test', () => page.close())
  const found: Record<string, string[]> = {}
  for (const url of urls) {
    await becomeDevice(page, 'desktop')
    await page.goto(url)
    if (await page.locator('#page[data-live]').count()) await untilLive(page)
    for (const device of DEVICES) {
      await becomeDevice(page, device)
      const wide = await widthBeyondScreen(page)
      const problems = [...(await problemsInBothThemes(page)), ...(wide > 0 ? [`the page is ${wide} pixels wider than the screen`] : [])]
      if (problems.length > 0) found[`${url} on a ${device}`] = problems
    }
  }
  return found
}

describe('on a desktop and on a phone, in both themes, everybody can read', () => {
  test.each(Object.entries(KINDS))(
    'every page %s',
    async (_, paths) => {
      expect(await problemsOf(paths.map((path) => server.url + path))).toEqual({})
    },
    120_000,
  )

  test('the first page of a service that has no project yet', async () => {
    expect(await problemsOf([empty.url])).toEqual({})
  })
})

describe('valid HTML under a strict policy is', () => {
  async function expectValid(url: string) {
    const response = await fetch(url, { headers: { accept: 'text/html' } })
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(await htmlProblems(await response.text())).toEqual([])
  }

  test.each(Object.values(KINDS).flat())('%s', (path) => expectValid(server.url + path))

  test('the first page of a service that has no project yet', () => expectValid(empty.url))
})

/** Lines of code that name classes or ids: for states that no page has when it is first shown. */
async function linesThatNameClasses(): Promise<string> {
  const paths = ['views/**/*.ts', 'views/**/*.tsx', 'src/pages/**/*.tsx', 'static/*.js'].flatMap((glob) => [
    ...new Bun.Glob(glob).scanSync(ROOT),
  ])
  const texts = await Promise.all(paths.map((path) => Bun.file(join(ROOT, path)).text()))
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => /class|\bid=|getElementById|__|--|is-/.test(line))
    .join('\n')
}

test('every rule of the stylesheet meets something on a page, or a state that the code names', async () => {
  const { page } = await browser.openPage('about:blank')
  const css = await (await fetch(`${server.url}/static/app.css`)).text()
  let unmet = await selectorsOf(page, css)
  expect(unmet.length).toBeGreaterThan(500)
  for (const url of [
    empty.url,
    ...Object.values(KINDS)
      .flat()
      .map((path) => server.url + path),
  ])
    unmet = await unmetSelectors(page, await (await fetch(url, { headers: { accept: 'text/html' } })).text(), unmet)
  const code = await linesThatNameClasses()
  const isNamed = (name: string) => {
    const beginnings = [...name.matchAll(/-/g)].map(({ index }) => `${name.slice(0, index + 1)}\${`)
    return new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(code) || beginnings.some((beginning) => code.includes(beginning))
  }
  const namesOf = (selector: string) => [...selector.matchAll(/[.#]([a-z][\w-]*)/gi)].map(([, name = '']) => name)
  expect(unmet.filter((selector) => !namesOf(selector).every(isNamed))).toEqual([])
})
