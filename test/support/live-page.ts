import type { Page } from 'playwright-core'
import { until, untilText } from './browser.ts'
import { endAfter } from './ending.ts'
import { eventually } from './eventually.ts'
import { HEAD } from './past-log.ts'
import { call } from './report.ts'
import type { RunningServer } from './server.ts'

/** What a browser complains of while the server is away, and rightly. */
export const WHILE_IT_IS_DOWN = /ERR_CONNECTION|ERR_NETWORK|WebSocket connection|Failed to load resource/

export const untilLive = (page: Page) => until(page, () => document.querySelector('#live')?.getAttribute('data-state') === 'live')

/** Marks the document as it is now, so that a reload would be noticed. */
export const markDocument = (page: Page) => page.evaluate(() => void document.documentElement.setAttribute('data-mark', 'kept'))
export const isSameDocument = (page: Page) => page.evaluate(() => document.documentElement.getAttribute('data-mark') === 'kept')

/** Offsets of the activity rows, from top to bottom. */
export const rowsOn = (page: Page): Promise<number[]> =>
  page.locator('#activity-list > li').evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-offset'))))

/** Waits until the activity shows the newest events of the log, newest first, none missing among them and none twice. */
export async function untilRowsAreTheLog(page: Page, server: RunningServer, project: string): Promise<number[]> {
  return eventually(
    async () => {
      const rows = await rowsOn(page)
      const head = Number((await call(server, `/api/v1/projects/${project}/state`)).body.offset)
      if (rows.length < Math.min(50, head) || (rows[0] ?? 0) !== head) throw new Error(`${rows.length} rows of ${head} events`)
      const { body } = await call(server, `/api/v1/projects/${project}/events?after=${head - rows.length}&limit=1000`)
      const logged = (body.events as { offset: number }[]).map(({ offset }) => offset).toReversed()
      if (rows.join() !== logged.join()) throw new Error(`the page shows ${rows.join()}, the log holds ${logged.join()}`)
      return rows
    },
    { withinMs: 30_000 },
  )
}

/** What a tab goes through when another comes to the front, and back. */
export async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (hidden ? 'hidden' : 'visible') })
    document.dispatchEvent(new Event('visibilitychange'))
  }, isHidden)
}

/** Has the page's clock go by the test's word; its tab is not used again. */
export async function takeClock(page: Page): Promise<void> {
  endAfter('test', () => page.close())
  await page.clock.install()
  await page.reload()
}

/** What the page's websockets bring from now on, those included that it opens later. */
export function listenTo(page: Page): { frames: string[]; opened: string[] } {
  const heard = { frames: [] as string[], opened: [] as string[] }
  page.on('websocket', (socket) => {
    heard.opened.push(socket.url())
    socket.on('framereceived', ({ payload }) => heard.frames.push(String(payload)))
  })
  return heard
}

/** Lets seconds of the page's own clock go by: its timers have run when they are over, however busy the machine is. */
export const passSeconds = (page: Page, seconds: number): Promise<void> =>
  page.evaluate(
    (seconds) =>
      new Promise((resolve) => {
        let passed = 0
        const timer = setInterval(() => ++passed >= seconds && (clearInterval(timer), resolve()), 1_000)
      }),
    seconds,
  )

/** Ids that stand more than once in the document. */
export const duplicateIds = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    return ids.filter((id, index) => ids.indexOf(id) !== index)
  })

/** One step of the history. A page from the back-forward cache is there at once: it has loaded long ago. */
export const goBack = (page: Page) => page.goBack({ waitUntil: 'commit' })
export const goForward = (page: Page) => page.goForward({ waitUntil: 'commit' })

/** Waits until a page that looks back stands after an event of apollo (past-log.ts). */
export const untilAfter = (page: Page, event: number) => untilText(page, `after event ${event} of ${HEAD}`, { within: '#travel-place' })
