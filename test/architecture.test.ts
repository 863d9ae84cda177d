import { beforeAll, describe, expect, test } from 'bun:test'
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkArchitecture } from './support/architecture/check.ts'
import { runCommand } from './support/command.ts'
import { type Lifetime, temporaryFolder } from './support/ending.ts'

const ROOT = join(import.meta.dir, '..')

function plant(files: Record<string, string>, lifetime: Lifetime = 'test'): string {
  const root = temporaryFolder(lifetime)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const problemsOf = (files: Record<string, string>) => checkArchitecture(plant(files))

const OUTSIDE = ['..', 'shared', 'samples'].join('/')

test('security 34: this tree keeps the rules', () => {
  expect(checkArchitecture(ROOT)).toEqual([])
})

test('security 34: no secret is compared in a time that tells of it', () => {
  const secrets = (line: string) => problemsOf({ 'src/auth/a.ts': `${line}\n` }).filter((problem) => problem.includes('isSame'))
  for (const line of ['if (token === given) f()', 'return one.secret !== other', 'f(given === session.csrf)', 'a = hashOf(b) === c'])
    expect([line, secrets(line).length]).toEqual([line, 1])
  for (const line of [
    'if (token === undefined) f()',
    'if (shared !== undefined && from === undefined) f()',
    "if (token === '') f()",
    'if (isSame(token, given)) f()',
  ])
    expect([line, secrets(line).length]).toEqual([line, 0])
})

test('the page that says how the house is built names files that are there', async () => {
  const page = await Bun.file(join(ROOT, 'docs/architecture.md')).text()
  const named = [...page.matchAll(/`([\w./-]+\/[\w.-]+\.tsx?)`/g)].map(([, path = '']) => path)
  expect(named.length).toBeGreaterThan(15)
  const isThere = (path: string) => existsSync(join(ROOT, path)) || existsSync(join(ROOT, 'src', path))
  expect(named.filter((path) => !isThere(path))).toEqual([])
})

test('a tree that keeps the rules is not blamed', () => {
  const problems = problemsOf({
    'src/main.ts': "import { compose } from './compose.ts'\nconsole.log(compose())\n",
    'src/compose.ts':
      "import { openHub } from './live/hub.ts'\nimport { openLog } from './event-log/sqlite.ts'\nexport const compose = () => [openHub, openLog]\n",
    'src/live/hub.ts':
      "import type { Log } from '../event-log/sqlite.ts'\n/** Opens. */\nexport function openHub(log: Log) { return [log] }\n",
    'src/pages/cards.tsx':
      "import { openHub } from '../live/hub.ts'\nimport { Card } from '../../views/card.tsx'\nexport const cardsPage = { openHub, Card }\n",
    'src/web/app.ts': "import { cardsPage } from '../pages/cards.tsx'\nexport const app = [cardsPage]\n",
    'src/event-log/sqlite/sqlite.ts':
      "import { Database } from 'bun:sqlite'\nexport type Log = Database\n/** Opens. */\nexport const openLog = () => new Database()\n",
    'src/config/load.ts': '/** Reads. */\nexport const load = () => process.env.PORT\n',
    'src/domain/story.ts': "import { z } from 'zod'\nexport const Story = z.string()\n",
    'views/card.tsx':
      "import type { FC } from 'hono/jsx'\nimport { Story } from '../src/domain/story.ts'\nexport const Card: FC = () => <p>{Story}</p>\n",
    'README.md': 'Read me.\n',
    '.editorconfig': '',
  })
  expect(problems).toEqual([])
})

describe('a violation is found:', () => {
  test.each([
    [
      'a floor that imports a higher one',
      'src/ingest/a.ts',
      "import { b } from '../web/b.ts'\nconsole\nb()\n",
      'ingest may not import ../web/b.ts',
    ],
    [
      'live that imports an engine of the log',
      'src/live/a.ts',
      "import { b } from '../event-log/sqlite.ts'\nb()\n",
      'live may not import ../event-log/sqlite.ts',
    ],
    ['live that knows a page', 'src/live/a.ts', "import { b } from '../pages/b.tsx'\nb()\n", 'live may not import ../pages/b.tsx'],
    ['live that draws', 'src/live/a.ts', "import { b } from '../../views/b.tsx'\nb()\n", 'live may not import ../../views/b.tsx'],
    ['a page that knows who asks', 'src/pages/a.tsx', "import { b } from '../web/b.ts'\nb()\n", 'pages may not import ../web/b.ts'],
    [
      'a page that imports an engine of the log',
      'src/pages/a.tsx',
      "import { b } from '../event-log/sqlite.ts'\nb()\n",
      'pages may not import ../event-log/sqlite.ts',
    ],
    [
      'an import that waits until it is needed',
      'src/auth/a.ts',
      "const b = await import('../live/b.ts')\nb\n",
      'auth may not import ../live/b.ts',
    ],
    [
      'a name that is passed on from a higher floor',
      'src/bus/a.ts',
      "export { b } from '../live/b.ts'\n",
      'bus may not import ../live/b.ts',
    ],
    [
      'main that reaches past the composition root',
      'src/main.ts',
      "import { b } from './event-log/b.ts'\nb()\n",
      'main may not import ./event-log/b.ts',
    ],
    ['a type of a higher floor', 'src/ingest/a.ts', "import type { B } from '../live/b.ts'\nexport type A = B\n", 'types of ../live/b.ts'],
    ['a domain that imports a package', 'src/domain/a.ts', "import { b } from 'hono'\nb()\n", 'domain may not import hono'],
    ['a domain that imports the runtime', 'src/domain/a.ts', "import { b } from 'node:fs'\nb()\n", 'domain may not import node:fs'],
    [
      'a view that imports a store',
      'views/a.tsx',
      "import { b } from '../src/event-log/event-log.ts'\nb()\n",
      'views may not import ../src/event-log/event-log.ts',
    ],
    ['a view that imports a package', 'views/a.tsx', "import { b } from 'zod'\nb()\n", 'views may not import zod'],
    [
      'a program file that imports a test',
      'src/live/a.ts',
      "import { b } from '../../test/support/b.ts'\nb()\n",
      'live may not import ../../test/support/b.ts',
    ],
    ['a folder that is no floor', 'src/tools/a.ts', 'export const a = 1\n', 'no floor of this name is known'],
    [
      'the environment read outside of config',
      'src/live/a.ts',
      'export const a = process.env.HOME\n',
      'the environment is read in src/config alone',
    ],
    [
      "the environment read by the runtime's name",
      'src/live/a.ts',
      'export const a = Bun.env.HOME\n',
      'the environment is read in src/config alone',
    ],
    ['a line on the console', 'src/live/a.ts', "console.warn('late')\n", 'write to the console'],
    ['a line on stderr', 'src/live/a.ts', "process.stderr.write('late')\n", 'write to the console'],
    [
      'a variable of a module',
      'src/live/a.ts',
      'let viewers = 0\nexport const a = () => (viewers += 1)\n',
      'nothing at module level changes',
    ],
    ['a map that a module fills', 'views/a.ts', 'const known = new Map<string, string>()\nknown\n', 'nothing at module level changes'],
    ['a token that is compared', 'src/web/a.ts', 'if (given === token) f()\n', 'a secret is compared by isSame'],
    ['a signature that is compared', 'src/auth/a.ts', 'if (stored.signature !== given) f()\n', 'a secret is compared by isSame'],
    ['a revealed secret', 'src/auth/a.ts', 'if (config.key.reveal() === text) f()\n', 'a secret is compared by isSame'],
    ['a hash of a secret', 'src/auth/a.ts', 'const is = (a: string) => kept === hashOf(a)\n', 'a secret is compared by isSame'],
    ['an index file', 'src/live/index.ts', 'export const a = 1\n', 'no index files'],
    ['a barrel', 'src/live/a.ts', "export * from './b.ts'\n", 'no barrels'],
    ['a list that is cut by itself', 'views/a.ts', 'export const a = [1].slice(0, ROWS_SHOWN)\n', 'lists are cut by src/domain/bounded.ts'],
    ['a file that hides its meaning', 'src/live/string-utils.ts', 'export const a = 1\n', 'is a name that hides meaning'],
    ['a function that hides its meaning', 'src/live/a.ts', 'function eventHandler() {}\n', '"eventHandler" is a name that hides meaning'],
    ['a type that hides its meaning', 'src/live/a.ts', 'export type BaseCycle = 1\n', '"BaseCycle" is a name that hides meaning'],
    [
      'an exported function that says nothing',
      'src/live/a.ts',
      '\nexport async function deliver() {}\n',
      'deliver is exported without a doc comment',
    ],
    [
      'an exported arrow that says nothing',
      'src/live/a.ts',
      '\nexport const deliver = (a: number): number => a\n',
      'deliver is exported without a doc comment',
    ],
    ['a rule switched off without a word', 'src/live/a.ts', '// oxlint-disable-next-line no-empty\n', 'says why'],
    ['a type error silenced without a word', 'src/live/a.ts', '// @ts-expect-error\n', 'says why'],
    ['a folder at the top level', 'scripts/a.sh', 'true\n', 'the top level is settled'],
    ['a file at the top level', 'NOTES.md', 'Notes\n', 'the top level is settled'],
    ['a second lock file', 'package-lock.json', '{}\n', 'the top level is settled'],
    ['a file that reads outside of the repository', 'test/a.test.ts', `Bun.file('${OUTSIDE}/x.json')\n`, 'outside of this repository'],
    ['a program without comments', 'src/live/a.ts', 'f()\n'.repeat(1_100), '0.0 % of the lines are comments'],
    ['a program of comments', 'src/live/a.ts', '// Why.\nf()\n'.repeat(600), '50.0 % of the lines are comments'],
  ])('%s', (_, path, text, saying) => {
    expect(problemsOf({ [path]: text }).join('\n')).toContain(saying)
  })

  test('a file that does not parse', () => {
    expect(problemsOf({ 'src/live/a.ts': 'export const = 1\n' })).toEqual(['src/live/a.ts: does not parse'])
  })

  test('files that import each other, however long the way', () => {
    const ring = {
      'src/live/a.ts': "import { b } from './b.ts'\nexport const a = b\n",
      'src/live/b.ts': "import { c } from './c.ts'\nexport const b = c\n",
      'src/live/c.ts': "import { a } from './a.ts'\nexport const c = a\n",
    }
    expect(problemsOf(ring)).toEqual(['import cycle: src/live/a.ts → src/live/b.ts → src/live/c.ts → src/live/a.ts'])
    expect(problemsOf({ ...ring, 'src/live/c.ts': "import type { a } from './a.ts'\nexport type C = typeof a\n" })).toHaveLength(1)
    expect(problemsOf({ ...ring, 'src/live/c.ts': "import { type a } from './a.ts'\nexport type C = typeof a\n" })).toHaveLength(1)
    expect(problemsOf({ ...ring, 'src/live/c.ts': "export type C = typeof import('./a.ts').a\n" })).toHaveLength(1)
  })
})

describe('the linter finds', () => {
  const lines = (count: number, line: string) => Array.from({ length: count }, (_, index) => line.replaceAll('#', String(index))).join('\n')

  const PLANTED: [saying: string, rule: string, text: string][] = [
    ['a file of more than 300 lines', 'max-lines', lines(301, 'export const a# = #')],
    ['a function of more than 40 lines', 'max-lines-per-function', `export function a() {\n${lines(41, 'a()')}\n}\n`],
    ['a component of more than 40 lines', 'max-lines-per-function', `export const A = () => (\n<p>\n${lines(41, '<i />')}\n</p>\n)\n`],
    ['four steps into the depth', 'max-depth', 'export function a(b: boolean) { if (b) { for (;;) { while (b) { if (b) return } } } }\n'],
    ['four parameters', 'max-params', 'export function a(b: 1, c: 1, d: 1, e: 1) { return [b, c, d, e] }\n'],
    ['any', 'no-explicit-any', 'export const a: any = 1\n'],
    ['a promise that nobody waits for', 'no-floating-promises', 'export function a() { Promise.resolve(1) }\n'],
    ['a promise waved away', 'no-floating-promises', 'export function a() { void Promise.resolve(1) }\n'],
    ['an assertion instead of a check', 'no-non-null-assertion', 'export const a = (b?: string) => b!.length\n'],
    ['a type that is claimed, not parsed', 'no-unsafe-type-assertion', 'export const a = (b: unknown) => b as string\n'],
    ['an unused variable', 'no-unused-vars', 'export function a() { const b = 1 }\n'],
    ['a type imported as if it were code', 'consistent-type-imports', "import { z } from 'zod'\nexport type A = z.ZodType\n"],
    ['a loose comparison', 'eqeqeq', 'export const a = (b: string, c: string) => b == c\n'],
    ['an empty catch', 'no-empty', 'export function a() { try { a() } catch {} }\n'],
    ['a default export', 'no-default-export', 'export default 1\n'],
    ['a missing case', 'switch-exhaustiveness-check', "export function a(b: 'x' | 'y') { switch (b) { case 'x': return 1 } return 2 }\n"],
    ['a word on the console', 'no-console', "export function a() { console.log('a') }\n"],
  ]

  let found = ''
  beforeAll(async () => {
    const root = plant(Object.fromEntries(PLANTED.map(([, , text], index) => [`src/live/planted-${index}.tsx`, text])), 'file')
    for (const name of ['.oxlintrc.json', 'tsconfig.json', 'package.json']) cpSync(join(ROOT, name), join(root, name))
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
    const argv = ['sh', '-c', 'cd "$0" && exec node_modules/.bin/oxlint --type-aware --format=unix', root]
    found = (await runCommand(argv, { deadlineMs: 60_000 })).output
  }, 60_000)

  test.each(PLANTED.map(([saying, rule], index) => [saying, rule, index] as const))('%s', (_, rule, index) => {
    const ofFile = found.split('\n').filter((line) => line.includes(`planted-${index}.tsx:`))
    expect(ofFile.join('\n')).toContain(`(${rule})`)
  })
})
