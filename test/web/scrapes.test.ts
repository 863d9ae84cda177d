import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'bun:test'
import { load } from '../config/support.ts'
import { temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { makeToken, SIGNED_IN, signedIn } from '../support/signed-in.ts'

type Fields = Record<string, string>
const status = async ({ url }: { url: string }, headers: Fields = {}) => (await fetch(`${url}/metrics`, { headers })).status
const ready = async ({ url }: RunningServer, headers: Fields = {}) => (await (await fetch(`${url}/ready`, { headers })).json()) as Fields
const SECRET = 'a-token-for-scrapers-1'
const PROXIED = { 'x-forwarded-for': '203.0.113.7' }
const CONFIG = 'projects:\n  apollo: { path: /nonexistent/apollo }\n'

describe('security 39: figures', () => {
  test('are for whoever sends the token, in every mode', async () => {
    const file = join(temporaryFolder(), 'token')
    writeFileSync(file, `${SECRET}\n`)
    for (const env of [{ METRICS_TOKEN: SECRET }, { ...SIGNED_IN, METRICS_TOKEN_FILE: file }]) {
      const server = await startServer({ env })
      expect(await status(server, { authorization: `Bearer ${SECRET}` })).toBe(200)
      for (const authorization of [`Bearer ${SECRET}x`, `Bearer ${SECRET.slice(0, -1)}`, 'Bearer ', `Basic ${SECRET}`, SECRET]) {
        expect([authorization, await status(server, { authorization })]).toEqual([authorization, 401])
      }
      const refused = await fetch(`${server.url}/metrics`)
      expect([refused.status, refused.headers.get('www-authenticate'), await refused.text()]).toEqual([
        401,
        'Bearer',
        expect.not.stringContaining('http_requests'),
      ])
    }
  })

  test('are, where people sign in, for this machine itself and for administrators', async () => {
    const server = await startServer({ env: SIGNED_IN })
    expect(await status(server)).toBe(200)
    expect(await status(server, PROXIED)).toBe(401)
    expect(await status(server, { 'x-forwarded-for': '127.0.0.1' })).toBe(401)
    expect(await status(server, { ...PROXIED, cookie: await signedIn(server) })).toBe(200)
    expect(await status(server, { ...PROXIED, cookie: await signedIn(server, '--role', 'viewer') })).toBe(401)
    const place = { dataDir: server.dataDir, env: SIGNED_IN }
    expect(await status(server, { ...PROXIED, authorization: `Bearer ${await makeToken(place, '--scopes', 'read')}` })).toBe(401)
    const authorization = `Bearer ${await makeToken(place, '--scopes', 'admin')}`
    await eventually(async () => (await status(server, { ...PROXIED, authorization })) === 200)
  })

  test.each(['1', '2'])('answer on a port of their own, with %s workers, and nothing else does there', async (workers) => {
    const port = await freePort()
    const server = await startServer({ env: { ...SIGNED_IN, METRICS_PORT: String(port), WORKERS: workers } })
    const own = { url: `http://localhost:${port}` }
    const answer = await fetch(`${own.url}/metrics`)
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      expect.stringContaining('text/plain'),
      expect.stringContaining('http_requests_total'),
    ])
    for (const path of ['/', '/health', '/api/v1/projects']) expect((await fetch(`${own.url}${path}`)).status).toBe(404)
    expect((await fetch(`${own.url}/metrics`, { method: 'POST' })).status).toBe(405)
    expect(await status(server)).toBe(404)
    await server.stop()
  })

  test('of many addresses are as few as before', async () => {
    const server = await startServer()
    const series = async () => (await (await fetch(`${server.url}/metrics`)).text()).split('\n').length
    const ask = (from: number) =>
      Promise.all(
        Array.from({ length: 500 }, (_, index) =>
          fetch(`${server.url}/nothing/${from + index}?${from}`, { method: index % 2 ? 'GET' : 'POST' }),
        ),
      )
    await ask(0)
    await series()
    const before = await series()
    for (let from = 500; from < 10_000; from += 500) await ask(from)
    expect(await series()).toBe(before)
  }, 60_000)

  test('a token that is none is refused, and not repeated', () => {
    const { problems } = load({ env: { METRICS_TOKEN: 'short 1' }, yaml: 'security: { metrics_token: other 1 }\n' })
    expect(problems).toHaveLength(2)
    expect(problems.join('\n')).not.toMatch(/short 1|other 1/)
  })
})

describe('security 39: /ready', () => {
  test('tells names of folders to administrators, and everybody its checks', async () => {
    const server = await startServer({ config: CONFIG, env: SIGNED_IN })
    const admin = { cookie: await signedIn(server) }
    expect((await ready(server, admin))['warnings']).toEqual([expect.stringContaining('apollo')] as never)
    for (const headers of [
      {},
      { cookie: await signedIn(server, '--role', 'viewer') },
      { authorization: 'Bearer vis_none' },
      { cookie: 'visualizer=x' },
    ] as Fields[]) {
      expect(Object.keys(await ready(server, headers)).toSorted()).toEqual(['checks', 'status', 'timestamp'])
    }
  })

  test('tells everybody where nobody signs in', async () => {
    expect((await ready(await startServer({ config: CONFIG })))['warnings']).toEqual([expect.stringContaining('apollo')] as never)
  })
})
