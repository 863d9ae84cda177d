import { expect, test } from 'bun:test'
import { loadStaticFiles } from '../../src/web/static-files.ts'

const BUDGET_BYTES = 40_000
const files = await loadStaticFiles()
const served = (name: string) => files.find(files.href(name).replace('/static/', ''))
const text = (name: string) => new TextDecoder().decode(served(name)?.body)

test('the scripts of every page together stay within 40 kB as they are sent', () => {
  const sizes = ['app.js', 'htmx.js', 'hx-upsert.js'].map((name) => served(name)?.gzip.length ?? Number.NaN)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BUDGET_BYTES)
})

test('a script asks for no file that is not served', () => {
  const imports = [...text('app.js').matchAll(/(?:from|import)\s*["']([^"']+)["']/g)].map(([, name]) => name ?? '')
  expect(imports.filter((name) => files.find(name.replace('./', '')) === undefined)).toEqual([])
})

test('a name with its hash is for ever, the same file without it is not', () => {
  expect(served('app.js')).toMatchObject({ isImmutable: true, type: 'text/javascript; charset=utf-8' })
  expect(files.find('app.js')).toMatchObject({ isImmutable: false })
  expect(text('app.js')).toContain('htmx') // It is the page's script and no empty file.
})
