import { beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../support/eventually.ts'
import { type RunningServer, runProgram, startServer } from '../support/server.ts'
import { csrfTokenOf } from '../support/signed-in.ts'

const TOKEN = { AUTH: 'token' }
const PAGE = { accept: 'text/html' }

let server: RunningServer
let open: RunningServer

beforeAll(async () => {
  server = await startServer({ lifetime: 'file', env: TOKEN })
  open = await startServer({ lifetime: 'file' })
})

const ask = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, { redirect: 'manual', ...init })
const linkIn = (text: string) => /\/login\?link=([\w-]{43})/.exec(text)?.[1] ?? ''
const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...PAGE, ...headers },
  body: new URLSearchParams(fields).toString(),
})

async function command(...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram([...words, '--data-dir', server.dataDir], TOKEN)
  expect([exitCode, stderr.includes('error')]).toEqual([0, false])
  return stdout
}

/** Signs in by a link that the command line made. */
async function signIn(...flags: string[]): Promise<string> {
  const answer = await ask('/login', form({ link: linkIn(await command('sign-in-link', ...flags)) }))
  expect(answer.status).toBe(303)
  return cookieOf(answer)
}

/** As the page's own form does. */
const signOut = async (cookie: string) => ask('/logout', form({ _csrf: await csrfTokenOf(server.url, cookie) }, { cookie }))

describe('security mistake: whoever has not signed in', () => {
  test.each(['/', '/projects/apollo', '/projects/apollo/timeline?agent=a', '/?tv=1', '/nowhere'])(
    'is led from %s to sign-in and back',
    async (path) => {
      const answer = await ask(path, { headers: PAGE })
      expect([answer.status, await answer.text()]).toEqual([302, ''])
      expect(answer.headers.get('location')).toBe(path === '/' ? '/login' : `/login?to=${encodeURIComponent(path)}`)
    },
  )

  test.each([
    ['GET', '/api/v1/projects'],
    ['GET', '/api/v1/status'],
    ['GET', '/nowhere'],
    ['GET', '/projects/apollo/badge.svg'],
    ['POST', '/api/v1/projects/apollo/events'],
    ['DELETE', '/api/v1/projects/apollo'],
  ])('is refused %s %s as a program', async (method, path) => {
    const answer = await ask(path, { method })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(await answer.json()).toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test.each(['/live/', '/live/attention', '/live/projects/apollo'])('is told so by the code that closes the websocket %s', async (path) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`)
    const frames: unknown[] = []
    socket.addEventListener('message', ({ data }) => frames.push(data))
    const { code } = await new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
    expect([code, frames]).toEqual([4401, []])
  })

  test('sees the ways in, files of the pages and whether the service is well, and of what is inside nothing', async () => {
    const page = await (await ask('/login', { headers: PAGE })).text()
    expect(page).toContain('Sign-in link or code')
    expect(page).not.toContain('id="counts"')
    const overHttps = await (await ask('/login', { headers: { ...PAGE, 'x-forwarded-proto': 'https' } })).text()
    expect([page, overHttps].map((text) => text.includes('goes without the protection of its __Host- name'))).toEqual([true, false])
    for (const path of ['/health', '/ready', ...(page.match(/\/static\/[^"]+/g) ?? [])])
      expect([path, (await ask(path)).status]).toEqual([path, 200])
  })
})

describe('a sign-in link', () => {
  test('stands in the log while no administrator has signed in, changes nothing when it is looked at, and lets in once', async () => {
    const own = await startServer({ env: TOKEN })
    const to = (path: string, init: RequestInit = {}) => fetch(`${own.url}${path}`, { redirect: 'manual', ...init })
    const code = linkIn(own.logs())
    for (let look = 0; look < 3; look++) {
      const page = await (await to(`/login?link=${code}`, { headers: PAGE })).text()
      expect(page).toContain('Sign in as Administrator')
    }
    const answer = await to('/login', form({ link: code, to: '/projects/apollo?at=5' }))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/projects/apollo?at=5'])
    const again = await to('/login', form({ link: code }))
    expect([again.status, again.headers.getSetCookie()]).toEqual([400, []])
    expect(await again.text()).toContain('not valid')
    const before = own.logs().length
    await own.restart()
    expect(linkIn(own.logs().slice(before))).toBe('')
    expect((await to('/', { headers: { ...PAGE, cookie: cookieOf(answer) } })).status).toBe(200)
  })

  test('may be pasted whole, and leads to pages of the service alone', async () => {
    const link = (await command('sign-in-link')).trim()
    const answer = await ask('/login', form({ link, to: '//evil.example/' }))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/'])
  })

  test('is useless after it was said not to be mine', async () => {
    const code = linkIn(await command('sign-in-link', '--name', 'Ann'))
    expect((await ask('/login', form({ link: code, 'not-mine': '1' }))).headers.getSetCookie()).toEqual([])
    expect((await ask('/login', form({ link: code }))).status).toBe(400)
  })

  test('a role that nobody has is refused, with what was probably meant', async () => {
    const { exitCode, stderr } = await runProgram(['sign-in-link', '--role', 'opertor', '--data-dir', server.dataDir], TOKEN)
    expect([exitCode, stderr.trim()]).toEqual([2, 'visualizer: there is no role "opertor"; did you mean operator?'])
  })

  test('is refused where nobody signs in', async () => {
    const { exitCode, stderr } = await runProgram(['sign-in-link', '--data-dir', server.dataDir])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('set AUTH=token')])
  })
})

describe('a session', () => {
  test('security 10: its cookie is for this host, not for scripts, and gone with the browser', async () => {
    const answer = await ask('/login', form({ link: linkIn(await command('sign-in-link')) }))
    const [cookie = ''] = answer.headers.getSetCookie()
    expect(cookie).toMatch(/^visualizer=[\w-]{43}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
    const overHttps = await ask('/login', form({ link: linkIn(await command('sign-in-link')) }, { 'x-forwarded-proto': 'https' }))
    expect(overHttps.headers.getSetCookie()[0]).toMatch(/^__Host-visualizer=[\w.-]{87}; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  })

  test('security 07: signing in gives a new id, and the one before is dead', async () => {
    const before = await signIn()
    const answer = await ask('/login', form({ link: linkIn(await command('sign-in-link')) }, { cookie: before }))
    const after = cookieOf(answer)
    expect(after).not.toBe(before)
    expect((await ask('/', { headers: { ...PAGE, cookie: before } })).status).toBe(302)
    expect((await ask('/', { headers: { ...PAGE, cookie: after } })).status).toBe(200)
    const chosen = await ask('/login', form({ link: linkIn(await command('sign-in-link')) }, { cookie: 'visualizer=chosen.by-somebody' }))
    expect(cookieOf(chosen)).not.toContain('chosen')
  })

  test('security 05: signing out closes its websockets, and another session stays', async () => {
    const [one, other] = [await signIn(), await signIn()]
    const watch = async (cookie: string) => {
      const socket = await new Promise<WebSocket>((resolve, reject) => {
        const opening = new WebSocket(`${server.url.replace('http', 'ws')}/live/attention`, {
          headers: { cookie, origin: server.url },
        } as never)
        opening.addEventListener('message', () => resolve(opening), { once: true })
        opening.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code}`)))
      })
      const codes: number[] = []
      socket.addEventListener('close', ({ code }) => codes.push(code))
      return { socket, codes }
    }
    const [gone, stays] = [await watch(one), await watch(other)]
    const answer = await signOut(one)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/signed-out'])
    expect(answer.headers.getSetCookie()[0]).toStartWith('visualizer=; Max-Age=0')
    await eventually(() => gone.codes.length > 0, { withinMs: 5_000 })
    expect([gone.codes, stays.codes]).toEqual([[4401], []])
    expect((await ask('/', { headers: { ...PAGE, cookie: one } })).status).toBe(302)
    stays.socket.close()
  })

  test('what was sent after its end is not done, and says so', async () => {
    const cookie = await signIn()
    await signOut(cookie)
    const answer = await ask('/projects/apollo/archive', form({}, { cookie, referer: `${server.url}/projects/apollo` }))
    expect(answer.status).toBe(401)
    const page = await answer.text()
    expect(page).toContain('Nothing was changed')
    expect(page).toContain('/login?to=%2Fprojects%2Fapollo')
  })
})

describe('a token', () => {
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

  test('security mistake: lets a program in, and is refused within 5 seconds after it was revoked', async () => {
    const token = (await command('token', 'create', 'reader', '--scopes', 'read,ingest')).trim()
    expect((await ask('/api/v1/projects', bearer(token))).status).toBe(200)
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live/attention`, bearer(token) as never)
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
    await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }))
    const [id = ''] = (await command('token', 'list')).split('\t')
    expect(await command('token', 'revoke', id)).toStartWith('revoked reader')
    expect((await closed).code).toBe(4401)
    expect((await ask('/api/v1/projects', bearer(token))).status).toBe(401)
    expect(await command('token', 'list')).toContain('ended')
  })

  test.each([
    [['create', 'x']],
    [['create', 'x', '--scopes', 'wrte']],
    [['create', 'x', '--scopes', 'read', '--days', '0']],
    [['create', 'x', '--scopes', 'read', '--projects', 'a b']],
    [['revoke', 'nobody']],
    [['revok', 'x']],
    [['list', 'x']],
  ])('token %p is refused with the reason', async (words) => {
    const { exitCode, stderr, stdout } = await runProgram(['token', ...words, '--data-dir', server.dataDir], TOKEN)
    expect([exitCode, stdout, stderr.split('\n').length]).toEqual([2, '', 2])
  })

  const wrong = ['Bearer nothing', 'Bearer', 'Bearer ', 'Basic eDp5', `Bearer vis_${'a'.repeat(10)}_${'b'.repeat(43)}`, 'Token x', '']
  test.each(wrong)('security mistake: a field "Authorization: %s" is never taken for nobody, in any mode', async (authorization) => {
    for (const { url } of [server, open]) {
      for (const path of ['/', '/api/v1/projects', '/login', '/projects/x/badge.svg']) {
        const { status } = await fetch(`${url}${path}`, { headers: { authorization }, redirect: 'manual' })
        if (authorization !== '') expect([path, status]).toEqual([path, 401])
      }
    }
  })
})

test('security 38: no secret of signing in stands in the log of the service or in its files', async () => {
  const code = linkIn(await command('sign-in-link'))
  const cookie = cookieOf(await ask('/login', form({ link: code })))
  const token = (await command('token', 'create', 'canary', '--scopes', 'read')).trim()
  await ask('/api/v1/projects', { headers: { authorization: `Bearer ${token}` } })
  await ask(`/login?link=${code}`, { headers: { cookie } })
  const stored = readdirSync(server.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'secret-key')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
  const everything = [server.logs(), ...stored].join('\n')
  for (const secret of [code, ...cookie.replace('visualizer=', '').split('.'), token.slice(-43)]) expect(everything).not.toContain(secret)
  expect(everything).toContain('canary')
})

test('a key that nobody set is made once in development, for the owner alone, and stays', async () => {
  const own = await startServer({ env: TOKEN })
  const file = join(own.dataDir, 'secret-key')
  const key = readFileSync(file, 'utf8')
  expect(key.trim()).toMatch(/^[\w-]{43}$/)
  await own.restart()
  expect(readFileSync(file, 'utf8')).toBe(key)
})

test('a websocket is refused without the headers of an upgrade, signed in or not', async () => {
  const cookie = await signIn()
  expect((await ask('/live/attention', { headers: { cookie, origin: server.url } })).status).toBe(400)
})

test('who is refused stands in the audit log: once a minute each, with how often', async () => {
  const admin = await signIn('--name', 'Auditor')
  const viewer = await signIn('--role', 'viewer', '--name', 'Looker')
  const authorization = `Bearer vis_${'z'.repeat(10)}_${'y'.repeat(43)}`
  for (let tries = 0; tries < 20; tries++) await ask('/api/v1/projects', { headers: { authorization } })
  await ask('/audit', { headers: { ...PAGE, cookie: viewer } })
  const lines = async () => (await (await ask('/audit.ndjson?result=refused', { headers: { cookie: admin } })).text()).trim().split('\n')
  await eventually(async () => (await lines()).some((line) => line.includes('Looker')), { withinMs: 5_000 })
  const entries = (await lines()).map((line) => JSON.parse(line) as { who: string; what: string; from: string; result: string })
  expect(entries.filter(({ who, what }) => who === 'nobody' && what === 'come in').length).toBeLessThanOrEqual(3)
  expect(entries).toContainEqual(expect.objectContaining({ who: 'nobody', what: 'come in', from: '127.0.0.1', result: 'refused' }))
  expect(entries).toContainEqual(expect.objectContaining({ who: 'Looker', what: 'GET /audit', result: 'refused' }))
})
