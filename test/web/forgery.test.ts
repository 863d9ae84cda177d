import { beforeAll, describe, expect, test } from 'bun:test'
import { openBrowser, until } from '../support/browser.ts'
import { appRoutes, filledIn } from '../support/routes.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { csrfTokenOf, linkCode, makeToken, SIGNED_IN, signedIn } from '../support/signed-in.ts'

type Sent = { headers?: Record<string, string>; body?: string }

let server: RunningServer
let cookie: string
let csrf: string
let bearer: string
beforeAll(async () => {
  server = await startServer({ lifetime: 'file', env: SIGNED_IN })
  bearer = await makeToken({ dataDir: server.dataDir, env: SIGNED_IN }, '--scopes', 'admin')
  cookie = await signedIn(server)
  csrf = await csrfTokenOf(server.url, cookie)
  await authorized('POST', '/api/v1/projects/apollo/events', { body: '{"type":"x-a"}' })
})

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const statusOf = async (method: string, path: string, { headers = {}, body }: Sent) =>
  (await fetch(`${server.url}${path}`, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) })).status
const authorized = (method: string, path: string, { headers = JSON_TYPE, body }: Sent) =>
  statusOf(method, path, { headers: { ...headers, authorization: `Bearer ${bearer}` }, ...(body === undefined ? {} : { body }) })

/** Every route that changes something for somebody who is signed in, from the app itself. */
const CHANGES = appRoutes().filter(
  ({ method, path }) => !['GET', 'HEAD', 'OPTIONS'].includes(method) && !/^\/(csp-reports|login|auth\/)/.test(path),
)
const paths = CHANGES.map((route): [string, string] => [route.method, filledIn(route, { name: 'apollo' })])

describe('security 11: a request that changes something is not sent by somebody else', () => {
  test('there are such routes', () => {
    expect(CHANGES.length).toBeGreaterThan(8)
  })

  test.each(paths)('%s %s', async (method, path) => {
    const own = { cookie, origin: server.url, 'sec-fetch-site': 'same-origin' }
    const token = { 'x-csrf-token': csrf }
    const refused: [string, Sent][] = [
      ['without a token', { headers: { ...own, ...JSON_TYPE }, body: '{}' }],
      ['without a token, as text', { headers: { ...own, 'content-type': 'text/plain' }, body: `_csrf=${csrf}` }],
      [
        'with a token in an address or a cookie alone',
        { headers: { ...own, ...FORM_TYPE, cookie: `${cookie}; _csrf=${csrf}` }, body: 'a=b' },
      ],
      ['with a token that is none', { headers: { ...own, 'x-csrf-token': `${csrf}A` } }],
      ["with another session's token", { headers: { ...own, 'x-csrf-token': await csrfTokenOf(server.url, await otherSession()) } }],
      ['from another site', { headers: { cookie, ...token, origin: 'https://evil.example' } }],
      ['from nowhere', { headers: { cookie, ...token, origin: 'null' } }],
      ['from another scheme', { headers: { cookie, ...token, origin: server.url.replace('http', 'https') } }],
      ['from another port', { headers: { cookie, ...token, origin: 'http://localhost:1' } }],
      ['from another site, as the browser says', { headers: { cookie, ...token, 'sec-fetch-site': 'cross-site' } }],
      ['from a neighbouring site, as the browser says', { headers: { cookie, ...token, 'sec-fetch-site': 'same-site' } }],
    ]
    const answers = await Promise.all(refused.map(async ([how, sent]) => [how, await statusOf(method, path, sent)]))
    expect(answers).toEqual(refused.map(([how]) => [how, 403]))
  })

  test('with the token it is taken: in a header, or in the field of a form', async () => {
    const own = { cookie, origin: server.url, 'sec-fetch-site': 'same-origin' }
    const body = '{"type":"x-a"}'
    expect(
      await statusOf('POST', '/api/v1/projects/apollo/events', { headers: { ...own, ...JSON_TYPE, 'x-csrf-token': csrf }, body }),
    ).toBe(202)
    expect(
      await statusOf('POST', '/pins', {
        headers: { ...own, ...FORM_TYPE },
        body: new URLSearchParams({ pin: 'apollo', _csrf: csrf }).toString(),
      }),
    ).toBe(303)
  })

  test('a program that sends a token of its own passes by, whatever else it does not send', async () => {
    expect(await authorized('POST', '/api/v1/projects/apollo/events', { body: '{"type":"x-a"}' })).toBe(202)
    expect(await authorized('PATCH', '/api/v1/projects/apollo', { headers: { ...JSON_TYPE, cookie }, body: '{"description":"x"}' })).toBe(
      200,
    )
  })

  test('every form that changes something carries it before any script runs', async () => {
    const reads = appRoutes().filter(({ method, path }) => method === 'GET' && !/^\/(live|static|auth)\//.test(path))
    let forms = 0
    for (const route of reads) {
      const path = filledIn(route, { name: 'apollo', id: 'a', offset: '1' })
      const page = await (await fetch(`${server.url}${path}`, { headers: { cookie, accept: 'text/html' } })).text()
      for (const [form] of page.matchAll(/<form[^>]* method="post".*?<\/form>/gs)) {
        forms += 1
        expect([path, form]).toEqual([path, expect.stringContaining('name="_csrf"')])
      }
    }
    expect(forms).toBeGreaterThan(2)
  })

  test('each page has a token of its own', async () => {
    expect(await csrfTokenOf(server.url, cookie)).not.toBe(csrf)
  })

  test('asking changes nothing', async () => {
    const state = async () => (await fetch(`${server.url}/api/v1/projects`, { headers: { cookie } })).text()
    const before = await state()
    for (const route of appRoutes().filter(({ method, path }) => method === 'GET' && !path.startsWith('/auth'))) {
      await statusOf('GET', filledIn(route, { name: 'apollo', id: 'a', offset: '1' }), { headers: { cookie } })
    }
    expect(await state()).toBe(before)
  })

  test('where it is switched off, the origin alone is looked at', async () => {
    const lax = await startServer({ env: { ...SIGNED_IN, CSRF_PROTECTION: 'false' } })
    const own = { cookie: await signedIn(lax) }
    const pin = (headers: Record<string, string>) =>
      fetch(`${lax.url}/pins`, { method: 'POST', headers, body: new URLSearchParams({ unpin: 'a' }), redirect: 'manual' })
    expect((await pin({ ...own, origin: lax.url })).status).toBe(303)
    expect((await pin({ ...own, origin: 'https://evil.example' })).status).toBe(403)
  })
})

let other: Promise<string> | undefined
const otherSession = () => (other ??= signedIn(server, '--name', 'Other'))

describe('security 12: nobody is signed in or out by another site', () => {
  test.each([
    ['another site', { origin: 'https://evil.example' }],
    ['nowhere', { origin: 'null' }],
    ['another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
  ] as [string, Record<string, string>][])('from %s', async (_, from) => {
    const link = await linkCode({ dataDir: server.dataDir, env: SIGNED_IN })
    expect(await statusOf('POST', '/login', { headers: { ...FORM_TYPE, ...from }, body: `link=${link}` })).toBe(403)
    expect(await statusOf('POST', '/login', { headers: { ...FORM_TYPE, origin: server.url }, body: `link=${link}` })).toBe(303)
    expect(await statusOf('POST', '/logout', { headers: { cookie, ...FORM_TYPE, ...from }, body: `_csrf=${csrf}` })).toBe(403)
    expect(await statusOf('GET', '/api/v1/projects', { headers: { cookie } })).toBe(200)
  })
})

test.each([
  ['with script', true],
  ['without script', false],
])('forms of a signed-in reader work %s, also after the page was kept current', async (_, isScripted) => {
  const { page } = await (await openBrowser()).openPage(`${server.url}/login`, { isScripted })
  await page.fill('#link', await linkCode({ dataDir: server.dataDir, env: SIGNED_IN }))
  await page.click('button[type=submit]')
  await page.waitForURL(`${server.url}/`)
  await authorized('POST', '/api/v1/projects/gemini/events', { body: '{"type":"x-a"}' })
  await page.goto(`${server.url}/projects/gemini`)
  if (isScripted) {
    await until(page, () => document.querySelector('#live')?.getAttribute('data-state') === 'live')
    await authorized('PATCH', '/api/v1/projects/gemini', { body: '{"description":"another word"}' })
    await page.getByText('another word').first().waitFor()
  }
  await page.locator('form[action$="/archive"] button').click()
  await page.locator('form[action$="/restore"] button').click()
  await page.locator('form[action$="/archive"] button').waitFor()
  await page.goto(server.url)
  await page.locator('.pin').first().click()
  await page.locator('.pin[aria-pressed=true]').waitFor()
})
