import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import lock from '../bun.lock'
import { dependencies, devDependencies, trustedDependencies } from '../package.json'
import { within } from './support/eventually.ts'

const ROOT = join(import.meta.dir, '..')

/** Licences that ask for no more than to be named. */
const PERMISSIVE = /^(MIT|ISC|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|0BSD|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|Python-2\.0|BSD-0-Clause)$/

test('security 40: every locked package comes from the registry that is asked, with a hash, and none names a host', () => {
  const packages = Object.entries(lock.packages as Record<string, readonly [string, string, object, string]>)
  expect(packages.length).toBeGreaterThan(100)
  const odd = packages.filter(
    ([, [name, registry, , hash]]) => registry !== '' || !/^sha512-[\w+/]{86}==$/.test(hash ?? '') || /:\/\//.test(name),
  )
  expect(odd).toEqual([])
  expect(readFileSync(join(ROOT, 'bun.lock'), 'utf8')).not.toMatch(/https?:\/\//)
})

test('security 40: no package but Bun runs a script when it is installed', () => {
  expect(trustedDependencies).toEqual(['bun'])
})

test('every dependency is exact, and says in a line what it is for', () => {
  const all = { ...dependencies, ...devDependencies }
  expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  const rows = readFileSync(join(ROOT, 'docs/dependencies.md'), 'utf8').matchAll(/^\| `([^`]+)`\s+\| \S.{8,}\|$/gm)
  expect([...rows].map(([, name = '']) => name).toSorted()).toEqual(Object.keys(all).toSorted())
})

test('the bill of materials names everything that the service is made of, all of it under permissive licences', async () => {
  const child = Bun.spawn(['npm', 'run', '--silent', 'sbom'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const text = await within(60_000, 'the bill of materials', new Response(child.stdout).text())
  const bill = JSON.parse(text) as {
    bomFormat: string
    components: { name: string; group?: string; licenses?: { license?: { id?: string; name?: string }; expression?: string }[] }[]
  }
  expect(bill.bomFormat).toBe('CycloneDX')
  const names = bill.components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`))
  expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)))
  expect(names).not.toContain('playwright-core')
  const licences = bill.components.map(({ name, licenses = [] }) => [
    name,
    licenses.map(({ license, expression }) => license?.id ?? license?.name ?? expression ?? '').join(' or '),
  ])
  expect(licences.filter(([, licence = '']) => !PERMISSIVE.test(licence))).toEqual([])
})
