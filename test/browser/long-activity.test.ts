import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type TestBrowser, untilText } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { generateHistory } from '../support/histories.ts'
import { rowsOn, untilLive } from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const BATCH = 1_000
/** Batches that are under way together: what comes at once is one frame. */
const AT_ONCE = 6
const FEW = 40
const OPENED = 5_000
const SETTLED = 10_000
const ALL = 100_000
/** Nodes: a few members of the page more or less. Bytes: what the engine keeps of its own. */
const NODES_MORE = 600
/** A narrowed page reads what bursts kept from it: it may hold 100 rows, or 400. */
const NODES_READ = 8_000
const HEAP_MORE = 4_000_000

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
})

/** What a page costs its reader, all that could be let go being gone. */
async function costOf(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  // What the first run lets go of may hold what the next one finds.
  for (let runs = 0; runs < 3; runs++) await session.send('HeapProfiler.collectGarbage')
  const { metrics } = await session.send('Performance.getMetrics')
  await session.detach()
  const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
  return { nodes: value('Nodes'), heap: value('JSHeapUsedSize') }
}

async function open(path: string, device: 'desktop' | 'phone' = 'desktop') {
  const { page } = await browser.openPage(`${server.url}${path}`, { device })
  await untilLive(page)
  return page
}

async function tell(from: number, upTo: number, batch = BATCH) {
  for (let at = from; at < upTo; at += batch * AT_ONCE) {
    const begins = Array.from({ length: AT_ONCE }, (_, index) => at + index * batch).filter((begin) => begin < upTo)
    await Promise.all(begins.map((begin) => report(server, 'apollo', generateHistory({ seed: 1 + begin, count: batch }))))
  }
}

const untilHead = (page: Page, offset: number) => page.locator(`#event-${offset}`).waitFor({ state: 'attached', timeout: 30_000 })
const untilCounted = (page: Page, count: number) =>
  eventually(async () => (await page.textContent('#live-detail')) === `, ${count} new`, {
    withinMs: 30_000,
    else: () => `the pill does not say ${count}`,
  })

/** Every page has taken in what was told so far. */
async function untilTold(pages: readonly Page[], count: number) {
  for (const page of pages) await untilText(page, `${count.toLocaleString('en')} events`, { within: '#activity-total', withinMs: 30_000 })
}

/** Frames tell of many events by a list that is new, and of few row by row: so the last batch is told, ten pages full of rows. */
async function tellBoth(page: Page, from: number, upTo: number) {
  const last = upTo - BATCH
  await tell(from, last)
  for (let told = last; told < upTo; told += FEW) {
    await report(server, 'apollo', generateHistory({ seed: 1 + told, count: FEW }))
    await untilHead(page, told + FEW)
  }
}

test('a hundred thousand events leave the pages that watch as large as they were', async () => {
  await tell(0, OPENED)
  const atTop = await open('/projects/apollo')
  const paused = await open('/projects/apollo', 'phone')
  const reading = await open('/projects/apollo')
  await paused.click('#pause')
  await reading.mouse.move(700, 450)
  await eventually(
    async () => {
      await reading.mouse.wheel(0, 2_000)
      return (await rowsOn(reading)).length === 400
    },
    { withinMs: 20_000 },
  )
  const narrowed = await open('/projects/apollo/activity?kind=usage')
  const live = [atTop, reading, narrowed]
  const pages = [atTop, paused, reading, narrowed]
  await tellBoth(atTop, OPENED, SETTLED)
  await untilTold(live, SETTLED)
  const before = await Promise.all(pages.map(costOf))

  await tellBoth(atTop, SETTLED, ALL)
  await untilTold(live, ALL)
  await untilCounted(paused, ALL - OPENED)
  const after = await Promise.all(pages.map(costOf))
  for (const [index, { nodes, heap }] of after.entries()) {
    expect(nodes - before[index]!.nodes).toBeLessThan(pages[index] === narrowed ? NODES_READ : NODES_MORE)
    expect(heap - before[index]!.heap).toBeLessThan(HEAP_MORE)
  }
  expect((await rowsOn(atTop)).length).toBeLessThanOrEqual(100)
  expect((await rowsOn(paused))[0]).toBe(OPENED)
  expect((await rowsOn(reading)).length).toBe(400)
  expect(Math.max(...(await rowsOn(reading)))).toBeLessThan(OPENED)
  expect((await rowsOn(narrowed)).length).toBeLessThanOrEqual(400)
}, 240_000)
