import { beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../support/eventually.ts'
import { Visitor } from '../support/oidc-server.ts'
import { OIDC_CONFIG, type OidcService, signInAt, startOidcService } from '../support/oidc-service.ts'
import { freePort } from '../support/ports.ts'
import { startRedis } from '../support/redis.ts'
import { startServer } from '../support/server.ts'

const PAGE = { headers: { accept: 'text/html' } }

let service: OidcService
beforeAll(async () => {
  service = await startOidcService({ lifetime: 'file' })
})

const at = (path: string) => `${service.server.url}${path}`

describe('signing in at a provider', () => {
  test('leads from a page that was asked for to the provider and back to it', async () => {
    const visitor = new Visitor()
    const led = await visitor.fetch(at('/projects/payments-api?at=1'), PAGE)
    expect(led.headers.get('location')).toBe('/login?to=%2Fprojects%2Fpayments-api%3Fat%3D1')
    const page = await (await visitor.fetch(at(led.headers.get('location')!), PAGE)).text()
    const href = /href="(\/auth\/login[^"]*)"/.exec(page)?.[1] ?? ''
    const left = await visitor.fetch(at(href))
    const back = await visitor.signInAt(left.headers.get('location')!, 'mara')
    expect(back.href).toStartWith(at('/auth/callback?'))
    const answer = await visitor.fetch(back)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/projects/payments-api?at=1'])
    const shown = await visitor.fetch(at('/projects/payments-api'), PAGE)
    expect([shown.status, await shown.text()]).toEqual([200, expect.stringContaining('payments-api')])
  })

  test('security 10: the cookie until then is Lax, not for scripts, short-lived, and gone afterwards', async () => {
    const visitor = new Visitor()
    const left = await visitor.fetch(at('/auth/login'))
    const [cookie = ''] = left.headers.getSetCookie()
    expect(cookie).toMatch(/^visualizer-sign-in=[\w-]+\.[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/)
    expect(left.headers.get('cache-control')).toBe('no-store')
    const overHttps = await fetch(at('/auth/login'), { redirect: 'manual', headers: { 'x-forwarded-proto': 'https' } })
    expect(overHttps.headers.getSetCookie()[0]).toMatch(/^__Host-visualizer-sign-in=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    const back = await visitor.signInAt(left.headers.get('location')!, 'mara')
    await visitor.fetch(back)
    expect([...visitor.cookies.keys()].filter((key) => key.startsWith(new URL(at('/')).host))).toEqual([
      `${new URL(at('/')).host} visualizer`,
    ])
  })

  test('gives the roles of the groups, on their projects alone', async () => {
    const mara = new Visitor()
    await signInAt(service.server, mara, 'mara')
    expect((await mara.fetch(at('/projects/website'), PAGE)).status).toBe(200)
    const act = (name: string) => mara.send(at(`/projects/${name}/losses`), { seen: '1' })
    expect((await act('website')).status).toBe(403)
    expect((await act('payments-api')).status).toBe(303)
    const projects = (await (await mara.fetch(at('/api/v1/projects'))).json()) as { projects: { name: string }[] }
    expect(projects.projects.map(({ name }) => name).toSorted()).toEqual(['payments-api', 'website'])
  })

  test('refuses an address that the provider has not verified, and says so', async () => {
    const jonas = new Visitor()
    const answer = await signInAt(service.server, jonas, 'jonas', '/projects/website')
    const location = answer.headers.get('location')!
    expect([answer.status, location]).toEqual([303, '/login?problem=unverified-email&to=%2Fprojects%2Fwebsite'])
    const page = await (await jonas.fetch(at(location), PAGE)).text()
    expect(page).toContain('has not verified your e-mail address')
    expect(page).toContain('/auth/login?to=%2Fprojects%2Fwebsite')
    expect((await jonas.fetch(at('/'), PAGE)).status).toBe(302)
  })

  test('says it when somebody declined', async () => {
    const nobody = new Visitor()
    const answer = await signInAt(service.server, nobody, '')
    expect(await (await nobody.fetch(at(answer.headers.get('location')!), PAGE)).text()).toContain('signing in was declined')
  })

  test('security 12: an answer that belongs to another browser signs nobody in', async () => {
    const [attacker, victim] = [new Visitor(), new Visitor()]
    const left = await attacker.fetch(at('/auth/login'))
    const back = await attacker.signInAt(left.headers.get('location')!, 'mara')
    const answer = await victim.fetch(back)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/login?problem=not-finished'])
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  test('security 33: leads to no other site', async () => {
    for (const to of ['//evil.example', '/\\evil.example', 'https://evil.example', '/%0d%0aSet-Cookie:a=b', 'javascript:alert(1)']) {
      const answer = await signInAt(service.server, new Visitor(), 'mara', to)
      expect([to, answer.status, answer.headers.get('location')]).toEqual([to, 303, '/'])
    }
  })

  test('comes back to the configured public URL, whatever a request names', async () => {
    const port = await freePort()
    const env = { ...service.env, PUBLIC_URL: 'https://visualizer.example.com' }
    const own = await startServer({ env, port, config: OIDC_CONFIG })
    const headers = {
      host: `localhost:${port}`,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      forwarded: 'host=evil.example',
    }
    const { headers: answered } = await fetch(`${own.url}/auth/login`, { redirect: 'manual', headers })
    const asked = new URL(answered.get('location')!).searchParams
    expect(asked.get('redirect_uri')).toBe('https://visualizer.example.com/auth/callback')
  })

  test('ends on a page of the service where the session cookie is strict', async () => {
    const own = await startOidcService({ env: { SESSION_COOKIE_SAMESITE: 'Strict' } })
    const visitor = new Visitor()
    const answer = await signInAt(own.server, visitor, 'mara', '/projects/website')
    expect([answer.status, answer.headers.get('refresh'), answer.headers.get('location')]).toEqual([200, '0; url=/projects/website', null])
    expect(answer.headers.getSetCookie()[0]).toContain('SameSite=Strict')
    expect(await answer.text()).toContain('href="/projects/website"')
  })

  test('is not there where it is not configured', async () => {
    const own = await startServer({ env: { AUTH: 'token' } })
    for (const path of ['/auth/login', '/auth/callback'])
      expect((await fetch(`${own.url}${path}`, { redirect: 'manual' })).status).toBe(404)
  })
})

test('security 38: nothing that signs somebody in stands in the log or in the data folder, whether it went well or not', async () => {
  const own = await startOidcService({ env: { LOG_LEVEL: 'debug' } })
  const visitor = new Visitor()
  const left = await visitor.fetch(`${own.server.url}/auth/login`)
  const asked = new URL(left.headers.get('location')!).searchParams
  const back = await visitor.signInAt(left.headers.get('location')!, 'mara')
  const secrets = [own.provider.clientSecret, asked.get('state')!, asked.get('nonce')!, back.searchParams.get('code')!, 'a-guessed-code']
  const state = new Map(visitor.cookies)
  await visitor.fetch(back)
  const stranger = new Visitor()
  for (const [key, value] of state) stranger.cookies.set(key, value)
  back.searchParams.set('code', 'a-guessed-code')
  expect((await stranger.fetch(back)).headers.get('location')).toStartWith('/login?problem=not-finished')
  await own.server.stop()
  const files = readdirSync(own.server.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const stored = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
  const everything = [own.server.logs(), ...stored].join('\n')
  expect(everything).toContain('used before')
  // The nonce is in the ID token, which is kept for signing out, encoded.
  expect(secrets.filter((secret) => everything.includes(secret))).toEqual([])
})

describe('signing out', () => {
  test('ends the session here, and then at the provider, which leads back', async () => {
    const visitor = new Visitor()
    await signInAt(service.server, visitor, 'mara')
    const cookies = new Map(visitor.cookies)
    const answer = await visitor.send(at('/logout'))
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const url = new URL(/^0; url=(.*)$/.exec(answer.headers.get('refresh') ?? '')?.[1] ?? '')
    expect([url.origin, url.searchParams.get('post_logout_redirect_uri')]).toEqual([service.provider.issuer, at('/signed-out')])
    expect(await answer.text()).toContain('Sign out at localhost')
    const asked = await visitor.fetch(url)
    const page = await asked.text()
    const [, action = '', xsrf = ''] = /action="([^"]+)"[\s\S]*name="xsrf" value="([^"]+)"/.exec(page) ?? []
    const ended = await visitor.fetch(action, { method: 'POST', body: new URLSearchParams({ xsrf, logout: 'yes' }) })
    expect(ended.headers.get('location')).toStartWith(at('/signed-out'))
    const before = new Visitor()
    for (const [key, value] of cookies) before.cookies.set(key, value)
    expect((await before.fetch(at('/'), PAGE)).status).toBe(302)
  })
})

describe('a provider that is away', () => {
  test('keeps no service from starting, and the sign-in page says who does not answer', async () => {
    const own = await startServer({ env: { ...service.env, OIDC_ISSUER: `http://localhost:${await freePort()}` }, config: OIDC_CONFIG })
    const visitor = new Visitor()
    const led = await visitor.fetch(`${own.url}/auth/login?to=/projects/website`)
    expect(led.headers.get('location')).toBe('/login?problem=provider-away&to=%2Fprojects%2Fwebsite')
    const page = await (await visitor.fetch(`${own.url}${led.headers.get('location')}`, PAGE)).text()
    expect(page).toContain('does not answer; who is signed in stays so')
    expect(page).toContain('Sign-in link or code')
  })

  test('leaves sessions as they are, and signs out all the same', async () => {
    const own = await startOidcService()
    const visitor = new Visitor()
    await signInAt(own.server, visitor, 'mara')
    await own.provider.kill()
    await own.server.restart()
    expect((await visitor.fetch(`${own.server.url}/projects/website`, PAGE)).status).toBe(200)
    const answer = await visitor.send(`${own.server.url}/logout`)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/signed-out'])
    await own.provider.restart()
    const begins = async () => !(await visitor.fetch(`${own.server.url}/auth/login`)).headers.get('location')?.startsWith('/login')
    await eventually(begins)
    expect((await signInAt(own.server, visitor, 'mara')).headers.get('location')).toBe('/')
  })
})

test('a sign-in that began at one instance ends at another, counts once, and the session is good at both', async () => {
  const redis = await startRedis()
  const shared = { REDIS_URL: redis.url, SECRET_KEY: 'Yp3s6v9y$B&E)H@McQfTjWnZr4u7x!A%C*F-JaNdRgU' }
  const one = await startOidcService({ env: shared })
  const two = await startServer({ env: { ...one.env, ...shared }, config: OIDC_CONFIG })
  const visitor = new Visitor()
  const left = await visitor.fetch(`${one.server.url}/auth/login`)
  const back = await visitor.signInAt(left.headers.get('location')!, 'mara')
  // Cookies go by host name in browsers, whatever the port; this visitor takes the port along.
  const [hosts, state] = [[one, two].map((it) => new URL('server' in it ? it.server.url : it.url).host), new Map(visitor.cookies)]
  for (const [key, value] of state) visitor.cookies.set(key.replace(hosts[0]!, hosts[1]!), value)
  const answer = await visitor.fetch(`${two.url}${back.pathname}${back.search}`)
  expect(answer.headers.get('location')).toBe('/')
  for (const [key, value] of [...visitor.cookies]) visitor.cookies.set(key.replace(hosts[1]!, hosts[0]!), value)
  for (const url of [one.server.url, two.url]) expect((await visitor.fetch(`${url}/projects/website`, PAGE)).status).toBe(200)
  for (const [key, value] of state) visitor.cookies.set(key, value)
  const again = await visitor.fetch(`${one.server.url}${back.pathname}${back.search}`)
  expect(again.headers.get('location')).toBe('/login?problem=not-finished')
}, 120_000)
