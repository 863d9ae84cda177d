import { beforeAll, describe, expect, test } from 'bun:test'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { untilLive } from '../support/live-page.ts'
import { rawAnswer } from '../support/raw-http.ts'
import { report } from '../support/report.ts'
import { appRoutes, filledIn } from '../support/routes.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
  await report(server, 'apollo', [
    { type: 'tdd_transition', story_id: 'S-1', new_state: 'design' },
    { type: 'agent_activity', agent_type: 'CodeAgent', agent_id: 'a-1', status: 'started', story_id: 'S-1', action: 'work' },
    { type: 'chat_message', message: '<div hx-get="/api/v1/status" hx-trigger="load">', user_id: 'mara' },
  ])
})

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; report-to csp-reports; report-uri /csp-reports"

const EVERYWHERE: Record<string, string> = {
  'content-security-policy': POLICY,
  'reporting-endpoints': 'csp-reports="/csp-reports"',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), display-capture=(), idle-detection=()',
}
/** Made to be shown on other sites, with a style of their own. */
const PICTURE = /\/(badge|diagram)\.svg/
const HSTS = 'max-age=63072000; includeSubDomains; preload'
const TEXT = /^(text\/|image\/svg|application\/(javascript|manifest))/

/** What is wrong with the headers of an answer, by sentence. */
function faults(headers: Headers, { path, isHttps, hasBody }: { path: string; isHttps: boolean; hasBody: boolean }): string[] {
  const isPicture = PICTURE.test(path) && headers.get('content-type')?.startsWith('image/svg') === true
  const own = isPicture ? ['content-security-policy', 'cross-origin-resource-policy'] : []
  const wrong = Object.entries(EVERYWHERE).filter(([name, value]) => !own.includes(name) && headers.get(name) !== value)
  const type = headers.get('content-type')
  return [
    ...wrong.map(([name]) => `${name} is ${headers.get(name)}`),
    ...(headers.get('strict-transport-security') === (isHttps ? HSTS : null) ? [] : ['strict-transport-security']),
    ...['server', 'x-powered-by'].filter((name) => headers.has(name)).map((name) => `${name} tells what it runs on`),
    ...(hasBody && type === null ? ['content-type is missing'] : []),
    ...(type !== null && TEXT.test(type) && !/charset=utf-8/i.test(type) ? [`${type} says no charset`] : []),
    ...headers.getSetCookie().flatMap((cookie) => cookieFaults(cookie, isHttps)),
  ]
}

function cookieFaults(cookie: string, isHttps: boolean): string[] {
  const attributes = cookie.toLowerCase().split('; ').slice(1)
  // The theme is changed by the page's script as well, which has to read it.
  const kept = cookie.startsWith('theme=') ? [] : ['httponly']
  const missing = ['path=/', ...kept, ...(isHttps ? ['secure'] : [])].filter((each) => !attributes.includes(each))
  return [
    ...missing.map((each) => `a cookie without ${each}: ${cookie}`),
    ...(attributes.some((each) => /^samesite=(lax|strict)$/.test(each)) ? [] : [`a cookie for other sites: ${cookie}`]),
    ...(attributes.some((each) => each.startsWith('domain=')) ? [`a cookie for other hosts: ${cookie}`] : []),
    ...(cookie.length < 4096 ? [] : ['a cookie of 4 KB']),
  ]
}

const VALUES = { name: 'apollo', id: 'S-1', offset: '1' }
/** Beyond the routes: what is not there, and what is refused before any of them. */
const OTHERS: [path: string, init: RequestInit][] = [
  ['/nothing', {}],
  ['/nothing', { headers: { accept: 'text/html' } }],
  ['/?view=grid', { headers: { accept: 'text/html' } }],
  ['/static/app.js', {}],
  ['/static/none.js', {}],
  ['/%zz', {}],
  ['/', { method: 'POST' }],
  ['/', { method: 'OPTIONS' }],
  ['/?at=x', {}],
  ['/', { headers: { host: 'evil.example' } }],
  ['/pins', { method: 'POST', headers: { origin: 'https://evil.example' } }],
  ['/pins', { method: 'POST', body: 'pin=apollo' }],
  ['/pins', { method: 'POST', body: 'unpin=apollo' }],
  [`/?q=${'a'.repeat(4_100)}`, {}],
  ['/', { headers: { 'x-long': 'a'.repeat(8_200) } }],
  ['/api/v1/projects/apollo/events', { method: 'POST', body: '{' }],
  ['/csp-reports', { method: 'POST', body: 'a'.repeat(70_000) }],
]

describe('security 14, 18, 10: every answer has the headers that protect its readers, and cookies are kept close', () => {
  test.each([
    ['over http', {}],
    ['over https', { 'x-forwarded-proto': 'https' }],
  ] as const)(
    '%s',
    async (_, forwarded) => {
      const isHttps = 'x-forwarded-proto' in forwarded
      const routes = appRoutes().flatMap((route) =>
        [VALUES, { ...VALUES, name: 'none' }].map((values): [string, RequestInit] => [filledIn(route, values), { method: route.method }]),
      )
      const found: string[] = []
      for (const [path, init] of [...routes, ...OTHERS]) {
        for (const method of init.method === 'GET' ? ['GET', 'HEAD'] : [init.method ?? 'GET']) {
          const headers = { ...forwarded, ...(init.headers as Record<string, string>) }
          const response = await fetch(`${server.url}${path}`, { ...init, method, headers, redirect: 'manual' })
          const hasBody = (await response.bytes()).length > 0
          found.push(
            ...faults(response.headers, { path, isHttps, hasBody }).map(
              (fault) => `${method} ${path.slice(0, 60)} ${response.status}: ${fault}`,
            ),
          )
        }
      }
      expect(found).toEqual([])
    },
    60_000,
  )

  test('those that lead to https as well', async () => {
    const forced = await startServer({ env: { FORCE_HTTPS: 'true' } })
    const { status, headers } = await fetch(`${forced.url}/projects/apollo`, { redirect: 'manual' })
    expect([status, faults(headers, { path: '/', isHttps: false, hasBody: false })]).toEqual([301, []])
  })

  test('and what the server itself refuses says neither what it runs on nor anything else', async () => {
    for (const bytes of ['GARBAGE\r\n\r\n', `GET / HTTP/1.1\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`, 'GET / HTTP/1.1\r\n\r\n']) {
      const { head, body } = await rawAnswer(server.port, bytes)
      expect(head).not.toMatch(/^(server|x-powered-by):/im)
      expect(body).toBe('')
    }
  })
})

describe('security 14: what a browser kept from running', () => {
  const send = (body: unknown, type = 'application/csp-report') =>
    fetch(`${server.url}/csp-reports`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const counted = async () => {
    const figures = await (await fetch(`${server.url}/metrics`)).text()
    return Object.fromEntries<number>(
      [...figures.matchAll(/^csp_reports_total\{directive="([^"]+)"\} (\d+)$/gm)].map(([, name = '', count]) => [name, Number(count)]),
    )
  }

  test('is counted by directive, and logged without the address that it came from', async () => {
    const old = {
      'csp-report': {
        'document-uri': 'http://h/secret-1',
        'violated-directive': 'script-src-elem',
        'blocked-uri': 'https://evil.example/x?secret-2',
      },
    }
    const reports = [
      {
        type: 'csp-violation',
        url: 'http://h/secret-3',
        body: { effectiveDirective: 'img-src', blockedURL: 'inline', sample: 'secret-4' },
      },
      { type: 'csp-violation', body: { effectiveDirective: 'secret-5', blockedURL: 'secret-6' } },
      { type: 'deprecation', body: { id: 'secret-7' } },
    ]
    expect((await send(old)).status).toBe(204)
    expect((await send(reports, 'application/reports+json')).status).toBe(204)
    expect(await counted()).toEqual({ 'script-src-elem': 1, 'img-src': 1, other: 1 })
    expect(server.logs()).toContain('evil.example')
    expect(server.logs()).not.toContain('secret-')
  })

  test('is refused where it is none, and read in bounds', async () => {
    expect((await send('{')).status).toBe(400)
    expect((await send({})).status).toBe(400)
    expect((await send('a'.repeat(65_537))).status).toBe(413)
    const again = { 'csp-report': { 'effective-directive': 'font-src', 'blocked-uri': 'data' } }
    for (let sent = 0; sent < 100; sent += 1) expect((await send(again)).status).toBe(204)
    const counts = await counted()
    expect(counts['font-src']).toBeLessThan(60)
    expect(counts['unread']).toBeGreaterThan(40)
  })

  test('is nothing on our own pages', async () => {
    const own = await startServer()
    await report(own, 'apollo', { type: 'chat_message', message: 'hello' })
    const { page, tolerate } = await (await openBrowser()).openPage(own.url)
    tolerate(/ontent.security.policy|LOCAL_NETWORK_ACCESS/i)
    for (const path of ['?tv=1', 'projects/apollo', ...['activity', 'timeline', 'flow', 'chat'].map((part) => `projects/apollo/${part}`)]) {
      await page.goto(`${own.url}/${path}`)
      await untilLive(page)
    }
    const reports = async () => (await (await fetch(`${own.url}/metrics`)).text()).match(/^csp_reports_total\{.*$/gm)
    expect(await reports()).toBeNull()
    // Browsers send what report-to asks for when they like; what report-uri asks for, at once.
    await page.route(own.url, async (route) => {
      const response = await route.fetch()
      const policy = response.headers()['content-security-policy']!.replace(/report-to [\w-]+; /, '')
      await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } })
    })
    await page.goto(own.url)
    await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'document.title = "run"'
      document.head.append(script)
    })
    expect(await page.title()).not.toBe('run')
    expect(await eventually(reports)).toEqual([expect.stringContaining('script-src')])
  }, 60_000)
})

test('security 15: markup that was put into a page makes it ask for nothing and run nothing', async () => {
  const { page, tolerate } = await (await openBrowser()).openPage(`${server.url}/projects/apollo/chat`)
  tolerate(/ontent.security.policy|unsafe-eval/i)
  await untilLive(page)
  const asked: string[] = []
  page.on('request', (request) => void asked.push(request.url()))
  const tried = await page.evaluate(async () => {
    const injected = ['hx-get', 'hx-post', 'hx-put', 'hx-delete']
      .map((name) => `<div ${name}="/api/v1/status" hx-trigger="load"></div>`)
      .concat(
        '<div hx-action="/api/v1/status" hx-trigger="load"></div><div hx-on:load="document.title = 1" hx-get="/x" hx-trigger="load"></div>',
      )
      .join('')
    const seen: string[] = []
    document.addEventListener('htmx:config:request', () => seen.push('asked'))
    const { htmx } = globalThis as unknown as { htmx: { swap(swap: object): Promise<void> } }
    const main = document.querySelector('#main')!
    await htmx.swap({ sourceElement: main, target: main, text: injected, swap: 'innerHTML', transition: false })
    await fetch('/health')
    return seen.length
  })
  // It is htmx that wanted to ask, and was kept from it.
  expect(tried).toBeGreaterThan(0)
  expect(asked).toEqual([`${server.url}/health`])
}, 60_000)
