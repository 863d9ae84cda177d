import { beforeAll, expect, test } from 'bun:test'
import { expectCleanConsole, openBrowser, type TestBrowser, type WatchedPage, until, untilText } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startOidcService } from '../support/oidc-service.ts'
import { accessibilityProblems, htmlProblems, widthBeyondScreen } from '../support/page-quality.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})

/** Nothing that axe or a validator finds, and nothing to scroll sideways. */
async function expectQuality({ page }: WatchedPage, isScripted = true): Promise<void> {
  // axe is a script of its own.
  const barriers = isScripted ? await accessibilityProblems(page) : []
  expect([barriers, await htmlProblems(await page.content()), await widthBeyondScreen(page)]).toEqual([[], [], 0])
}

test.each([
  [true, 'desktop', 'Lax'],
  [false, 'phone', 'Strict'],
] as const)(
  'scripts %p, %s, %s cookies: whoever wants a page signs in at the provider, comes back to it, and signs out in both places',
  async (isScripted, device, sameSite) => {
    const { server, provider } = await startOidcService({ env: { SESSION_COOKIE_SAMESITE: sameSite } })
    const watched = await browser.openPage(`${server.url}/projects/payments-api?from=mail`, { isScripted, device })
    const { page } = watched
    expect(new URL(page.url()).pathname).toBe('/login')
    await expectQuality(watched, isScripted)
    await page.click('text=Continue at localhost')
    await page.waitForURL(`${provider.issuer}/people/*`)
    await page.click('button[value=mara]')
    await page.waitForURL(`${server.url}/projects/payments-api?from=mail`)
    await untilText(page, 'payments-api')
    if (isScripted) await until(page, () => document.getElementById('live')?.dataset.state === 'live')
    await page.click('summary.me__initials')
    expect(await page.textContent('.me__menu')).toContain('Mara Lind')
    await page.click('.me__menu >> text=Sign out')
    await page.waitForURL(`${provider.issuer}/session/end*`)
    await page.click('button[name=logout]')
    await page.waitForURL(`${server.url}/signed-out*`)
    await expectQuality(watched, isScripted)
    await page.goto(`${server.url}/projects/payments-api`)
    expect(new URL(page.url()).pathname).toBe('/login')
    await page.click('text=Continue at localhost')
    await page.waitForURL(`${provider.issuer}/people/*`)
    if (isScripted) expectCleanConsole(watched)
  },
  120_000,
)

test('an open page stays live while the provider is away, and the sign-in page says who is away', async () => {
  const { server, provider } = await startOidcService()
  const watched = await browser.openPage(`${server.url}/projects/website`)
  const { page } = watched
  await page.click('text=Continue at localhost')
  await page.click('button[value=mara]')
  await page.waitForURL(`${server.url}/projects/website`)
  await provider.kill()
  await page.reload()
  await until(page, () => document.getElementById('live')?.dataset.state === 'live')
  // Before people are sent there it is asked again, though not for each of them.
  await eventually(async () =>
    (await fetch(`${server.url}/auth/login`, { redirect: 'manual' })).headers.get('location')?.startsWith('/login'),
  )
  const other = await browser.openPage(`${server.url}/projects/website`)
  await other.page.click('text=Continue at localhost')
  await untilText(other.page, 'does not answer; who is signed in stays so', { within: '[role=alert]' })
  await expectQuality(other)
  await provider.restart()
  await eventually(async () => {
    await other.page.click('text=Continue at localhost')
    return other.page.url().startsWith(provider.issuer)
  })
  await other.page.click('button[value=mara]')
  await other.page.waitForURL(`${server.url}/projects/website`)
}, 120_000)
