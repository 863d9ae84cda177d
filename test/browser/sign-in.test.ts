import { beforeAll, expect, test } from 'bun:test'
import { expectCleanConsole, openBrowser, type TestBrowser, type WatchedPage, until, untilText } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { csrfTokenOf, linkCode, makeToken, SIGNED_IN } from '../support/signed-in.ts'
import { accessibilityProblems, htmlProblems, widthBeyondScreen } from '../support/page-quality.ts'

let server: RunningServer
let browser: TestBrowser
let place: { dataDir: string; env: Record<string, string> }

beforeAll(async () => {
  // Which of the workers answers, nobody chooses: what ends at one ends at the other.
  server = await startServer({ env: { ...SIGNED_IN, WORKERS: '2' }, lifetime: 'file' })
  place = { dataDir: server.dataDir, env: SIGNED_IN }
  browser = await openBrowser()
  const token = await makeToken(place, '--scopes', 'ingest')
  const answer = await fetch(`${server.url}/api/v1/projects/apollo/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify([{ type: 'agent_activity', agent_type: 'coder', action: 'Read a file', status: 'started', id: 'first' }]),
  })
  expect(answer.status).toBe(202)
})

/** Nothing that axe or a validator finds, and nothing to scroll sideways. */
async function expectQuality({ page }: WatchedPage, isScripted = true): Promise<void> {
  const html = await (await page.request.get(page.url())).text()
  // axe is a script of its own.
  const barriers = isScripted ? await accessibilityProblems(page) : []
  expect([barriers, await htmlProblems(html), await widthBeyondScreen(page)]).toEqual([[], [], 0])
}

test.each([
  [true, 'desktop', 'light'],
  [false, 'phone', 'dark'],
] as const)(
  'scripts %p, %s, %s: whoever wants a page signs in with a link, and comes back to it',
  async (isScripted, device, colorScheme) => {
    const watched = await browser.openPage(`${server.url}/projects/apollo`, { isScripted, device, colorScheme })
    const { page } = watched
    expect(new URL(page.url()).pathname).toBe('/login')
    await expectQuality(watched, isScripted)
    await page.fill('#link', await linkCode(place, '--name', 'Ann Example', '--role', 'operator'))
    await page.click('text=Go on')
    await page.waitForURL(`${server.url}/projects/apollo`)
    await page.click('summary.me__initials')
    expect(await page.textContent('.me__menu')).toContain('operator of all projects')
    await page.click('.me__menu >> text=Settings')
    await page.waitForURL(`${server.url}/settings`)
    await expectQuality(watched, isScripted)
    await page.click('summary.me__initials')
    await page.click('.me__menu >> text=Sign out')
    await page.waitForURL(`${server.url}/signed-out`)
    await expectQuality(watched, isScripted)
    if (isScripted) expectCleanConsole(watched)
  },
)

test('the first administrator comes in by the link that stands in the log of the first start', async () => {
  const own = await startServer({ env: SIGNED_IN })
  const link = /http\S+\/login\?link=[\w-]{43}/.exec(own.logs())?.[0] ?? ''
  const watched = await browser.openPage(link)
  await watched.page.click('text=Sign in as Administrator')
  await watched.page.waitForURL(`${own.url}/`)
  await watched.page.goto(`${own.url}/audit`)
  await untilText(watched.page, 'sign in')
  expectCleanConsole(watched)
})

test('a link shows whom it lets in before it is used', async () => {
  const code = await linkCode(place, '--name', 'Ben <b>Bold</b>', '--role', 'viewer', '--projects', 'apollo')
  const watched = await browser.openPage(`${server.url}/login?link=${code}&to=/projects/apollo`)
  const facts = await watched.page.textContent('.door__facts')
  expect(facts).toContain('Ben <b>Bold</b>')
  expect(facts).toContain('viewer')
  await expectQuality(watched)
  await watched.page.click('text=Sign in as')
  await watched.page.waitForURL(`${server.url}/projects/apollo`)
})

test('an open page whose session ends elsewhere leads to sign-in, and back to the same page', async () => {
  const name = 'Cleo'
  const one = (await browser.openPage(`${server.url}/login?link=${await linkCode(place, '--name', name)}&to=/projects/apollo`)).page
  await one.click('text=Sign in as')
  await until(one, () => document.getElementById('live')?.dataset.state === 'live')
  const other = (await browser.openPage(`${server.url}/login?link=${await linkCode(place, '--name', name)}&to=/settings`)).page
  await other.click('text=Sign in as')
  await untilText(other, 'this one')
  await other.click('text=Sign out everywhere else')
  await one.waitForURL(`${server.url}/login?to=%2Fprojects%2Fapollo`)
  await one.fill('#link', await linkCode(place, '--name', name))
  await one.click('text=Go on')
  await one.waitForURL(`${server.url}/projects/apollo`)
})

test('a form that is sent after the session has ended does nothing, and says so', async () => {
  const watched = await browser.openPage(`${server.url}/login?link=${await linkCode(place, '--name', 'Dora')}&to=/settings`, {
    isScripted: false,
  })
  const { page } = watched
  watched.tolerate(/401 \(Unauthorized\)/)
  await page.click('text=Sign in as')
  const cookies = await page.context().cookies()
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const headers = { cookie, 'x-csrf-token': await csrfTokenOf(server.url, cookie) }
  expect((await fetch(`${server.url}/logout`, { method: 'POST', redirect: 'manual', headers })).status).toBe(303)
  await page.fill('[name=name]', 'not made')
  await page.click('text=Make it')
  await untilText(page, 'Nothing was changed')
  await page.click('a:has-text("Sign in")')
  await page.waitForURL(`${server.url}/login?to=%2Fsettings`)
})

test('an administrator makes a token, sees it once, revokes it, and finds all of it in the audit log', async () => {
  const watched = await browser.openPage(`${server.url}/login?link=${await linkCode(place, '--name', 'Erin')}&to=/settings`)
  const { page } = watched
  await page.click('text=Sign in as')
  await page.fill('[name=name]', 'nightly')
  await page.check('[value=read]')
  await page.click('text=Make it')
  const token = ((await page.textContent('.settings__secret')) ?? '').trim()
  await expectQuality(watched)
  const status = async () => (await fetch(`${server.url}/api/v1/projects`, { headers: { authorization: `Bearer ${token}` } })).status
  expect(await status()).toBe(200)
  await page.goto(`${server.url}/settings`)
  expect(await page.content()).not.toContain(token)
  await page.click('[aria-label="Revoke nightly"]')
  await untilText(page, 'revoked by Erin')
  expect(await status()).toBe(401)
  await page.goto(`${server.url}/audit?who=erin`)
  const entries = await page.textContent('.audit__table')
  for (const what of ['sign in', 'create a token', 'revoke a token']) expect(entries).toContain(what)
  await expectQuality(watched)
  expectCleanConsole(watched)
})
