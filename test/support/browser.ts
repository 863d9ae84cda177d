import { type Browser, chromium, type ConsoleMessage, type Page } from 'playwright-core'
import { endAfter } from './ending.ts'
import { eventually } from './eventually.ts'
import { installCommand, NEEDS, SHELL } from './machine.ts'
import { freePort } from './ports.ts'

export type PageOptions = {
  device?: 'desktop' | 'phone'
  colorScheme?: 'light' | 'dark'
  reducedMotion?: 'reduce' | 'no-preference'
  /** False shows the page as someone without script gets it. */
  isScripted?: boolean
  /** The zone of the reader's clock; that of the machine where none is given. */
  timeZone?: string
}

type Looks = Required<Omit<PageOptions, 'timeZone'>> & Pick<PageOptions, 'timeZone'>

export type TestBrowser = { browser: Browser; openPage(url: string, options?: PageOptions): Promise<WatchedPage> }

export type WatchedPage = {
  page: Page
  /** Console errors, uncaught errors and violations of the content security policy so far. */
  problems(): string[]
  /** What the test brings about itself, for instance the failed requests while the server is down. */
  tolerate(pattern: RegExp): void
}

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * What a browser does without. First what its driver turns off, for of several such lists the last alone counts. Then new processes on
 * the way from one address to another: each takes most of a second of processor time, and shows the same page.
 */
const WITHOUT = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'CrossOriginOpenerPolicy',
  'OriginIsolationHeader',
  'OriginKeyedProcessesByDefault',
  'SpareRendererForSitePerProcess',
]

const VIEWPORTS = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }

const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error('content security policy: ' + event.violatedDirective + ' ' + (event.blockedURI || event.sample))
})`

function watch(page: Page): WatchedPage & { unwatch(): void } {
  const seen: string[] = []
  const tolerated: RegExp[] = []
  const onConsole = (message: ConsoleMessage) => {
    if (message.type() === 'error') seen.push(`${message.text()} (${message.location().url})`)
  }
  const onError = (error: Error) => void seen.push(`uncaught: ${error.stack ?? error.message}`)
  const onCrash = () => void seen.push('the page crashed')
  page.on('console', onConsole).on('pageerror', onError).on('crash', onCrash)
  const unwatch = () => void page.off('console', onConsole).off('pageerror', onError).off('crash', onCrash)
  const problems = () => seen.filter((problem) => !tolerated.some((pattern) => pattern.test(problem)))
  return { page, problems, tolerate: (pattern) => tolerated.push(pattern), unwatch }
}

/** Fails when a page complained about anything that the test did not bring about itself. */
export function expectCleanConsole({ page, problems }: WatchedPage): void {
  if (problems().length > 0) throw new Error(`${page.url()} complained:\n  ${problems().join('\n  ')}`)
}

async function openTab(browser: Browser, { device, colorScheme, reducedMotion, isScripted, timeZone }: Looks): Promise<Page> {
  const isPhone = device === 'phone'
  const context = await browser.newContext({
    viewport: VIEWPORTS[device],
    colorScheme,
    reducedMotion,
    isMobile: isPhone,
    hasTouch: isPhone,
    javaScriptEnabled: isScripted,
    ...(timeZone === undefined ? {} : { timezoneId: timeZone }),
  })
  context.setDefaultTimeout(40_000)
  await context.addInitScript(REPORT_VIOLATIONS)
  return context.newPage()
}

/** Makes a page that is open one of another device: its width, its way to show a page that is wider, and how it is pointed at. */
export async function becomeDevice(page: Page, device: 'desktop' | 'phone'): Promise<void> {
  const isPhone = device === 'phone'
  const session = await page.context().newCDPSession(page)
  await page.setViewportSize(VIEWPORTS[device])
  await session.send('Emulation.setDeviceMetricsOverride', { ...VIEWPORTS[device], deviceScaleFactor: 1, mobile: isPhone })
  await session.send('Emulation.setTouchEmulationEnabled', { enabled: isPhone })
}

/** Leaves a visit: no page, no other tab, no cookie, no other looks. What a page stores elsewhere (it does not) would stay. */
async function forget(page: Page, blank: string, { device }: Looks): Promise<void> {
  const context = page.context()
  await Promise.all(context.pages().map((tab) => tab !== page && tab.close()))
  await context.clearCookies()
  await page.mouse.move(0, 0)
  await page.emulateMedia({ media: null })
  await page.setViewportSize(VIEWPORTS[device])
  await page.goto(blank)
}

/** An empty page on the machine of the tests: going there costs a tab no new process. */
async function serveBlank(): Promise<string> {
  const page = () => new Response('<!doctype html><title>Blank</title>', { headers: { 'content-type': 'text/html' } })
  const server = Bun.serve({ port: await freePort(), hostname: 'localhost', fetch: page })
  endAfter('file', () => server.stop(true))
  return server.url.href
}

/**
 * Opens each page as a reader without cookies. A tab of its own costs most of a second of processor time: the tab of a test that
 * is over serves the next one. A test that sets a tab's clock, routes or scripts closes it, and then it is not used again.
 */
function openVisits(browser: Browser, blank: string) {
  const idle = new Map<string, Page[]>()
  return async (url: string, options: PageOptions = {}): Promise<WatchedPage> => {
    const looks: Looks = { device: 'desktop', colorScheme: 'light', reducedMotion: 'no-preference', isScripted: true, ...options }
    const { device, isScripted, timeZone, colorScheme, reducedMotion } = looks
    const key = [device, isScripted, timeZone].join()
    const page = idle.get(key)?.pop() ?? (await openTab(browser, looks))
    await page.emulateMedia({ colorScheme, reducedMotion })
    const { unwatch, ...watched } = watch(page)
    endAfter('test', async () => {
      if (page.isClosed()) return page.context().close()
      await forget(page, blank, looks)
      idle.set(key, [...(idle.get(key) ?? []), page])
    })
    endAfter('test', () => {
      unwatch()
      expectCleanConsole(watched)
    })
    await page.goto(url, { waitUntil: 'load' })
    return watched
  }
}

/** The program that pages are opened in. */
function browserProgram(isWhole: boolean): string {
  const path = (isWhole ? null : Bun.which(SHELL)) ?? Bun.which('chromium')
  if (path) return path
  const needed = NEEDS.filter((need) => need.command === 'chromium')
  throw new Error(`chromium is missing. To get it: ${installCommand(needed, process.getuid?.() === 0)}`)
}

/**
 * Starts a browser, one for a test file (in `beforeAll`); each page has a context that no other page of its test shares. `isWhole` is
 * Chromium as people have it, where more than pages is tested: it keeps those that somebody may go back to.
 */
export async function openBrowser({ isWhole = false } = {}): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath: browserProgram(isWhole),
    args: isWhole ? ARGS : [...ARGS, `--disable-features=${WITHOUT.join()}`],
    // The driver would have every page loaded anew that somebody goes back to.
    ignoreDefaultArgs: isWhole ? ['--disable-back-forward-cache'] : [],
    timeout: 60_000,
  })
  endAfter('file', () => browser.close())
  return { browser, openPage: openVisits(browser, await serveBlank()) }
}

/**
 * Waits until a condition holds in the page. Playwright's waitForFunction needs eval, which the service's content
 * security policy forbids to everybody; this asks again from outside, across reloads too.
 */
export async function until(page: Page, condition: () => unknown, withinMs = 40_000): Promise<void> {
  const shown = async () => `The page shows:\n${(await page.innerText('body')).slice(0, 2_000)}`
  try {
    await eventually(async () => Boolean(await page.evaluate(condition)), { withinMs })
  } catch (error) {
    throw new Error(`not seen within ${withinMs} ms: ${condition.toString()}\n${await shown()}`, { cause: error })
  }
}

/** Waits until the text of the page (or of the first element of a selector) holds a text. */
export async function untilText(page: Page, text: string | RegExp, { within = 'body', withinMs = 40_000 } = {}): Promise<void> {
  const shown = () => page.locator(within).first().innerText({ timeout: 1_000 })
  try {
    await eventually(async () => (typeof text === 'string' ? (await shown()).includes(text) : text.test(await shown())), { withinMs })
  } catch (error) {
    const now = await shown().catch(String)
    throw new Error(`"${String(text)}" not seen in ${within} within ${withinMs} ms. It shows:\n${now.slice(0, 2_000)}`, { cause: error })
  }
}
