import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '..')
const ROWS = Array.from({ length: 40 }, (_, index) => String(index + 1).padStart(2, '0'))

test('each row of the list of what must hold is shown by a test that is named by its number', () => {
  const files = [...new Bun.Glob('test/**/*.{test,contract}.{ts,tsx}').scanSync({ cwd: ROOT })]
  const names = files.flatMap((file) => readFileSync(join(ROOT, file), 'utf8').match(/['"`]security (?:\d\d, )*\d\d: /g) ?? [])
  const named = new Set(names.flatMap((name) => name.match(/\d\d/g) ?? []))
  expect(ROWS.filter((row) => !named.has(row))).toEqual([])
})
