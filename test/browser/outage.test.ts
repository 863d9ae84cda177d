import { renameSync } from 'node:fs'
import { beforeAll, expect, test } from 'bun:test'
import { openBrowser, type TestBrowser, untilText } from '../support/browser.ts'
import { isSameDocument, markDocument, untilLive } from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { startServer } from '../support/server.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})

const AWAY = /^The event log is away, showing \d\d:\d\d:\d\d$/

test('while the log is away every page says so with the time, and afterwards it is live by itself', async () => {
  const server = await startServer()
  await report(server, 'apollo', { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })
  const [project, overview] = await Promise.all([
    browser.openPage(`${server.url}/projects/apollo`),
    browser.openPage(server.url, { device: 'phone', colorScheme: 'dark' }),
  ])
  for (const { page } of [project, overview]) {
    await untilLive(page)
    await markDocument(page)
  }
  renameSync(server.dataDir, `${server.dataDir}.away`)
  for (const { page } of [project, overview]) await untilText(page, AWAY, { within: '#live' })
  expect(await project.page.innerText('#announcements')).toBe('The event log is away')
  expect(await project.page.innerText('body')).toContain('SPRINT_ACTIVE')

  const late = await browser.openPage(server.url)
  await untilText(late.page, AWAY, { within: '#live' })
  const unscripted = await browser.openPage(`${server.url}/projects/apollo`, { isScripted: false })
  expect(await unscripted.page.innerText('#live')).toMatch(/^The event log is away, showing \d\d:\d\d:\d\d UTC$/)
  expect(await overview.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)

  renameSync(`${server.dataDir}.away`, server.dataDir)
  await report(server, 'apollo', { type: 'workflow_transition', new_state: 'BLOCKED' })
  for (const { page } of [project, overview, late]) await untilLive(page)
  await untilText(project.page, 'BLOCKED')
  await untilText(overview.page, 'Blocked')
  expect([await isSameDocument(project.page), await isSameDocument(overview.page)]).toEqual([true, true])
})
