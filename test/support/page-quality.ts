import { HtmlValidate } from 'html-validate'
import type { Page } from 'playwright-core'

type Violation = { id: string; impact: string; help: string; nodes: { target: string[]; failureSummary: string }[] }

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** The rules that look at colours. A theme changes nothing else of a page: its elements and their places are the same in both. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block']

const AXE_SOURCE = Bun.resolveSync('axe-core/axe.min.js', import.meta.dir)

async function runAxe(page: Page, runOnly: { type: 'tag' | 'rule'; values: string[] }): Promise<string[]> {
  // A script element would be refused by the content security policy; the debugger may.
  const session = await page.context().newCDPSession(page)
  const evaluate = (expression: string) => session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
  const isThere = await evaluate("'axe' in window")
  if (isThere.result.value === false) await session.send('Runtime.evaluate', { expression: await Bun.file(AXE_SOURCE).text() })
  // Style sheets are loaded a second time only for rules that are not among these.
  const options = { runOnly, resultTypes: ['violations'], preload: { assets: ['media'] } }
  const { result, exceptionDetails } = await evaluate(`axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`)
  await session.detach()
  if (exceptionDetails) throw new Error(`axe-core failed: ${exceptionDetails.text}`)
  return (result.value as Violation[]).flatMap(({ id, impact, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${impact} ${id}: ${help}; ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`),
  )
}

/** What axe-core finds wrong with the page as it is now, one line each. */
export const accessibilityProblems = (page: Page): Promise<string[]> => runAxe(page, { type: 'tag', values: AXE_TAGS })

/** What axe-core finds wrong with the page in either theme, one line each; it is left in the dark one. */
export async function problemsInBothThemes(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await accessibilityProblems(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await runAxe(page, { type: 'rule', values: COLOUR_RULES })
  return [...light, ...dark.map((problem) => `in dark, ${problem}`)]
}

/** By how many pixels the page is wider than the screen. */
export const widthBeyondScreen = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, (document.scrollingElement?.scrollWidth ?? 0) - innerWidth))

/** What html-validate finds wrong with a document or fragment as it was served, one line each. */
export async function htmlProblems(html: string): Promise<string[]> {
  const validator = new HtmlValidate({
    extends: ['html-validate:standard'],
    rules: {
      // Written by a renderer: the style of what is valid both ways is its own.
      'void-style': 'off',
      'no-trailing-whitespace': 'off',
      'attribute-boolean-style': 'off',
      'attribute-empty-style': 'off',
      'doctype-style': 'off',
      'long-title': 'off',
      'no-inline-style': 'error',
      'script-type': 'error',
    },
  })
  const report = await validator.validateString(html)
  return report.results.flatMap(({ messages }) =>
    messages.map(({ line, column, ruleId, message }) => `${line}:${column} ${ruleId}: ${message}`),
  )
}

/** Each selector of a stylesheet once, those of nested rules written out. */
export async function selectorsOf(page: Page, css: string): Promise<string[]> {
  await page.setContent(`<style>${css}</style>`)
  return page.evaluate(() => {
    const found = new Set<string>()
    const collect = (rules: CSSRuleList, parent: string) => {
      for (const rule of rules) {
        const { selectorText, cssRules } = rule as CSSStyleRule
        const own = selectorText === undefined ? parent : selectorText.replaceAll('&', `:is(${parent})`)
        if (selectorText !== undefined) found.add(own)
        if (cssRules !== undefined) collect(cssRules, own)
      }
    }
    collect(document.styleSheets[0]!.cssRules, '')
    return [...found]
  })
}

/** Those of the selectors that meet nothing in a page, whatever is pointed at or in focus. */
export async function unmetSelectors(page: Page, html: string, selectors: readonly string[]): Promise<string[]> {
  await page.setContent(html.replace(/<script[^>]*>[\s\S]*?<\/script>|<link[^>]*>|<noscript>[\s\S]*?<\/noscript>/g, ''))
  return page.evaluate((asked) => {
    const isMet = (selector: string) => {
      const ofElements = selector.replace(/(^|[\s,>+~])::[\w-]+/g, '$1*').replace(/::[\w-]+/g, '')
      const momentary = ':(?:hover|focus-visible|focus-within|focus|disabled|placeholder-shown)\\b'
      return document.querySelector(ofElements.replace(new RegExp(`:not\\(${momentary}\\)|${momentary}`, 'g'), ':is(*)')) !== null
    }
    return asked.filter((selector) => !isMet(selector))
  }, selectors)
}
