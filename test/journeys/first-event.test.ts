import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type TestBrowser, until, untilText } from '../support/browser.ts'
import { runCommand } from '../support/command.ts'
import { report } from '../support/report.ts'
import { startServer } from '../support/server.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser({ isWhole: true })
})

/** Marks the document as it is now, so that a reload would be noticed. */
const mark = (page: Page) => page.evaluate(() => void document.documentElement.setAttribute('data-mark', 'kept'))
const isMarked = (page: Page) => page.evaluate(() => document.documentElement.getAttribute('data-mark') === 'kept')
const untilLive = (page: Page) => until(page, () => document.querySelector('#live')?.getAttribute('data-state') === 'live', 10_000)

const WHILE_IT_IS_DOWN = /ERR_CONNECTION|WebSocket connection|Failed to load resource/

test('the first command, pasted, makes the project appear on the empty page, and its page moves with every event', async () => {
  const server = await startServer()
  const overview = await browser.openPage(server.url)
  await untilText(overview.page, 'Waiting for your first event')
  await untilLive(overview.page)
  await mark(overview.page)

  const command = await overview.page.locator('#code-first-event').innerText()
  expect(await runCommand(['sh', '-c', command], { deadlineMs: 15_000 })).toMatchObject({
    exitCode: 0,
    output: expect.stringContaining('"accepted":1') as unknown,
  })
  await until(overview.page, () => document.querySelector('main a[href="/projects/my-project"]'))
  expect(await overview.page.locator('body').innerText()).not.toContain('Waiting for your first event')

  const project = await browser.openPage(`${server.url}/projects/my-project`)
  await untilText(project.page, 'BACKLOG_READY')
  await untilLive(project.page)
  await mark(project.page)
  await report(server, 'my-project', { type: 'workflow_transition', old_state: 'BACKLOG_READY', new_state: 'SPRINT_PLANNED' })
  await untilText(project.page, 'SPRINT_PLANNED', { within: '#workflow' })
  await report(server, 'my-project', { type: 'tdd_transition', story_id: 'story-0a1b2c3d', old_state: null, new_state: 'design' })
  await untilText(project.page, 'story-0a1b2c3d', { within: '#board' })
  expect([await isMarked(overview.page), await isMarked(project.page)]).toEqual([true, true])
})

test('what was accepted is there after the process was killed, and open pages become live again by themselves', async () => {
  const server = await startServer()
  await report(server, 'apollo', { type: 'workflow_transition', old_state: 'IDLE', new_state: 'BACKLOG_READY' })
  const overview = await browser.openPage(server.url)
  const project = await browser.openPage(`${server.url}/projects/apollo`)
  for (const { page, tolerate } of [overview, project]) {
    tolerate(WHILE_IT_IS_DOWN)
    await untilLive(page)
    await mark(page)
  }
  await report(server, 'apollo', { type: 'workflow_transition', old_state: 'BACKLOG_READY', new_state: 'SPRINT_PLANNED' })
  await server.kill()
  for (const { page } of [overview, project]) await untilText(page, 'Reconnecting', { within: '#live' })

  await server.restart()
  await report(server, 'apollo', { type: 'workflow_transition', old_state: 'SPRINT_PLANNED', new_state: 'SPRINT_ACTIVE' })
  await untilText(project.page, 'SPRINT_ACTIVE', { within: '#workflow', withinMs: 15_000 })
  for (const { page } of [overview, project]) await untilLive(page)
  const offsets = await project.page.locator('[data-offset]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-offset')))
  expect(offsets.toSorted()).toEqual(['1', '2', '3'])
  expect([await isMarked(overview.page), await isMarked(project.page)]).toEqual([true, true])

  const anew = await browser.openPage(`${server.url}/projects/apollo`)
  await untilText(anew.page, 'SPRINT_ACTIVE', { within: '#workflow' })
  await untilLive(anew.page)
  await anew.page.close()
  expect(await server.stop()).toBe(0)
})
