import { beforeAll, describe, expect, test } from 'bun:test'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { freePort } from '../support/ports.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
  await report(server, 'apollo', [
    { type: 'workflow_transition', old_state: 'IDLE', new_state: 'BACKLOG_READY' },
    { type: 'workflow_transition', old_state: 'BACKLOG_READY', new_state: 'SPRINT_ACTIVE' },
    { type: 'approval_requested', approval_id: 'q1', title: 'run the migration?' },
  ])
  await report(server, 'hostile', { type: 'workflow_transition', new_state: '<script>alert(1)</script>&"\u0007' })
})

/** A page of another site, on a port of its own. */
const otherSite = async () =>
  Bun.serve({
    hostname: '127.0.0.1',
    port: await freePort(),
    fetch: () => new Response('<title>another site</title>', { headers: { 'content-type': 'text/html' } }),
  })
const titleOf = async (path: string) => /<title>(.*?)<\/title>/.exec(await (await get(path)).text())?.[1]
const get = (path: string, init: RequestInit = {}) => fetch(server.url + path, init)

describe.each(['diagram', 'badge'])('%s.svg', (picture) => {
  test.each(['apollo', 'hostile'])('of %s is a picture that a page of another site can show', async (name) => {
    const { page } = await browser.openPage(`${server.url}/projects/${name}/${picture}.svg`)
    expect(await page.evaluate(() => document.documentElement.namespaceURI)).toBe('http://www.w3.org/2000/svg')
    expect(await page.evaluate(() => document.querySelector('parsererror')?.textContent ?? '')).toBe('')
    await using site = await otherSite()
    const { page: other } = await browser.openPage(site.url.href)
    const width = other.evaluate(
      (src) =>
        new Promise<number>((resolve, reject) => {
          const image = new Image()
          image.addEventListener('load', () => resolve(image.naturalWidth))
          image.addEventListener('error', () => reject(new Error('the picture did not load')))
          image.src = src
        }),
      `${server.url}/projects/${name}/${picture}.svg`,
    )
    expect(await width).toBeGreaterThan(50)
  })

  test('runs nothing, loads nothing, and is asked for again', async () => {
    const response = await get(`/projects/apollo/${picture}.svg`)
    expect(response.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'$/)
    expect((await response.text()).match(/<script|animation|@keyframes/g)).toBeNull()
    expect((await get('/projects/apollo')).headers.get('content-security-policy')).toContain("script-src 'self'")
  })

  test('of no project is not found, and that answer keeps the policy of pages', async () => {
    const response = await get(`/projects/nobody/${picture}.svg`, { headers: { accept: 'text/html' } })
    expect(response.status).toBe(404)
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })
})

test('the badge says the word, and is the same until that changes', async () => {
  const badge = await get('/projects/apollo/badge.svg')
  expect(await titleOf('/projects/apollo/badge.svg')).toBe('apollo: Needs you')
  const headers = { 'if-none-match': badge.headers.get('etag') ?? '' }
  expect((await get('/projects/apollo/badge.svg', { headers })).status).toBe(304)
  expect(await titleOf('/projects/apollo/badge.svg?at=2')).toBe('apollo: Idle')
})

test('the diagram shows the way that was taken, and where it stood at a moment', async () => {
  const title = (now: string) => `The workflow of apollo. Now ${now}`
  expect(await titleOf('/projects/apollo/diagram.svg')).toBe(title('SPRINT_ACTIVE; before, IDLE, BACKLOG_READY'))
  expect(await titleOf('/projects/apollo/diagram.svg?at=1')).toBe(title('BACKLOG_READY; before, IDLE'))
  expect((await (await get('/projects/apollo/diagram.svg')).text()).match(/class="edge edge--unexpected"/g)).toHaveLength(1)
})

test('the reader chooses the theme by the address, else the system does', async () => {
  const ground = async (search: string, colorScheme: 'light' | 'dark') => {
    const { page } = await browser.openPage(`${server.url}/projects/apollo/badge.svg${search}`, { colorScheme })
    return page.evaluate(() => getComputedStyle(document.querySelector('.badge__ground') ?? document.documentElement).fill)
  }
  const [light, dark] = [await ground('', 'light'), await ground('', 'dark')]
  expect(light).not.toBe(dark)
  expect(await ground('?theme=dark', 'light')).toBe(dark)
  expect(await ground('?theme=light', 'dark')).toBe(light)
})
