import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './command.ts'
import { countCases, type TestCounts } from './junit.ts'
import { seconds } from './paint.ts'

export type FileResult = TestCounts & { file: string; ms: number; processorMs: number; output: string }
export type RunOptions = {
  root: string
  slots: number
  /** One more runs beside them, of the tests that wait. */
  hasExtra?: boolean
  testName?: string | undefined
  deadlineMs: number
  onFile(result: FileResult): void
}

const FILE_DEADLINE_MS = 600_000
const TEST_TIMEOUT_MS = 120_000

/** Tests of whole systems, which mostly wait, and tests that keep a browser busy: one of each kind fills two cores best. */
const WAITING = ['test/cluster/', 'test/faults/', 'test/journeys/', 'test/command-line/', 'test/support/server']
const BUSY = ['test/browser/', 'test/support/browser']

/** Test files below a root whose path holds one of the patterns; all when none is given. */
export function findTestFiles(root: string, patterns: string[]): string[] {
  const wanted = patterns.map((pattern) => pattern.replace(/^\.\//, ''))
  return [...new Bun.Glob('test/**/*.test.{ts,tsx}').scanSync({ cwd: root })]
    .filter((file) => wanted.length === 0 || wanted.some((pattern) => file.includes(pattern)))
    .toSorted()
}

/** What a slot runs: it begins with files of this kind, and an extra one has no others. */
export type Slot = 'waiting' | 'busy' | 'extra'

/**
 * The slots of a run. One begins with tests that wait, the others with those that keep a browser busy. The extra one leaves when none
 * that wait are left, so that there is never more to do at once than there are cores.
 */
export const slotsOf = ({ slots, hasExtra = false }: Pick<RunOptions, 'slots' | 'hasExtra'>): Slot[] => [
  ...Array.from({ length: slots }, (_, index) => (index === 0 ? ('waiting' as const) : ('busy' as const))),
  ...(hasExtra ? ['extra' as const] : []),
]

/** Takes the file that a slot runs next. The quick ones come when it has no more of its kind, so that nothing slow trails behind. */
export function takeNext(files: string[], slot: Slot): string | undefined {
  const isOf = (folders: string[]) => (file: string) => folders.some((folder) => file.startsWith(folder))
  const isQuick = (file: string) => !isOf(WAITING)(file) && !isOf(BUSY)(file)
  const own = files.find(isOf(slot === 'busy' ? BUSY : WAITING))
  const next = slot === 'extra' ? own : (own ?? files.find(isQuick) ?? files[0])
  if (next !== undefined) files.splice(files.indexOf(next), 1)
  return next
}

/** Why a file whose report does not show it failed all the same, or nothing where the report tells all. */
function hiddenFailure(counts: TestCounts | undefined, ran: { exitCode: number; isLate: boolean; ms: number }): string | undefined {
  if (ran.isLate) return `it did not end by itself, and was ended after ${seconds(ran.ms)}`
  if (!counts) return 'the file did not load, or holds no test'
  if (ran.exitCode !== 0 && counts.failed === 0) return `the tests passed, and the runner ended with code ${ran.exitCode}`
  return undefined
}

async function runFile(file: string, slot: number, { root, testName, deadlineMs }: RunOptions): Promise<FileResult> {
  const folder = mkdtempSync(join(tmpdir(), 'visualizer-junit-'))
  const report = join(folder, 'report.xml')
  const flags = ['--no-orphans', `--timeout=${TEST_TIMEOUT_MS}`, '--reporter=junit', `--reporter-outfile=${report}`]
  if (testName) flags.push('--test-name-pattern', testName)
  try {
    const ran = await runCommand([process.execPath, 'test', ...flags, `./${file}`], {
      cwd: root,
      // A process for each file: one that hangs or dies takes no other along.
      env: { BUN_TEST_WORKER_ID: String(slot), FORCE_COLOR: '0', NODE_ENV: 'test' },
      deadlineMs: Math.min(FILE_DEADLINE_MS, deadlineMs),
    })
    const junit = Bun.file(report)
    const counts = (await junit.exists()) ? countCases(await junit.text()) : undefined
    const hidden = hiddenFailure(counts, ran)
    const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 }
    const output = hidden ? `${ran.output}\n${hidden}` : ran.output
    return { file, passed, failed: failed + (hidden ? 1 : 0), skipped, ms: ran.ms, processorMs: ran.processorMs, output }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs test files side by side; those that are not begun at the deadline count as failed. */
export async function runTestFiles(files: string[], options: RunOptions): Promise<FileResult[]> {
  const waiting = [...files]
  const results: FileResult[] = []
  const endAt = performance.now() + options.deadlineMs
  const slots = slotsOf(options).map(async (slot, index) => {
    for (let file = takeNext(waiting, slot); file; file = takeNext(waiting, slot)) {
      const leftMs = endAt - performance.now()
      const late = { file, passed: 0, failed: 1, skipped: 0, ms: 0, processorMs: 0, output: 'not begun: the time for all tests was over' }
      const result = leftMs > 1_000 ? await runFile(file, index + 1, { ...options, deadlineMs: leftMs }) : late
      options.onFile(result)
      results.push(result)
    }
  })
  await Promise.all(slots)
  return results
}

/** More failures than this are no matter of what ran beside them. */
const SECOND_LOOKS = 3

export type SecondLook = { results: FileResult[]; onlyAlone: string[] }

/**
 * Runs the few files that failed once more, alone, and names those that pass then: something that ran beside them made them fail.
 * They have failed all the same, for that is a fault of theirs, except where they are forgiven: a machine that is busy with other
 * work can starve a test until it gives up.
 */
export async function lookAgain(results: FileResult[], options: RunOptions & { isForgiving: boolean }): Promise<SecondLook> {
  const failed = results.filter((result) => result.failed > 0).map(({ file }) => file)
  if (failed.length === 0 || failed.length > SECOND_LOOKS) return { results, onlyAlone: [] }
  const again = await runTestFiles(failed, { ...options, slots: 1, hasExtra: false })
  const onlyAlone = again.filter((result) => result.failed === 0).map(({ file }) => file)
  if (!options.isForgiving) return { results, onlyAlone }
  return { results: results.map((result) => again.find(({ file }) => file === result.file) ?? result), onlyAlone }
}
