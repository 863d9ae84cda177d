import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runGates } from './gates.ts'
import { endCommands } from './support/command.ts'
import { isMet, NEEDS, readyMachine } from './support/machine.ts'
import { indent, paint, seconds } from './support/paint.ts'
import { type FileResult, findTestFiles, lookAgain, runTestFiles } from './support/test-files.ts'

const HELP = `npm test [-- pattern…]

Makes the machine ready, runs every gate and every test, and ends with the line "N passed, N failed".
Up to three files that failed run once more, alone; those that pass then are named above that line. They have failed
all the same, for nothing that runs beside a test may break it; only where CI is set are they forgiven.

  pattern      only test files whose path holds it, and no gates: npm test -- test/domain
  -t, --name   only tests whose name matches this expression
  -j, --jobs   test files side by side (as many as cores, and one more while some mostly wait, not where CI is set)
  --help       this text`

const ROOT = join(import.meta.dir, '..')
const ALL_TESTS_DEADLINE_MS = 80 * 60_000
/** One a core, and one more of those that mostly wait: what else there is to do on a machine would keep more from their turn. */
const JOBS = Math.max(2, availableParallelism())
/** Continuous integration may share its machine with other work. */
const IS_CI = !['', 'false', '0'].includes(process.env['CI'] ?? '')

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { name: { type: 'string', short: 't' }, jobs: { type: 'string', short: 'j' }, help: { type: 'boolean', short: 'h' } },
  })
  const jobs = Number(values.jobs ?? JOBS)
  if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs is a number of 1 or more, not "${values.jobs}"`)
  const hasExtra = values.jobs === undefined && !IS_CI
  return {
    help: values.help,
    testName: values.name,
    jobs,
    hasExtra,
    patterns: positionals,
    isWhole: positionals.length === 0 && !values.name,
  }
}

function showFile({ file, passed, failed, skipped, ms, output }: FileResult) {
  const counts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`].filter(Boolean).join(', ')
  console.log(`  ${failed > 0 ? paint.bad('✗') : paint.good('✓')} ${file.padEnd(56)} ${counts.padEnd(12)} ${paint.dim(seconds(ms))}`)
  if (failed > 0) console.log(indent(output))
}

/** What took long, and whether the processors were busy meanwhile: what waits can be run beside something else. */
function showTimes(results: FileResult[], ms: number) {
  const slowest = results.toSorted((a, b) => b.ms - a.ms).slice(0, 5)
  console.log(`Slowest: ${slowest.map(({ file, ms }) => `${file} ${seconds(ms)}`).join(', ')}`)
  const processorMs = results.reduce((sum, result) => sum + result.processorMs, 0)
  console.log(`The tests took ${seconds(ms)}, and ${seconds(processorMs)} of the time of ${availableParallelism()} processors`)
}

async function runEverything({ testName, jobs, hasExtra, patterns, isWhole }: ReturnType<typeof readArguments>): Promise<boolean> {
  // What can be done without is got for a whole run only.
  const missing = await readyMachine(isWhole ? NEEDS : NEEDS.filter((need) => !isMet(need)))
  const gates = isWhole ? await runGates({ lineLimit: 200 }) : []
  const files = findTestFiles(ROOT, patterns)
  console.log(paint.strong(`Tests: ${files.length} files, ${jobs} side by side${hasExtra ? ', and one that waits' : ''}`))
  const isForgiving = IS_CI
  const options = { root: ROOT, slots: jobs, hasExtra, testName, deadlineMs: ALL_TESTS_DEADLINE_MS, onFile: showFile, isForgiving }
  const began = performance.now()
  const { results, onlyAlone } = await lookAgain(await runTestFiles(files, options), options)
  if (results.length > 1) showTimes(results, performance.now() - began)
  if (onlyAlone.length > 0)
    console.log(paint.bad(`Failed beside others, passed alone${isForgiving ? ' and forgiven' : ''}: ${onlyAlone.join(', ')}`))
  const broken = [
    ...missing.map((need) => `${need.command} is not installed`),
    ...gates.filter((gate) => !gate.isPassed).map((gate) => `gate: ${gate.name}`),
    ...results.filter((result) => result.failed > 0).map((result) => result.file),
  ]
  if (broken.length > 0) console.log(paint.bad(`Failed: ${broken.join(', ')}`))

  const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((total, result) => total + result[key], 0)
  const passed = sum('passed') + gates.filter((gate) => gate.isPassed).length
  const failed = sum('failed') + gates.filter((gate) => !gate.isPassed).length + missing.length
  const skipped = sum('skipped')
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return failed === 0 && passed > 0
}

async function main(): Promise<number> {
  try {
    const options = readArguments()
    if (options.help) {
      console.log(HELP)
      return 0
    }
    return (await runEverything(options)) ? 0 : 1
  } catch (error) {
    console.log(error instanceof Error ? error.message : error)
    console.log('0 passed, 1 failed')
    return 1
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    void endCommands().then(() => process.exit(130))
  })
}
process.chdir(ROOT)
process.exit(await main())
