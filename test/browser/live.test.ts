import { beforeAll, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { openBrowser, type TestBrowser, until, untilText } from '../support/browser.ts'
import {
  duplicateIds,
  isSameDocument,
  markDocument,
  rowsOn,
  setHidden,
  untilLive,
  untilRowsAreTheLog,
  WHILE_IT_IS_DOWN,
} from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { startStallingProxy } from '../support/stalling-proxy.ts'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
})

let projects = 0
/** A project of its own for each test, with some events. */
async function newProject(events = 3): Promise<string> {
  const name = `live-${++projects}`
  await report(server, name, [{ type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' }, ...notes(events - 1)])
  return name
}

const notes = (count: number, text = 'note') =>
  Array.from({ length: count }, (_, index) => ({ type: 'chat_message', message: `${text} ${index + 1}`, user_id: 'mara' }))

async function openLive(path: string, url = server.url) {
  const watched = await browser.openPage(`${url}${path}`)
  await untilLive(watched.page)
  await markDocument(watched.page)
  return watched
}

test('a page says that it is live, with the age of the last event, which grows by itself', async () => {
  const name = await newProject()
  const { page } = await openLive(`/projects/${name}`)
  // The page itself may have been long in coming: its age is that of an event which came after it.
  await report(server, name, notes(1))
  await untilText(page, /^Live, (now|\d s ago)$/, { within: '#live' })
  await untilText(page, /^Live, [2-5] s ago$/, { within: '#live' })
  await report(server, name, notes(1))
  await untilText(page, /^Live, (now|1 s ago)$/, { within: '#live' })
})

test('after a stop it says as of when, and after the start it is whole again by itself', async () => {
  const name = await newProject()
  const { page, tolerate } = await openLive(`/projects/${name}`)
  tolerate(WHILE_IT_IS_DOWN)
  const overview = await openLive('/')
  overview.tolerate(WHILE_IT_IS_DOWN)
  await server.stop()
  for (const each of [page, overview.page]) await untilText(each, /^Reconnecting, showing \d\d:\d\d:\d\d$/, { within: '#live' })
  expect(await page.innerText('#activity-list')).toContain('note 1')

  await server.restart()
  await report(server, name, [...notes(4, 'after the start'), { type: 'workflow_transition', new_state: 'BLOCKED' }])
  for (const each of [page, overview.page]) await untilLive(each)
  expect(await untilRowsAreTheLog(page, server, name)).toHaveLength(8)
  await untilText(overview.page, 'Blocked', { within: `#project-${name}` })
  expect([await isSameDocument(page), await isSameDocument(overview.page)]).toEqual([true, true])
})

test('a network that dies without a word is noticed, said, and overcome', async () => {
  const name = await newProject()
  const proxy = await startStallingProxy(server.port)
  const { page, tolerate } = await openLive(`/projects/${name}`, proxy.url)
  tolerate(WHILE_IT_IS_DOWN)
  proxy.stall()
  await report(server, name, notes(4, 'unheard'))
  await page.evaluate(() => void (document.body.dataset.silenceSeconds = '2'))
  await untilText(page, /^Reconnecting, showing/, { within: '#live' })
  expect(await rowsOn(page)).toEqual([3, 2, 1])
  proxy.flow()
  await untilLive(page)
  expect(await untilRowsAreTheLog(page, server, name)).toHaveLength(7)
  await page.evaluate(() => void (document.body.dataset.silenceSeconds = '15'))
  await report(server, name, notes(1, 'heard again'))
  await untilText(page, 'heard again 1', { within: '#activity-list' })
  expect(await isSameDocument(page)).toBe(true)
})

test('the page knows from the server how long silence may last', async () => {
  const { page } = await openLive('/')
  expect(await page.evaluate(() => document.body.dataset.silenceSeconds)).toBe('15')
})

test('a tab that was hidden while many events happened shows them all when it is shown', async () => {
  const name = await newProject()
  const { page } = await openLive(`/projects/${name}`)
  await setHidden(page, true)
  await until(page, () => document.querySelector('#live')?.getAttribute('data-state') === 'reconnecting')
  await report(server, name, notes(75, 'unseen'))
  await report(server, name, { type: 'workflow_transition', old_state: 'SPRINT_ACTIVE', new_state: 'SPRINT_PAUSED' })
  expect(await rowsOn(page)).toHaveLength(3)
  await setHidden(page, false)
  await untilLive(page)
  expect((await untilRowsAreTheLog(page, server, name))[0]).toBe(79)
  expect(await page.innerText('#workflow')).toContain('SPRINT_PAUSED')
  expect(await duplicateIds(page)).toEqual([])
  expect(await isSameDocument(page)).toBe(true)
})

test('a paused page stands still and counts what is new; going on shows it at once', async () => {
  const name = await newProject()
  const { page } = await openLive(`/projects/${name}`)
  await page.click('#pause')
  await untilText(page, 'Paused, 0 new', { within: '#live' })
  for (let batch = 0; batch < 4; batch++) await report(server, name, notes(9, 'waiting'))
  await report(server, name, { type: 'workflow_transition', new_state: 'BLOCKED' })
  await untilText(page, 'Paused, 37 new', { within: '#live' })
  expect(await rowsOn(page)).toEqual([3, 2, 1])
  expect(await page.innerText('#workflow')).not.toContain('Blocked for')
  expect(await page.getAttribute('#pause', 'aria-pressed')).toBe('true')

  await page.click('#pause')
  await untilLive(page)
  expect(await untilRowsAreTheLog(page, server, name)).toHaveLength(40)
  expect(await page.innerText('#workflow')).toContain('Blocked for')
  expect(await page.getAttribute('#pause', 'aria-pressed')).toBe('false')
})

test('pausing works by keyboard, and counts across a lost connection', async () => {
  const name = await newProject()
  for (const path of [`/projects/${name}`, `/?q=${name}`]) {
    const { page } = await openLive(path)
    await page.focus('#pause')
    await page.keyboard.press('Enter')
    await report(server, name, notes(2))
    await untilText(page, 'Paused, 2 new', { within: '#live' })
    await setHidden(page, true)
    await report(server, name, notes(3))
    await setHidden(page, false)
    await untilText(page, 'Paused, 5 new', { within: '#live' })
    await report(server, name, notes(1))
    await untilText(page, 'Paused, 6 new', { within: '#live' })
    await page.keyboard.press('Space')
    await untilLive(page)
  }
})

test('pages of a log that was replaced are corrected, and say so where nothing is left', async () => {
  const config = 'projects:\n  apollo:\n    path: /tmp\n'
  const own = await startServer({ config })
  await report(own, 'apollo', [{ type: 'workflow_transition', new_state: 'BLOCKED' }, ...notes(20, 'old')])
  await report(own, 'gemini', notes(2, 'old'))
  const [apollo, gemini, overview] = [
    await openLive('/projects/apollo', own.url),
    await openLive('/projects/gemini', own.url),
    await openLive('/', own.url),
  ]
  for (const { tolerate } of [apollo, gemini, overview]) tolerate(WHILE_IT_IS_DOWN)
  await own.stop()
  rmSync(own.dataDir, { recursive: true })
  await own.restart()

  await untilLive(apollo.page)
  await untilText(apollo.page, 'Nothing was reported yet', { within: '#activity' })
  expect(await rowsOn(apollo.page)).toEqual([])
  expect(await apollo.page.innerText('#heading')).toContain('no event yet')
  expect(await apollo.page.innerText('#workflow')).toContain('Idle, nothing was reported yet')
  await report(own, 'apollo', notes(2, 'new'))
  expect(await untilRowsAreTheLog(apollo.page, own, 'apollo')).toEqual([2, 1])

  await untilText(gemini.page, 'Not live, load the page again', { within: '#live' })
  await untilLive(overview.page)
  await until(overview.page, () => !document.querySelector('#project-gemini'))
  expect(await overview.page.locator('.row').count()).toBe(1)
})

test('an overview whose projects are gone shows none of them', async () => {
  const own = await startServer()
  await report(own, 'gemini', notes(2, 'old'))
  const { page, tolerate } = await openLive('/', own.url)
  tolerate(WHILE_IT_IS_DOWN)
  await own.stop()
  rmSync(own.dataDir, { recursive: true })
  await own.restart()
  await untilLive(page)
  await until(page, () => !document.querySelector('#project-gemini'))
  await report(own, 'mercury', notes(1))
  await until(page, () => document.querySelector('#project-mercury'))
})

test('two tabs show the same', async () => {
  const name = await newProject()
  const tabs = [await openLive(`/projects/${name}`), await openLive(`/projects/${name}`)]
  await report(server, name, [{ type: 'tdd_transition', story_id: 'story-1', new_state: 'design' }, ...notes(6)])
  for (const { page } of tabs) {
    await untilText(page, 'story-1', { within: '#board' })
    expect(await untilRowsAreTheLog(page, server, name)).toHaveLength(10)
  }
})

/** What keeps an agent's page busy: every kind of fragment moves. */
const work = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => {
    const number = from + index
    const story_id = `story-${number % 12}`
    if (number % 7 === 0) return { type: 'tdd_transition', story_id, new_state: ['design', 'test_red', 'code_green'][number % 3] }
    const agent_id = `agent-${number % 9}`
    return {
      type: 'agent_activity',
      agent_type: 'CodeAgent',
      agent_id,
      story_id,
      action: `step ${number}`,
      tool: 'Bash',
      status: 'started',
    }
  })

test('a burst of a thousand events leaves a bounded page, with the newest events on it', async () => {
  const name = await newProject()
  const { page } = await openLive(`/projects/${name}`)
  await Promise.all(Array.from({ length: 20 }, (_, batch) => report(server, name, work(50, 50 * batch))))
  const rows = await untilRowsAreTheLog(page, server, name)
  expect(rows[0]).toBe(1_003)
  expect(rows.length).toBeLessThanOrEqual(100)
  expect(await duplicateIds(page)).toEqual([])
})

test('thousands of events later the page holds as much memory and as many nodes as before', async () => {
  const name = await newProject()
  const { page } = await openLive(`/projects/${name}`)
  const session = await page.context().newCDPSession(page)
  async function measure() {
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters')
    return { megabytes: usedSize / 2 ** 20, nodes, jsEventListeners }
  }
  async function tell(count: number, from: number) {
    for (let told = 0; told < count; told += 100) {
      await report(server, name, work(100, from + told))
      // What is measured is what stays, not how fast a busy machine's browser draws.
      if (told % 500 === 0) await untilRowsAreTheLog(page, server, name)
    }
    await untilRowsAreTheLog(page, server, name)
  }
  await tell(500, 0)
  const before = await measure()
  await tell(5_000, 500)
  const after = await measure()
  expect(after.megabytes).toBeLessThan(before.megabytes * 1.2 + 1)
  // The list holds 50 to 100 rows of some 40 nodes; a node left behind by each event would be 5,000.
  expect(after.nodes).toBeLessThan(before.nodes + 2_500)
  expect(after.jsEventListeners).toBeLessThanOrEqual(before.jsEventListeners + 10)
}, 150_000)
