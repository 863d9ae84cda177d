import { HtmlValidate } from 'html-validate'
import type { Page } from 'playwright-core'

type Violation = { id: string; impact: string; help: string; nodes: { target: string[]; failureSummary: string }[] }

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe-core finds wrong with the page as it is now, one line each. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  const source = await Bun.file(Bun.resolveSync('axe-core/axe.min.js', import.meta.dir)).text()
  // A script element would be refused by the content security policy; the debugger may.
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: source })
  const run = `axe.run({ runOnly: ${JSON.stringify(AXE_TAGS)}, resultTypes: ["violations"] }).then(({ violations }) => violations)`
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression: run, awaitPromise: true, returnByValue: true })
  await session.detach()
  if (exceptionDetails) throw new Error(`axe-core failed: ${exceptionDetails.text}`)
  return (result.value as Violation[]).flatMap(({ id, impact, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${impact} ${id}: ${help}; ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`),
  )
}

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
