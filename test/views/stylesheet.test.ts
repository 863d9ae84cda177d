import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { joinStylesheet } from '../../src/stylesheet.ts'
import { temporaryFolder } from '../support/ending.ts'

const ROOT = join(import.meta.dir, '../..')
const sheet = (path: string) => pathToFileURL(join(ROOT, path))
const read = (path: string) => Bun.file(join(ROOT, path)).text()
const INDEXES = ['static/app.css', 'static/replay.css', 'static/pictures.css']
const SHEETS = [...new Bun.Glob('views/**/*.css').scanSync(ROOT), ...new Bun.Glob('static/*.css').scanSync(ROOT)].toSorted()

/** A sheet's declarations, without what is said beside them, and without strings. */
const plainOf = async (path: string) => (await read(path)).replace(/\/\*[\s\S]*?\*\//g, '').replace(/'[^']*'/g, "''")

test('a page takes its style in one request, in layers, as it is written', async () => {
  const css = await joinStylesheet(sheet('static/app.css'))
  const layers = [...css.matchAll(/@layer (\w+) \{/g)].map(([, name]) => name)
  expect([...new Set(layers)]).toEqual(['tokens', 'base', 'atoms', 'shell', 'pages'])
  expect(css.indexOf('@layer tokens, base, atoms, shell, pages;')).toBe(css.indexOf('@layer'))
  expect(css).toMatch(/light-dark\(oklch\([^)]+\), oklch\([^)]+\)\)/)
  expect(css).not.toMatch(/@import|@custom-media|\/\*|@media[^{]*\(--/)
  expect(css).toContain('@media (width <= 760px) {')
})

test('every stylesheet beside a view is joined, once', async () => {
  const imported = await Promise.all(
    INDEXES.map(async (path) => [...(await read(path)).matchAll(/@import '([^']+)'/g)].map(([, name = '']) => join('static', name))),
  )
  expect(imported.map((paths) => new Set(paths).size)).toEqual(imported.map((paths) => paths.length))
  expect([...new Set([...imported.flat(), ...INDEXES])].toSorted()).toEqual(SHEETS)
})

test('a breakpoint that has no name here, and a file that is missing, are refused', async () => {
  const folder = temporaryFolder()
  const refusal = async (css: string) => {
    writeFileSync(join(folder, 'a.css'), css)
    return joinStylesheet(pathToFileURL(join(folder, 'a.css'))).then(
      () => 'joined',
      (error: unknown) => String(error),
    )
  }
  expect(await refusal('.a { @media (--watch) { color: red; } }')).toContain('no breakpoint is called --watch')
  expect(await refusal("@import './none.css' layer(pages);")).toContain('none.css')
  expect(await refusal('@custom-media --watch (width <= 9px); .a { @media not (--watch) { color: red; } }')).toBe('joined')
})

test.each(SHEETS.filter((path) => path !== 'static/tokens.css'))('in %s a size has a name, and so has a width of screens', async (path) => {
  const css = await plainOf(path)
  const sizes = [...css.matchAll(/[\w-]+:[^;{}]*;/g)].map(([declaration]) => declaration)
  const raw = sizes.filter((declaration) => [...declaration.matchAll(/([\d.]+)px/g)].some(([, size]) => Number(size) > 2))
  expect(raw).toEqual([])
  expect([...css.matchAll(/@media[^{]*\d[^{]*/g)].map(([condition]) => condition)).toEqual([])
})
