import { beforeAll, expect, test } from 'bun:test'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { untilLive } from '../support/live-page.ts'
import { problemsInBothThemes } from '../support/page-quality.ts'
import { startServerWithPast } from '../support/past.ts'
import type { RunningServer } from '../support/server.ts'

const DEVICES = ['desktop', 'phone'] as const

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServerWithPast(['apollo'])])
})

test.each(DEVICES)('nothing is wrong for whoever cannot see or point, on a %s', async (device) => {
  const { page } = await browser.openPage('about:blank', { device })
  for (const path of ['?window=6h', '?by=agent']) {
    await page.goto(`${server.url}/projects/apollo/timeline${path}`)
    await untilLive(page)
    await page.getByText('As a table').click()
    expect(await problemsInBothThemes(page)).toEqual([])
  }
})
