import { beforeAll, describe, expect, test } from 'bun:test'
import { expectCleanConsole, openBrowser, type TestBrowser, until, untilText } from './browser.ts'
import { endAfter, type Lifetime } from './ending.ts'
import { accessibilityProblems, htmlProblems, problemsInBothThemes } from './page-quality.ts'
import { freePort } from './ports.ts'

const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"

async function serve(body: string, script = '', lifetime: Lifetime = 'test'): Promise<string> {
  const page = `<!doctype html><html lang="en"><head><title>A page</title><script src="/app.js" defer></script></head><body>${body}</body></html>`
  const html = () => new Response(page, { headers: { 'content-type': 'text/html', 'content-security-policy': POLICY } })
  const server = Bun.serve({
    port: await freePort(),
    routes: {
      '/': html,
      '/app.js': () => new Response(script, { headers: { 'content-type': 'text/javascript' } }),
      '/favicon.ico': () => new Response(null, { status: 204 }),
    },
  })
  endAfter(lifetime, () => server.stop(true))
  return server.url.href
}

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})

describe('a page under a strict content security policy', () => {
  test('is waited for until a condition holds in it', async () => {
    const url = await serve('<main>Early</main>', "setTimeout(() => { document.querySelector('main').textContent = 'Later' }, 80)")
    const { page } = await browser.openPage(url)
    await until(page, () => document.querySelector('main')?.textContent === 'Later')
    await untilText(page, /lat/i, { within: 'main' })
    expect(await page.innerText('main')).toBe('Later')
  })

  test('tells what it shows when a condition does not come to hold', async () => {
    const { page } = await browser.openPage(await serve('<main>Only this</main>'))
    await expect(until(page, () => document.title === 'Another', 100)).rejects.toThrow('Only this')
    await expect(untilText(page, 'another', { withinMs: 100 })).rejects.toThrow('Only this')
  })

  test('gives away inline scripts, errors of its own and what it writes as an error', async () => {
    const url = await serve('<main onclick="x()">Hello<script>alert(1)</script></main>', "console.error('odd'); missing()")
    const watched = await browser.openPage(url)
    expect(() => expectCleanConsole(watched)).toThrow('odd')
    const all = watched.problems().join('\n')
    expect(all).toContain('script-src-elem')
    expect(all).toContain('script-src-attr')
    expect(all).toContain('missing is not defined')
    watched.tolerate(/./)
    expectCleanConsole(watched)
  })

  test('is looked at by axe-core', async () => {
    const good = await browser.openPage(await serve('<main><h1>All is well</h1><p>Text</p></main>'))
    expect(await accessibilityProblems(good.page)).toEqual([])
    const bad = await browser.openPage(await serve('<main><h1>A form</h1><input></main>'))
    expect((await accessibilityProblems(bad.page)).join()).toContain('label')
  })

  test('is looked at in both themes, with what is wrong in the dark one alone', async () => {
    const dim = 'color-scheme: light dark; background: light-dark(#fff, #000); color: light-dark(#000, #222)'
    const { page } = await browser.openPage(await serve('<main><h1>All is well</h1><p>Text</p></main>'))
    await page.locator('main').evaluate((main, style) => (main.style.cssText = style), dim)
    expect((await problemsInBothThemes(page)).map((problem) => problem.split(':')[0])).toEqual([
      'in dark, serious color-contrast',
      'in dark, serious color-contrast',
    ])
  })

  test('is as wide as the device and in the colours asked for', async () => {
    const { page } = await browser.openPage(await serve('<main>Hello</main>'), { device: 'phone', colorScheme: 'dark' })
    const seen = await page.evaluate(() => ({ width: screen.width, isDark: matchMedia('(prefers-color-scheme: dark)').matches }))
    expect(seen).toEqual({ width: 390, isDark: true })
  })
})

describe('a reader', () => {
  const look = () => ({ cookie: document.cookie, width: innerWidth, isPrint: matchMedia('print').matches })
  const fresh = { cookie: '', width: 1440, isPrint: false }
  let url: string
  beforeAll(async () => {
    url = await serve('<main>Hello</main>', '', 'file')
  })

  test('has cookies, a width and a medium', async () => {
    const { page } = await browser.openPage(url)
    expect(await page.evaluate(look)).toEqual(fresh)
    await page.context().addCookies([{ name: 'seen', value: '1', url }])
    await page.setViewportSize({ width: 700, height: 500 })
    await page.emulateMedia({ media: 'print' })
    await page.reload()
    expect(await page.evaluate(look)).toEqual({ cookie: 'seen=1', width: 700, isPrint: true })
  })

  test('is another one in the next test', async () => {
    expect(await (await browser.openPage(url)).page.evaluate(look)).toEqual(fresh)
  })
})

test('HTML that browsers would have to mend is told, and what is valid is not', async () => {
  expect(await htmlProblems('<!DOCTYPE html><html lang="en"><head><title>T</title></head><body><p>Hi</p></body></html>')).toEqual([])
  expect((await htmlProblems('<p><div>Hi</div></p>')).join()).toContain('close-order')
})
