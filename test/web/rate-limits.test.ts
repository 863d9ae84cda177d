import { beforeAll, describe, expect, test } from 'bun:test'
import { rateClassOf } from '../../src/web/middleware/rate-limits.ts'
import { startRedis } from '../support/redis.ts'
import { appRoutes, filledIn } from '../support/routes.ts'
import { type RunningServer, type ServerOptions, startServer } from '../support/server.ts'
import { makeToken, SIGNED_IN, signedIn } from '../support/signed-in.ts'

const ON = { RATE_LIMITING: 'true' }
/** So long that no test sees the end of a window. */
const SLOW = '{ per_minute: 1, burst: 1 }'
const limited = (rates: string, options: ServerOptions = {}) =>
  startServer({ ...options, config: `security: { rate_limits: { ${rates} } }\n`, env: { ...SIGNED_IN, ...ON, ...options.env } })

type Fields = Record<string, string>
const statuses = async (requests: number, ask: (index: number) => Promise<Response>) => {
  const answers = await Promise.all(Array.from({ length: requests }, async (_, index) => (await ask(index)).status))
  return Object.fromEntries([...Map.groupBy(answers, (status) => String(status))].map(([status, all]) => [status, all.length]))
}
const get = (server: RunningServer, path: string, headers: Fields = {}) => fetch(`${server.url}${path}`, { headers, redirect: 'manual' })

test('every route is of a class, or is answered however often it is asked', () => {
  const classes = appRoutes().map((route) => [`${route.method} ${route.path}`, rateClassOf(route.method, filledIn(route, { name: 'a' }))])
  const classOf = Object.fromEntries(classes) as Record<string, string | undefined>
  expect(classes.filter(([route, kind]) => kind === undefined && !/OPTIONS|static/.test(String(route)))).toEqual([])
  expect(classOf['GET /projects/:name']).toBe('pages')
  expect(classOf['GET /api/v1/projects']).toBe('reads')
  expect(classOf['POST /api/v1/projects/:name/events']).toBe('ingest')
  expect(classOf['DELETE /api/v1/projects/:name']).toBe('management')
  expect(classOf['POST /projects/:name/purge']).toBe('management')
  expect(classOf['POST /login']).toBe('sign_in')
  expect(classOf['GET /live/*']).toBe('upgrades')
})

describe('security 35: a client', () => {
  test('is refused beyond its limit, whatever it writes into X-Forwarded-For', async () => {
    const server = await limited('pages: { per_minute: 30, burst: 30 }', { env: { TRUSTED_PROXIES: '10.0.0.0/8' } })
    const spoofed = await statuses(1_000, (index) =>
      get(server, '/login', { 'x-forwarded-for': `203.0.113.${index % 250}`, 'x-real-ip': `198.51.100.${index % 250}` }),
    )
    expect(spoofed['200']).toBeLessThanOrEqual(60)
    expect(spoofed).toEqual({ 200: expect.any(Number), 429: 1_000 - spoofed['200']! })
  })

  test('is told so, in the words of the API, with when to come back', async () => {
    const server = await limited(`reads: ${SLOW}, pages: ${SLOW}`)
    const authorization = `Bearer ${await makeToken({ dataDir: server.dataDir, env: SIGNED_IN }, '--scopes', 'read')}`
    expect((await get(server, '/api/v1/projects', { authorization })).status).toBe(200)
    const refused = await get(server, '/api/v1/projects', { authorization })
    const body = (await refused.json()) as { details: { retry_after_seconds: number } }
    expect(body).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', details: { class: 'reads', limit: 1, window_seconds: 60 } })
    const { headers } = refused
    expect([
      refused.status,
      headers.get('x-ratelimit-limit'),
      headers.get('x-ratelimit-remaining'),
      headers.get('x-ratelimit-window'),
    ]).toEqual([429, '1', '0', '60'])
    expect(headers.get('retry-after')).toBe(String(body.details.retry_after_seconds))
    expect(Number(headers.get('x-ratelimit-reset')) * 1_000).toBeGreaterThan(Date.now() - 60_000)
    await get(server, '/login', { accept: 'text/html' })
    const page = await get(server, '/login', { accept: 'text/html' })
    expect([page.status, await page.text()]).toEqual([429, expect.stringContaining('Too many requests')])
    expect(await (await get(server, '/metrics', { authorization })).text()).toContain('rate_limited_total{class="reads"} 1')
  })

  test('of another address, of another /64, of another session or with another token is another', async () => {
    const server = await limited(`pages: ${SLOW}, reads: ${SLOW}`)
    const from = async (address: string) => (await get(server, '/login', { 'x-forwarded-for': address })).status
    expect([await from('203.0.113.7'), await from('203.0.113.7'), await from('203.0.113.8')]).toEqual([200, 429, 200])
    expect([await from('2001:db8:1:2::1'), await from('2001:db8:1:2:ffff::9'), await from('2001:db8:1:3::1')]).toEqual([200, 429, 200])
    const place = { dataDir: server.dataDir, env: SIGNED_IN }
    const tokens = [await makeToken(place, '--scopes', 'read'), await makeToken(place, '--scopes', 'read')]
    const as = async (token?: string) => (await get(server, '/api/v1/projects', { authorization: `Bearer ${token}` })).status
    expect([await as(tokens[0]), await as(tokens[0]), await as(tokens[1])]).toEqual([200, 429, 200])
  })

  test('that is signed in is counted by who it is, over all its sessions', async () => {
    const server = await limited(`reads: ${SLOW}`)
    const anna = [await signedIn(server, '--name', 'Anna'), await signedIn(server, '--name', 'Ben')]
    const as = async (cookie = '') => (await get(server, '/api/v1/projects', { cookie })).status
    expect([await as(anna[0]), await as(anna[0]), await as(anna[1])]).toEqual([200, 429, 200])
  })

  test('opens so many websockets, sends so many sign-ins and reports, each by itself', async () => {
    const server = await limited(`upgrades: ${SLOW}, sign_in: ${SLOW}, ingest: { per_minute: 2, burst: 2 }`)
    const upgrade = {
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    }
    await new Promise((resolve) => new WebSocket(`${server.url.replace('http', 'ws')}/live/`).addEventListener('close', resolve))
    expect((await get(server, '/live/', upgrade)).status).toBe(429)
    const signIn = () =>
      fetch(`${server.url}/login`, { method: 'POST', body: 'link=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    expect(await statuses(3, signIn)).toEqual({ 400: 1, 429: 2 })
    const authorization = `Bearer ${await makeToken({ dataDir: server.dataDir, env: SIGNED_IN }, '--scopes', 'ingest')}`
    const headers = { authorization, 'content-type': 'application/json' }
    const report = () =>
      fetch(`${server.url}/api/v1/projects/apollo/events`, { method: 'POST', headers, body: '[{"type":"x-a"},{"type":"x-b"}]' })
    expect(await statuses(4, report)).toEqual({ 202: 2, 429: 2 })
  })

  test('is never refused how the service is, files of pages, nor on its own machine where nobody signs in', async () => {
    const closed = await limited(`pages: ${SLOW}`)
    for (const path of ['/health', '/ready', '/static/app.js']) expect(await statuses(5, () => get(closed, path))).toEqual({ 200: 5 })
    const open = await startServer({ config: 'security: { rate_limits: guide }\n', env: ON })
    expect(await statuses(60, () => get(open, '/'))).toEqual({ 200: 60 })
    expect(await statuses(60, () => get(open, '/', { 'x-forwarded-for': '203.0.113.7' }))).toEqual({ 200: 50, 429: 10 })
  })
})

describe('security 35: over all workers a client passes no more often than the limit', () => {
  let redisUrl: string
  beforeAll(async () => {
    redisUrl = (await startRedis({ lifetime: 'file' })).url
  })
  const GUIDE = { config: 'security: { rate_limits: guide }\n' }
  const ask = (servers: readonly RunningServer[]) =>
    statuses(400, (index) => get(servers[index % servers.length]!, '/login', { 'x-forwarded-for': '203.0.113.7', connection: 'close' }))

  test('four of one host', async () => {
    const passed = await ask([await startServer({ ...GUIDE, env: { ...SIGNED_IN, ...ON, WORKERS: '4' } })])
    expect(passed['200']).toBeLessThanOrEqual(52)
    expect(passed['200']).toBeGreaterThanOrEqual(40)
  })

  test('two each of two instances on one Redis', async () => {
    const env = { ...SIGNED_IN, ...ON, WORKERS: '2', REDIS_URL: redisUrl }
    const passed = await ask(await Promise.all([1, 2].map(() => startServer({ ...GUIDE, env }))))
    expect(passed['200']).toBeLessThanOrEqual(52)
    expect(passed['200']).toBeGreaterThanOrEqual(40)
  })
})
