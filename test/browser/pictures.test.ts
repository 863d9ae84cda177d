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

/** Reports after which a project shows each of the words that a badge can carry. */
const WORDS = {
  idle: [{ type: 'workflow_transition', new_state: 'IDLE' }],
  working: [{ type: 'agent_status', agent_id: 'a', agent_type: 'CodeAgent', status: 'working' }],
  failed: [{ type: 'error_state', error_message: 'broken', severity: 'critical' }],
  paused: [{ type: 'workflow_transition', new_state: 'SPRINT_PAUSED' }],
  review: [{ type: 'workflow_transition', new_state: 'SPRINT_REVIEW' }],
  blocked: [{ type: 'workflow_transition', new_state: 'BLOCKED' }],
  waits: [{ type: 'approval_requested', approval_id: 'q', title: 'may I?' }],
}

describe.each(Object.entries(WORDS))('the pictures of a project that is %s', (name, events) => {
  test('carry what they use, in colours that every viewer knows', async () => {
    await report(server, name, events)
    for (const picture of ['badge', 'diagram']) {
      for (const theme of ['', '?theme=light', '?theme=dark']) {
        const svg = await (await get(`/projects/${name}/${picture}.svg${theme}`)).text()
        expect([picture, theme, svg.match(/light-dark\(|oklch\(|var\(|undefined|NaN/g)]).toEqual([picture, theme, null])
        if (picture === 'badge') expect(Buffer.byteLength(svg)).toBeLessThan(1_500)
        const style = /<style>(.*?)<\/style>/.exec(svg)?.[1] ?? ''
        expect([theme, style.includes('prefers-color-scheme')]).toEqual([theme, theme === ''])
        const classes = new Set([...svg.matchAll(/ class="([^"]*)"/g)].flatMap(([, list = '']) => list.split(' ')))
        expect([...style.matchAll(/\.([a-z][\w-]*)/g)].map(([, each = '']) => each).filter((each) => !classes.has(each))).toEqual([])
      }
    }
  })
})

test.each(['light', 'dark'] as const)('badges are drawn in the %s colours of the pages', async (colorScheme) => {
  const tones = ['needs', 'failed', 'working', 'paused', 'review', 'idle']
  const { page } = await browser.openPage(`${server.url}/projects/apollo`, { colorScheme })
  const colours = await page.evaluate((names) => {
    const probe = document.body.appendChild(document.createElement('canvas'))
    const brush = probe.getContext('2d', { willReadFrequently: true })
    const holder = document.body.appendChild(document.createElement('div'))
    const colourOf = (token: string) => {
      holder.style.color = `var(${token})`
      if (!brush) return []
      brush.fillStyle = getComputedStyle(holder).color
      brush.fillRect(0, 0, 1, 1)
      return [...brush.getImageData(0, 0, 1, 1).data.slice(0, 3)]
    }
    return names.map((name) => {
      holder.className = `tone-${name}`
      return ['--surface', '--text', '--tone-tint', '--tone'].map(colourOf)
    })
  }, tones)
  for (const [name, events] of Object.entries(WORDS)) {
    await report(server, name, events)
    const svg = await (await get(`/projects/${name}/badge.svg?theme=${colorScheme}`)).text()
    const tone = /tone-(\w+)/.exec(svg)?.[1] ?? ''
    const drawn = ['ground', 'name', 'state', 'word'].map((part) => bytesOf(new RegExp(`badge__${part}\\{fill:#(\\w{6})`).exec(svg)?.[1]))
    const wanted = colours[tones.indexOf(tone)] ?? []
    // Browsers round otherwise.
    const isNear = drawn.flat().map((byte, index) => Math.abs(byte - (wanted.flat()[index] ?? -9)) <= 1)
    expect([name, tone, isNear]).toEqual([name, tone, Array.from({ length: 12 }, () => true)])
  }
})

const bytesOf = (hex = '') => (hex.match(/../g) ?? []).map((part) => Number.parseInt(part, 16))
