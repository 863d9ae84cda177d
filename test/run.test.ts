import { describe, expect, test } from 'bun:test'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runCommand } from './support/command.ts'
import { temporaryFolder } from './support/ending.ts'
import { installCommand, isMet, readyMachine } from './support/machine.ts'
import { type FileResult, findTestFiles, lookAgain, runTestFiles, slotsOf, takeNext } from './support/test-files.ts'

const ROOT = join(import.meta.dir, '..')

function plant(files: Record<string, string>): string {
  const root = temporaryFolder()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), `import { expect, test } from 'bun:test'\n${text}`)
  }
  return root
}

async function runPlanted(files: Record<string, string>, deadlineMs = 30_000): Promise<FileResult[]> {
  const root = plant(files)
  return runTestFiles(findTestFiles(root, []), { root, slots: 2, deadlineMs, onFile: () => {} })
}

const runSuite = (args: string[]) => runCommand([process.execPath, join(import.meta.dir, 'run.ts'), ...args], { deadlineMs: 60_000 })

describe('test files', () => {
  test('run in processes of their own, and every case is counted', async () => {
    const [a, b] = await runPlanted({
      'test/a.test.ts':
        "test('x', () => {})\ntest('says \"no\" & <more>', () => { console.log('said'); expect(1).toBe(2) })\ntest.skip('y', () => {})\ntest.todo('z')",
      'test/deep/b.test.tsx': "test('x', () => { expect(process.env.BUN_TEST_WORKER_ID).toMatch(/^[12]$/) })",
    }).then((results) => results.toSorted((one, other) => one.file.localeCompare(other.file)))
    expect(a).toMatchObject({ file: 'test/a.test.ts', passed: 1, failed: 1, skipped: 2 })
    expect(a?.output).toContain('said')
    expect(a?.output).toContain('Expected: 2')
    expect(b).toMatchObject({ file: 'test/deep/b.test.tsx', passed: 1, failed: 0, skipped: 0 })
  })

  test.each([
    ['that cannot be loaded', "import './missing.ts'\ntest('x', () => {})", 'missing.ts'],
    ['that holds no test', '', 'holds no test'],
    ['that ends its own process', "test('x', () => process.kill(process.pid, 'SIGKILL'))", 'did not load'],
    [
      'that fails beside its tests',
      "test('x', () => {})\nimport { afterAll } from 'bun:test'\nafterAll(() => { throw new Error('beside') })",
      'beside',
    ],
  ])('a file %s has failed', async (_, text, saying) => {
    const [result] = await runPlanted({ 'test/a.test.ts': text })
    expect(result?.failed).toBeGreaterThan(0)
    expect(result?.output).toContain(saying)
  })

  test('a file that never ends is ended, and files that were not begun in time have failed', async () => {
    const endless = "test('x', () => new Promise(() => {}))\nsetInterval(() => {}, 1_000)"
    const results = await runPlanted({ 'test/a.test.ts': endless, 'test/b.test.ts': endless, 'test/c.test.ts': endless }, 1_500)
    expect(results.map(({ failed }) => failed)).toEqual([1, 1, 1])
    const outputs = results.map(({ output }) => output.split('\n').at(-1)).join('\n')
    expect(outputs).toContain('was ended after')
    expect(outputs).toContain('not begun')
  })

  test('of which many failed are not run again', async () => {
    const broken = "test('x', () => expect(1).toBe(2))"
    const root = plant(Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`test/${name}.test.ts`, broken])))
    let ran = 0
    const options = { root, slots: 2, deadlineMs: 30_000, onFile: () => void ran++, isForgiving: true }
    const { results } = await lookAgain(await runTestFiles(findTestFiles(root, []), options), options)
    expect([ran, results.length]).toEqual([4, 4])
  })

  test('are found by any part of their path', () => {
    const names = ['cluster/a.test.ts', 'cluster/b.test.ts', 'browser/c.test.ts', 'domain/d.test.tsx', 'domain/e.ts']
    const root = plant(Object.fromEntries(names.map((name) => [`test/${name}`, ''])))
    expect(findTestFiles(root, [])).toEqual(
      names
        .slice(0, 4)
        .map((name) => `test/${name}`)
        .toSorted(),
    )
    expect(findTestFiles(root, ['domain/d', './test/clu'])).toEqual([
      'test/cluster/a.test.ts',
      'test/cluster/b.test.ts',
      'test/domain/d.test.tsx',
    ])
  })

  test('of the slow kinds run side by side, one of each, and the quick ones when a kind is at its end', () => {
    const files = ['browser/a', 'browser/b', 'browser/c', 'cluster/d', 'domain/e', 'faults/f', 'web/g'].map((file) => `test/${file}`)
    const slots = slotsOf({ slots: 2 })
    const turns = Array.from({ length: 8 }, (_, turn) => takeNext(files, slots[turn % 2]!)?.replace('test/', ''))
    expect(turns).toEqual(['cluster/d', 'browser/a', 'faults/f', 'browser/b', 'domain/e', 'browser/c', 'web/g', undefined])
  })

  test('that wait may have a slot more, which takes no others', () => {
    const files = ['test/browser/a', 'test/cluster/b', 'test/faults/c', 'test/web/d']
    const slots = slotsOf({ slots: 2, hasExtra: true })
    expect(slots.map((slot) => takeNext(files, slot))).toEqual(['test/cluster/b', 'test/browser/a', 'test/faults/c'])
    expect(takeNext(files, 'extra')).toBeUndefined()
    expect(files).toEqual(['test/web/d'])
  })
})

describe('the test command', () => {
  test('ends with the count and says that nothing failed', async () => {
    const { output, exitCode } = await runSuite(['test/support/ports.test.ts'])
    expect(output.split('\n').at(-1)).toBe('2 passed, 0 failed')
    expect(exitCode).toBe(0)
  })

  test('fails when nothing was run', async () => {
    const { output, exitCode } = await runSuite(['no-such-file'])
    expect(output.split('\n').at(-1)).toBe('0 passed, 0 failed')
    expect(exitCode).toBe(1)
  })

  test('explains itself, and refuses flags that it does not know', async () => {
    expect((await runSuite(['--help'])).output).toContain('npm test [-- pattern…]')
    expect(await runSuite(['--fast'])).toMatchObject({ exitCode: 1, output: expect.stringContaining("'--fast'") as unknown })
  })
})

/** A tree of its own with this test command, and three test files: one of them passes when it runs a second time. */
function plantSuite(): string {
  const once = "import { existsSync, writeFileSync } from 'node:fs'\nconst seen = `${import.meta.dir}/seen`\n"
  const root = plant({
    'test/starved.test.ts': `${once}test('x', () => { const wasSeen = existsSync(seen); writeFileSync(seen, ''); expect(wasSeen).toBe(true) })`,
    'test/broken.test.ts': "test('x', () => expect(1).toBe(2))",
    'test/well.test.ts': "test('x', () => {})",
  })
  for (const part of ['test/run.ts', 'test/gates.ts', 'test/support', 'package.json', 'tsconfig.json', 'bunfig.toml'])
    cpSync(join(ROOT, part), join(root, part), { recursive: true, filter: (path) => !path.includes('.test.') })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  return root
}

describe('a file that fails beside others and passes alone', () => {
  const runPlantedSuite = async (patterns: string[], CI: string) => {
    const argv = [process.execPath, join(plantSuite(), 'test/run.ts'), ...patterns]
    const { output, exitCode } = await runCommand(argv, { env: { CI, FORCE_COLOR: '0' }, deadlineMs: 60_000 })
    return { exitCode, last: output.split('\n').slice(-3) }
  }

  test('has failed on the run of a developer, and is told apart', async () => {
    expect(await runPlantedSuite(['starved', 'well'], '')).toEqual({
      exitCode: 1,
      last: ['Failed beside others, passed alone: test/starved.test.ts', 'Failed: test/starved.test.ts', '1 passed, 1 failed'],
    })
  })

  test('is forgiven in continuous integration, and named there', async () => {
    const { exitCode, last } = await runPlantedSuite(['starved', 'well'], 'true')
    expect([exitCode, ...last.slice(1)]).toEqual([
      0,
      'Failed beside others, passed alone and forgiven: test/starved.test.ts',
      '2 passed, 0 failed',
    ])
  })

  test('is forgiven alone: a file that fails then, too, has failed anywhere', async () => {
    const { exitCode, last } = await runPlantedSuite(['starved', 'broken', 'well'], 'true')
    expect([exitCode, ...last.slice(1)]).toEqual([1, 'Failed: test/broken.test.ts', '2 passed, 1 failed'])
  })
})

describe('a program that tests need', () => {
  const absent = { command: 'no-such-program', packages: ['no-such-package'], why: 'a test' }

  test('is not asked for when it is there', async () => {
    expect(await readyMachine([{ command: 'sh', packages: ['dash'], why: 'a test' }])).toEqual([])
  })

  test('is done without where another serves', () => {
    expect([{}, { instead: 'no-such-program-either' }, { instead: 'sh' }].map((other) => isMet({ ...absent, ...other }))).toEqual([
      false,
      false,
      true,
    ])
  })

  test('is named with the command that gets it', () => {
    expect(installCommand([absent], false)).toBe('sudo apt-get update && sudo apt-get install -y no-such-package')
    expect(installCommand([absent], true)).toBe('apt-get update && apt-get install -y no-such-package')
  })
})
