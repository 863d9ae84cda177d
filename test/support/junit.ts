export type TestCounts = { passed: number; failed: number; skipped: number }

/**
 * Counts the cases of a junit report. Undefined when it holds none: then the file did not load, or tests nothing.
 * Read with expressions, not a parser: the report is written by the test runner itself, one tag a line.
 */
export function countCases(junit: string): TestCounts | undefined {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const cases = junit.matchAll(/<testcase\b(?:"[^"]*"|[^">])*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)
  for (const [, body = ''] of cases) {
    if (/<(failure|error)\b/.test(body)) counts.failed++
    else if (/<skipped\b/.test(body)) counts.skipped++
    else counts.passed++
  }
  return counts.passed + counts.failed + counts.skipped > 0 ? counts : undefined
}
