import { beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const ROUND = ['BACKLOG_READY', 'SPRINT_PLANNED', 'SPRINT_ACTIVE', 'SPRINT_PAUSED', 'SPRINT_ACTIVE', 'SPRINT_REVIEW']
const MANY_VISITS = [...Array.from({ length: 12 }, () => ROUND).flat(), 'BLOCKED']

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
  for (const name of ['cedar', 'ash-of-the-long-winding-valley']) {
    for (const new_state of MANY_VISITS) {
      await report(server, name, { type: 'workflow_transition', new_state })
    }
  }
})

const open = async (path: string): Promise<Page> => (await browser.openPage(`${server.url}${path}`)).page

type Line = { text: string; left: number; right: number; top: number; bottom: number }

/** The lines of text that can be seen, as far as they can be seen, of the elements that match and have text of their own. */
const linesOf = (page: Page, selector: string): Promise<Line[]> =>
  page.locator(selector).evaluateAll((elements) => {
    const clippedBy = (element: Element | null, line: Omit<Line, 'text'>): Omit<Line, 'text'> => {
      if (element === null) return line
      const { left, right, top, bottom } = element.getBoundingClientRect()
      const inner =
        getComputedStyle(element).overflow === 'visible'
          ? line
          : {
              left: Math.max(line.left, left),
              right: Math.min(line.right, right),
              top: Math.max(line.top, top),
              bottom: Math.min(line.bottom, bottom),
            }
      return clippedBy(element.parentElement, inner)
    }
    const shown = elements.filter((element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))
    return shown.flatMap((element) =>
      [...element.childNodes].flatMap((node) => {
        const text = node.textContent?.trim() ?? ''
        if (node.nodeType !== Node.TEXT_NODE || text === '') return []
        const range = document.createRange()
        range.selectNodeContents(node)
        const lines = [...range.getClientRects()].map((line) => {
          // The box of a line is taller than its letters.
          const { left, right, top, bottom, height } = line
          return clippedBy(element, { left, right, top: top + height / 4, bottom: bottom - height / 4 })
        })
        return lines.filter(({ left, right, top, bottom }) => right - left > 1 && bottom - top > 1).map((line) => ({ text, ...line }))
      }),
    )
  })

/** Pairs of texts that are printed over each other. */
async function overlaps(page: Page, selector: string): Promise<string[]> {
  const lines = await linesOf(page, selector)
  const isOver = (one: Line, other: Line) =>
    one.text !== other.text && one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom && other.top < one.bottom
  return lines.flatMap((line, index) =>
    lines.slice(index + 1).flatMap((other) => (isOver(line, other) ? [`${line.text} over ${other.text}`] : [])),
  )
}

const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

test.each(['/', '/?attention=blocked&status=active&priority=normal&q=a&sort=last_event', '/?view=grid&attention=blocked'])(
  'the tools of the list stand above its heads, whatever the width and the filters: %s',
  async (path) => {
    const page = await open(path)
    for (const width of [1920, 1440, 1280, 1241, 1240, 1024, 1000, 820, 761, 390, 320]) {
      await page.setViewportSize({ width, height: 800 })
      const over = await overlaps(page, '.listing > .filters *, .columns *, .row *')
      expect([width, over, await sideways(page)]).toEqual([width, [], 0])
    }
  },
)

test.each(['/projects/cedar?at=3', `/?at=${new Date().toISOString()}`])('a page that looks back fits a phone: %s', async (path) => {
  const page = await open(path)
  await page.locator('#travel-elsewhere > summary').evaluateAll(([summary]) => (summary as HTMLElement | undefined)?.click())
  for (const width of [320, 360, 390]) {
    await page.setViewportSize({ width, height: 800 })
    expect([width, await sideways(page), await overlaps(page, '.travel *, .top *')]).toEqual([width, 0, []])
  }
})

test('what the workflow says of one state stands over no other', async () => {
  const page = await open('/projects/cedar')
  for (const width of [320, 390, 820, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    const over = await page.locator('#workflow svg .node').evaluateAll((nodes) => {
      const boxes = nodes.map((node) => ({ node, box: node.querySelector('rect:not(.node__halo)')!.getBoundingClientRect() }))
      const isOver = (one: DOMRect, other: DOMRect) =>
        one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
      return boxes.flatMap(({ node }) =>
        [...node.querySelectorAll('text')].flatMap((text) => {
          const line = text.getBoundingClientRect()
          const under = boxes.filter(
            (other) => other.node !== node && other.node.parentElement === node.parentElement && isOver(line, other.box),
          )
          return under.map((other) => `${text.textContent} over ${other.node.textContent}`)
        }),
      )
    })
    expect([width, over]).toEqual([width, []])
  }
})

describe('the first page, while nothing arrives', () => {
  test.each([true, false])('says what to try, in place (with script: %p)', async (isScripted) => {
    const empty = await startServer()
    const { page } = await browser.openPage(`${empty.url}/`, { isScripted, device: 'phone' })
    await page.click('#not-arriving > summary')
    const told = await page.locator('#not-arriving').innerText()
    for (const words of ['202 Accepted', '400 Bad Request', 'Connection refused', `curl -i --max-time 10 -X POST ${empty.url}`]) {
      expect(told).toContain(words)
    }
    expect([new URL(page.url()).pathname, await sideways(page)]).toEqual(['/', 0])
    expect(await page.locator('#not-arriving a[target=_blank]').getAttribute('href')).toBe('/api/v1/status')
  })
})
