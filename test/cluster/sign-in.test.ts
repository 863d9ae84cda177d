import { beforeAll, describe, expect, test } from 'bun:test'
import { temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { startHaproxy, startNginx } from '../support/proxies.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { cookieFor, csrfTokenOf, linkCode, SIGNED_IN } from '../support/signed-in.ts'

const LOOSE = { rejectUnauthorized: false }

let redis: RedisServer
let instances: RunningServer[]
let place: { dataDir: string; env: Record<string, string> }

beforeAll(async () => {
  redis = await startRedis({ lifetime: 'file' })
  const env = { ...SIGNED_IN, REDIS_URL: redis.url, WORKERS: '2' }
  place = { dataDir: temporaryFolder('file'), env }
  instances = await Promise.all([1, 2].map(() => startServer({ env, lifetime: 'file' })))
})

const [A, B] = [0, 1]
const urlOf = (index: number) => instances[index]?.url ?? ''
const statusOf = async (url: string, cookie: string) =>
  (await fetch(`${url}/settings`, { redirect: 'manual', headers: { cookie, accept: 'text/html' }, tls: LOOSE })).status

/** A websocket with this session, once it is live. */
async function watch(url: string, cookie: string) {
  const codes: number[] = []
  await new Promise<void>((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/live/attention`, { headers: { cookie, origin: url }, tls: LOOSE } as never)
    socket.addEventListener('message', () => resolve(), { once: true })
    socket.addEventListener('close', ({ code }) => {
      codes.push(code)
      reject(new Error(`closed with ${code}`))
    })
  })
  return codes
}

test('one link for the first administrator stands in the logs of the whole fleet', () => {
  const links = instances.flatMap((instance) => instance.logs().match(/login\?link=[\w-]{43}/g) ?? [])
  expect(links).toHaveLength(1)
})

describe('two instances of two workers', () => {
  test('a session that began at one is there at the other, and ends on all of them', async () => {
    const cookie = await cookieFor(urlOf(A), await linkCode(place))
    expect([await statusOf(urlOf(A), cookie), await statusOf(urlOf(B), cookie)]).toEqual([200, 200])
    const watched = await Promise.all([urlOf(A), urlOf(B), urlOf(B)].map((url) => watch(url, cookie)))
    const headers = { cookie, origin: urlOf(A), 'x-csrf-token': await csrfTokenOf(urlOf(A), cookie) }
    const out = await fetch(`${urlOf(A)}/logout`, { method: 'POST', redirect: 'manual', headers })
    expect(out.status).toBe(303)
    await eventually(() => watched.every((codes) => codes.length > 0), { withinMs: 5_000 })
    expect(watched).toEqual([[4401], [4401], [4401]])
    await eventually(async () => (await statusOf(urlOf(B), cookie)) === 302, { withinMs: 5_000 })
    expect(await statusOf(urlOf(A), cookie)).toBe(302)
  })

  test.each([
    ['nginx', startNginx],
    ['HAProxy', startHaproxy],
  ] as const)('behind %s with TLS the cookie is for https alone, and every page opens whoever answers', async (_, startProxy) => {
    const { url } = await startProxy(instances.map(({ port }) => port))
    const cookie = await cookieFor(url, await linkCode(place))
    expect(cookie).toStartWith('__Host-visualizer=')
    const answers = await Promise.all(Array.from({ length: 8 }, () => statusOf(url, cookie)))
    expect(new Set(answers)).toEqual(new Set([200]))
    expect(await watch(url, cookie)).toEqual([])
  })

  test('while the store of sessions is away nobody is let in, and afterwards everybody who was', async () => {
    const cookie = await cookieFor(urlOf(A), await linkCode(place))
    await redis.kill()
    await eventually(async () => (await statusOf(urlOf(A), cookie)) === 503, { withinMs: 10_000 })
    for (const url of instances.map((instance) => instance.url)) {
      const page = await fetch(url, { redirect: 'manual', headers: { cookie, accept: 'text/html' } })
      expect([page.status, (await page.text()).includes('id="counts"')]).toEqual([503, false])
    }
    await redis.restart()
    await eventually(async () => (await statusOf(urlOf(B), cookie)) !== 503, { withinMs: 20_000 })
  })
})
