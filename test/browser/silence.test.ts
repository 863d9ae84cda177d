import { beforeAll, expect, test } from 'bun:test'
import { openBrowser, type TestBrowser, until, untilText } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { isSameDocument, markDocument, passSeconds, untilLive, WHILE_IT_IS_DOWN } from '../support/live-page.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { startStallingProxy } from '../support/stalling-proxy.ts'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
})

const note = (message: string) => ({ type: 'chat_message', message, user_id: 'mara' })

let projects = 0
async function openProject(url = server.url, at = server) {
  const name = `quiet-${++projects}`
  await report(at, name, note('begin'))
  const watched = await browser.openPage(`${url}/projects/${name}`)
  watched.tolerate(WHILE_IT_IS_DOWN)
  await untilLive(watched.page)
  return { name, ...watched }
}

/** Open websockets of a service. */
const sockets = async ({ url }: RunningServer) =>
  Number(/^websocket_connections_active (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1])

test('a service that is frozen is not called live for longer than 20 seconds', async () => {
  const { page } = await openProject()
  await markDocument(page)
  process.kill(server.pid(), 'SIGSTOP')
  try {
    await untilText(page, /^No sign for 1[5-9] s$/, { within: '#live', withinMs: 20_000 })
    expect(await page.getAttribute('#live', 'data-state')).toBe('silent')
    await untilText(page, /^Reconnecting, showing \d\d:\d\d:\d\d$/, { within: '#live', withinMs: 20_000 })
  } finally {
    process.kill(server.pid(), 'SIGCONT')
  }
  await untilLive(page)
  expect(await isSameDocument(page)).toBe(true)
}, 90_000)

test('a page that nothing happens on stays live past that time', async () => {
  const { page } = await openProject()
  await page.evaluate(() => {
    const pill = document.querySelector('#live')!
    const note = () => (document.body.dataset['states'] = `${document.body.dataset['states'] ?? ''} ${pill.getAttribute('data-state')}`)
    new MutationObserver(note).observe(pill, { attributes: true, attributeFilter: ['data-state'] })
    note()
  })
  await passSeconds(page, 17)
  const states = await page.evaluate(() => document.body.dataset['states']?.trim().split(' '))
  expect(new Set(states)).toEqual(new Set(['live']))
}, 60_000)

test('an attempt that nobody answers is given up, and the next one succeeds', async () => {
  const proxy = await startStallingProxy(server.port)
  const { page } = await openProject(proxy.url)
  proxy.stall()
  await page.evaluate(() => void (document.body.dataset['silenceSeconds'] = '1'))
  await untilText(page, /^Reconnecting/, { within: '#live' })
  await page.evaluate(() => void (document.body.dataset['silenceSeconds'] = '15'))
  await proxy.asked()
  proxy.flow()
  await untilLive(page)
}, 60_000)

test('a page that the browser froze holds no socket, and is whole again when it goes on', async () => {
  // Of its own: what other pages of this file still hold open says nothing here.
  const own = await startServer()
  const { name, page } = await openProject(own.url, own)
  await page.evaluate(() => void document.dispatchEvent(new Event('freeze')))
  await eventually(async () => (await sockets(own)) === 0)
  await report(own, name, [note('while frozen'), { type: 'approval_requested', approval_id: 'q', title: 'Which?' }])
  await page.evaluate(() => void document.dispatchEvent(new Event('resume')))
  await untilText(page, 'while frozen', { within: '#activity-list' })
  await until(page, () => document.title.startsWith('('))
  await untilLive(page)
})

test('after a change of the network the page is whole again at once', async () => {
  const proxy = await startStallingProxy(server.port)
  const { name, page } = await openProject(proxy.url)
  proxy.stall()
  await report(server, name, [note('unheard'), { type: 'approval_requested', approval_id: 'q', title: 'Which?' }])
  proxy.flow()
  await page.evaluate(() => void dispatchEvent(new Event('online')))
  await untilText(page, 'unheard', { within: '#activity-list', withinMs: 8_000 })
  await until(page, () => document.title.startsWith('('))
  await untilLive(page)
})
