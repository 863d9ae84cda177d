import { rmSync } from 'node:fs'
import { beforeAll, expect, test } from 'bun:test'
import { openBrowser, type TestBrowser, untilText } from '../support/browser.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { listenTo, takeClock, untilLive, WHILE_IT_IS_DOWN } from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})

async function figure(server: RunningServer, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return Number(line?.split(' ')[1] ?? 0)
}
const closes = (server: RunningServer, reason: string) => figure(server, `websocket_closes_total{reason="${reason}"}`)

async function occupy(server: RunningServer) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live/`)
  endAfter('test', () => socket.close())
  await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }))
  return socket
}

const note = (message: string) => ({ type: 'chat_message', message, user_id: 'mara' })

async function openProject(server: RunningServer, url = server.url) {
  await report(server, 'apollo', note('begin'))
  const watched = await browser.openPage(`${url}/projects/apollo`)
  watched.tolerate(WHILE_IT_IS_DOWN)
  return watched
}

test('a full service says so on the page, is asked seldom, and the page is live once there is room', async () => {
  const server = await startServer({ env: { MAX_VIEWERS: '2' } })
  const others = [await occupy(server), await occupy(server)]
  const { page } = await openProject(server)
  const before = await closes(server, 'full')
  await takeClock(page)
  await untilText(page, /^Service is full, showing \d\d:\d\d:\d\d$/, { within: '#live' })
  // Ten seconds by the page's clock, in steps that leave each attempt the time to be answered.
  for (let step = 0; step < 20; step++) {
    await page.clock.runFor(500)
    await figure(server, 'websocket_connections_active')
  }
  const asked = (await closes(server, 'full')) - before
  expect(asked).toBeGreaterThan(2)
  expect(asked).toBeLessThanOrEqual(6)
  await report(server, 'apollo', note('while it was full'))
  for (const other of others) other.close()
  const isLive = async () => (await page.getAttribute('#live', 'data-state')) === 'live'
  await eventually(async () => (await isLive()) || (await page.clock.runFor(500), false))
  await untilText(page, 'while it was full', { within: '#activity-list' })
}, 90_000)

test('a page of which one socket alone has room is not live', async () => {
  const server = await startServer({ env: { MAX_VIEWERS: '2' } })
  await occupy(server)
  const { page } = await openProject(server)
  await untilText(page, /^Service is full/, { within: '#live' })
  expect(await figure(server, 'websocket_connections_active')).toBe(2)
})

test('a tab that comes to the front again and again does not ask a full service more often', async () => {
  const server = await startServer({ env: { MAX_VIEWERS: '1' } })
  await occupy(server)
  const { page } = await openProject(server)
  await untilText(page, /^Service is full/, { within: '#live' })
  const before = await closes(server, 'full')
  for (let turn = 0; turn < 20; turn++) {
    await page.evaluate(
      (hidden) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
        document.dispatchEvent(new Event('visibilitychange'))
      },
      turn % 2 === 0,
    )
  }
  expect((await closes(server, 'full')) - before).toBeLessThanOrEqual(2)
})

test('a page that is not for this reader is not asked for again, and counted by its name', async () => {
  const server = await startServer()
  const { page } = await openProject(server)
  await takeClock(page)
  await untilLive(page)
  await server.stop()
  rmSync(server.dataDir, { recursive: true })
  await server.restart()
  const isEnded = async () => (await page.innerText('#live')) === 'Not live, load the page again'
  await eventually(async () => (await isEnded()) || (await page.clock.runFor(500), false))
  const { opened } = listenTo(page)
  await page.clock.runFor(60_000)
  expect(opened.filter((url) => url.includes('/live/projects/'))).toEqual([])
  expect(await closes(server, 'not_yours')).toBe(1)
})

test('attempts that fail leave nothing of ours in the console', async () => {
  const server = await startServer()
  const { page, problems, tolerate } = await openProject(server)
  await untilLive(page)
  const { opened } = listenTo(page)
  await server.kill()
  await untilText(page, /^Reconnecting/, { within: '#live' })
  // Of both of its websockets, more than once.
  await eventually(() => opened.length > 4)
  expect(problems()).toEqual([])
  tolerate(/WebSocket connection/)
  await server.restart()
  await untilLive(page)
})
