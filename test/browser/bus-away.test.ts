import { beforeAll, expect, test } from 'bun:test'
import { openBrowser, type TestBrowser, untilText } from '../support/browser.ts'
import { isSameDocument, markDocument, untilLive } from '../support/live-page.ts'
import { startPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { report } from '../support/report.ts'
import { startServer } from '../support/server.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})

test('while only the bus is away pages say that they may be late, go on all the same, and are live again by themselves', async () => {
  const [redis, postgres] = [await startRedis(), await startPostgres('test')]
  const server = await startServer({ env: { REDIS_URL: redis.url, DATABASE_URL: postgres.url } })
  await report(server, 'apollo', { type: 'workflow_transition', new_state: 'BACKLOG_READY' })
  const [project, overview] = await Promise.all([
    browser.openPage(`${server.url}/projects/apollo`),
    browser.openPage(server.url, { device: 'phone', colorScheme: 'dark' }),
  ])
  for (const { page } of [project, overview]) {
    await untilLive(page)
    await markDocument(page)
  }
  await redis.kill()
  for (const { page } of [project, overview]) await untilText(page, /some seconds late/, { within: '#live' })
  await report(server, 'apollo', { type: 'workflow_transition', new_state: 'SPRINT_PLANNED' })
  await untilText(project.page, 'SPRINT_PLANNED', { within: '#workflow', withinMs: 15_000 })
  expect(await overview.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
  await redis.restart()
  for (const { page } of [project, overview]) await untilLive(page)
  expect([await isSameDocument(project.page), await isSameDocument(overview.page)]).toEqual([true, true])
}, 90_000)
