import { beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { openBrowser, type PageOptions, type TestBrowser, until, untilText } from '../support/browser.ts'
import { temporaryFolder } from '../support/ending.ts'
import { generateHistory } from '../support/histories.ts'
import { accessibilityProblems, htmlProblems } from '../support/page-quality.ts'
import { report } from '../support/report.ts'
import { runProgram, startServer } from '../support/server.ts'

const HOSTILE = '</script><script>document.title="taken"</script><img src="http://example.com/x.png" onerror="alert(1)"><!--'
const STEPS = ['IDLE', 'BACKLOG_READY', 'ODD</script><b>', 'SPRINT_PLANNED', 'SPRINT_ACTIVE', 'BLOCKED']

let browser: TestBrowser
let file: string
beforeAll(async () => {
  const [opened, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
  browser = opened
  await report(server, 'apollo', generateHistory({ count: 120 }))
  await report(server, 'apollo', [
    { type: 'agent_status', agent_id: 'agent-7', status: 'ended' },
    { type: 'chat_message', message: HOSTILE, user_id: HOSTILE.slice(0, 60) },
    { type: 'tdd_transition', story_id: 'story-</script>', new_state: 'design' },
    { type: 'approval_requested', approval_id: 'q-</script>', title: HOSTILE },
    { type: 'error_state', error_id: 'e1', error_message: `token ghp_${'a1B2'.repeat(9)} ${HOSTILE}` },
    ...STEPS.slice(1).map((state, index) => ({ type: 'workflow_transition', old_state: STEPS[index], new_state: state })),
  ])
  file = join(temporaryFolder('file'), 'replay.html')
  const { exitCode, stderr } = await runProgram(['export', 'apollo', '--url', server.url, '--out', file])
  expect([exitCode, stderr]).toEqual([0, ''])
  // What it shows, it shows without a server.
  await server.stop()
}, 60_000)

async function open(options: PageOptions = {}): Promise<{ page: Page; requests: string[] }> {
  const { page } = await browser.openPage('about:blank', options)
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(pathToFileURL(file).href)
  if (options.isScripted !== false) await until(page, () => document.querySelector('#replay[data-state="ready"]') !== null)
  return { page, requests }
}

const place = (page: Page) => page.locator('#replay-slider').inputValue()
const count = (page: Page) => page.innerText('#replay-count')
const state = (page: Page) => page.innerText('#heading .facts')

describe.each(['desktop', 'phone'] as const)('on a %s, a replay', (device) => {
  test('opens from disk at its end and asks no network, whatever strangers wrote', async () => {
    const { page, requests } = await open({ device })
    expect(await state(page)).toContain('BLOCKED')
    expect(await page.innerText('#activity-list')).toContain('</script>')
    expect(await page.title()).toBe('apollo, a replay · Visualizer')
    expect(await page.locator('#page img, #page script, #page a[href^="/"], #page a.button:not([href]), #page form').count()).toBe(0)
    expect(requests).toEqual([pathToFileURL(file).href])
  })

  test('shows any moment by slider, step and mark, and the end is the same again', async () => {
    const { page } = await open({ device })
    const end = await page.innerText('#page')
    await page.locator('#replay-slider').fill('0')
    expect(await count(page)).toBe('event 1 of 130')
    expect(await page.innerText('#activity-total')).toContain('1 event')
    await page.click('[data-replay="on"]')
    expect(await page.innerText('#activity-total')).toContain('2 events')
    await page.locator('#replay-slider').fill('129')
    expect(await page.innerText('#page')).toBe(end)
    await page.click('[data-replay="mark-back"]')
    expect(await state(page)).toContain('SPRINT_ACTIVE')
    expect(await page.innerText('#replay-said')).toContain('to Active')
    await page.click('[data-replay="back"]')
    expect(await state(page)).toContain('SPRINT_PLANNED')
  })

  test('plays from the beginning to its end, and stops there', async () => {
    const { page } = await open({ device })
    await page.selectOption('#replay-speed', '60')
    await page.click('#replay-play')
    await until(page, () => document.querySelector('#replay-play')?.getAttribute('aria-label') === 'Play')
    await untilText(page, 'event 130 of 130', { within: '#replay-count' })
  })

  test.each(['light', 'dark'] as const)('has no fault that axe-core finds, %s', async (colorScheme) => {
    const { page } = await open({ device, colorScheme })
    if (colorScheme === 'dark') await page.locator('#replay-slider').fill('60')
    expect(await accessibilityProblems(page)).toEqual([])
  })
})

test('the keyboard steps, leaps and plays', async () => {
  const { page } = await open()
  await page.keyboard.press('Home')
  expect(await place(page)).toBe('0')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  expect(await place(page)).toBe('2')
  await page.keyboard.press('Shift+ArrowRight')
  expect(await page.innerText('#replay-said')).not.toBe('')
  await page.keyboard.press('End')
  expect(await count(page)).toBe('event 130 of 130')
  await page.keyboard.press('Home')
  await page.keyboard.press('Space')
  await untilText(page, 'event 130 of 130', { within: '#replay-count' })
})

test('on paper it names its moment and its file, without its buttons', async () => {
  const { page } = await open()
  await page.locator('#replay-slider').fill('9')
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('#replay-count').isVisible()).toBe(true)
  expect(await page.locator('.replay__about > p').isVisible()).toBe(true)
  expect(await page.locator('#replay-slider, #replay-play, .replay__keys').filter({ visible: true }).count()).toBe(0)
})

test('what a reader opened stays open from moment to moment', async () => {
  const { page } = await open()
  const folded = page.locator('#page details[id]').first()
  await folded.locator('summary').click()
  await page.keyboard.press('ArrowLeft')
  expect(await folded.getAttribute('open')).not.toBeNull()
})

test('without script the end is there, and says that the replay needs it', async () => {
  const { page } = await open({ isScripted: false })
  expect(await state(page)).toContain('BLOCKED')
  expect(await page.innerText('body')).toContain('needs script')
  expect(await page.locator('#replay').isVisible()).toBe(false)
})

test('the file is valid, says what it is, and holds no secret', async () => {
  const text = readFileSync(file, 'utf8')
  expect(await htmlProblems(text)).toEqual([])
  expect(text).toMatch(/<strong>apollo<\/strong>, .* to .*130 events.*Exported .* by Visualizer \d/s)
  const { page } = await open()
  expect(await page.innerText('#notices')).toContain('token')
  expect(await page.content()).not.toContain('a1B2a1B2')
})
