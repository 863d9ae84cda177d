import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type TestBrowser, until, untilText } from '../support/browser.ts'
import { isSameDocument, listenTo, markDocument, passSeconds, untilLive, WHILE_IT_IS_DOWN } from '../support/live-page.ts'
import { otherBuild } from '../support/other-build.ts'
import { eventually } from '../support/eventually.ts'
import { startRedis } from '../support/redis.ts'
import { report } from '../support/report.ts'
import { startServer } from '../support/server.ts'

let browser: TestBrowser
let newer: string
beforeAll(async () => {
  browser = await openBrowser()
  newer = otherBuild('newer')
})

const isPast = (path: string) => path.includes('at=')

/** A service that is replaced by another build of it, on the same address with the same log. */
async function deployed() {
  const old = await startServer()
  await report(old, 'apollo', { type: 'tdd_transition', story_id: 'S-1', new_state: 'design' })
  const deploy = async () => {
    await old.stop()
    return startServer({ port: old.port, dataDir: old.dataDir, root: newer })
  }
  async function open(path: string) {
    const watched = await browser.openPage(`${old.url}${path}`)
    watched.tolerate(WHILE_IT_IS_DOWN)
    if (!isPast(path)) await untilLive(watched.page)
    await markDocument(watched.page)
    return watched.page
  }
  return { old, deploy, open }
}

const note = (message: string) => ({ type: 'chat_message', message, user_id: 'mara' })
const scriptOf = (page: Page) => page.evaluate(() => document.documentElement.dataset['script'])

test('after a deploy every page loads itself again where nothing is going on, and is of one build', async () => {
  const { old, deploy, open } = await deployed()
  const paths = ['/', '/?tv=1', '/projects/apollo', '/projects/apollo/stories/S-1', '/projects/apollo?at=1']
  const pages = await Promise.all(paths.map(open))
  for (const page of pages) expect(await scriptOf(page)).toBeUndefined()
  await deploy()
  for (const [index, page] of pages.entries()) {
    await until(page, () => document.documentElement.dataset['script'] === 'newer')
    expect(page.url()).toBe(`${old.url}${paths[index]}`)
    expect(await isSameDocument(page)).toBe(false)
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--build').trim())).toBe('newer')
    if (!isPast(paths[index]!)) await untilLive(page)
  }
}, 120_000)

const BUSY: [string, (page: Page) => Promise<unknown>, (page: Page) => Promise<unknown>][] = [
  ['words in a field', (page) => page.fill('#search', 'half a wo'), (page) => page.click('#load-new')],
  ['an open dialog', (page) => page.keyboard.press('?'), (page) => page.keyboard.press('Escape')],
  ['a story beside the list', (page) => page.click('#board a[href$="/stories/S-1"]'), (page) => page.keyboard.press('Escape')],
  ['a pause', (page) => page.click('#pause'), (page) => page.click('#load-new')],
]

test('what a reader is at is not lost: the page asks, shows nothing of the other build, and goes when it is free to', async () => {
  const { deploy, open } = await deployed()
  const pages = await Promise.all(BUSY.map(() => open('/projects/apollo')))
  const heard = pages.map(listenTo)
  for (const [index, [, begin]] of BUSY.entries()) await begin(pages[index]!)
  const current = await deploy()
  for (const page of pages) {
    await page.locator('#load-new').waitFor()
    await untilText(page, /^(New version, showing \d\d:\d\d:\d\d|Paused, \d+ new)$/, { within: '#live' })
  }
  await report(current, 'apollo', note('from the other build'))
  for (const { frames } of heard) await eventually(() => frames.some((frame) => frame.includes('from the other build')))
  await Promise.all(pages.map((page) => passSeconds(page, 4)))
  for (const [index, [what, , end]] of BUSY.entries()) {
    const page = pages[index]!
    expect([what, await isSameDocument(page)]).toEqual([what, true])
    expect(await page.innerText('#activity-list')).not.toContain('from the other build')
    await end(page)
    await until(page, () => document.documentElement.dataset['script'] === 'newer')
    await untilText(page, 'from the other build', { within: '#activity-list' })
    await untilLive(page)
  }
}, 120_000)

const filesOf = async (url: string) =>
  [...(await (await fetch(url)).text()).matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)].map(([, path]) => path ?? '')
const statusesOf = (url: string, paths: readonly string[]) => Promise.all(paths.map(async (path) => (await fetch(`${url}${path}`)).status))

test('files of the build before are served after a deploy, as they were', async () => {
  const { old, deploy } = await deployed()
  const files = await filesOf(old.url)
  const before = await Promise.all(files.map(async (path) => (await fetch(`${old.url}${path}`)).text()))
  const current = await deploy()
  expect(await filesOf(current.url)).not.toEqual(files)
  const answers = await Promise.all(files.map((path) => fetch(`${current.url}${path}`)))
  expect(answers.map(({ status }) => status)).toEqual(files.map(() => 200))
  expect(new Set(answers.map(({ headers }) => headers.get('cache-control')))).toEqual(new Set(['public, max-age=31536000, immutable']))
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(before)
  expect(await statusesOf(current.url, ['/static/app.0000000000.css', '/static/..%2Fapp.js'])).toEqual([404, 404])
})

test('instances of two builds that share a Redis serve the files of both', async () => {
  const env = { REDIS_URL: (await startRedis()).url }
  const [one, other] = await Promise.all([startServer({ env }), startServer({ env, root: newer })])
  const [ofOne, ofOther] = [await filesOf(one.url), await filesOf(other.url)]
  // They are shared right after the start, not before it.
  await eventually(async () => (await statusesOf(other.url, ofOne)).every((status) => status === 200))
  await eventually(async () => (await statusesOf(one.url, ofOther)).every((status) => status === 200))
})
