import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { within } from '../support/eventually.ts'
import { paint, seconds } from '../support/paint.ts'
import { formatTable, type Table } from './table.ts'

/** What a file test/bench/*.bench.ts exports, under any name. */
export type Bench = { name: string; run(): Promise<Table[]> }

const DEADLINE_MS = 5 * 60_000

const HELP = `npm run bench [-- name…]

Measures, one bench after the other, and prints a table for each.

  name     only benches whose name or file holds it
  --list   their names
  --one    (used by the runner itself) this one, in this process`

const isBench = (value: unknown): value is Bench =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  typeof value.name === 'string' &&
  'run' in value &&
  typeof value.run === 'function'

type Found = { file: string; bench: Bench }

async function findBenches(): Promise<Found[]> {
  const files = [...new Bun.Glob('*.bench.ts').scanSync({ cwd: import.meta.dir })].toSorted()
  const found: Found[] = []
  for (const file of files) {
    const exported: Record<string, unknown> = await import(join(import.meta.dir, file))
    found.push(
      ...Object.values(exported)
        .filter(isBench)
        .map((bench) => ({ file, bench })),
    )
  }
  return found
}

function describeMachine(): string {
  const [cpu] = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  return `${availableParallelism()} cores (${cpu?.model.trim() ?? 'unknown'}), ${memory}, ${process.platform} ${process.arch}, Bun ${Bun.version}`
}

/** A process of its own: no bench runs on another's heap, and one that hangs can be ended. */
async function runApart({ bench }: Found): Promise<boolean> {
  const began = performance.now()
  console.log(paint.strong(`\n${bench.name}`))
  const child = Bun.spawn([process.execPath, '--no-orphans', import.meta.path, '--one', bench.name], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  try {
    const exitCode = await within(DEADLINE_MS, bench.name, child.exited)
    console.log(paint.dim(`${bench.name}: ${seconds(performance.now() - began)}`))
    return exitCode === 0
  } catch (error) {
    console.log(paint.bad(String(error)))
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), 3_000).unref()
    await child.exited
    return false
  }
}

async function main(args: string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(HELP)
    return 0
  }
  const names = args.filter((arg) => !arg.startsWith('-'))
  const all = await findBenches()
  if (args.includes('--one')) {
    const one = all.find(({ bench }) => bench.name === names[0])
    for (const table of (await one?.bench.run()) ?? []) console.log(`\n${formatTable(table)}`)
    return one ? 0 : 1
  }
  const wanted = all.filter(
    ({ file, bench }) => names.length === 0 || names.some((name) => bench.name.includes(name) || file.includes(name)),
  )
  if (args.includes('--list') || wanted.length === 0) {
    console.log(all.map(({ bench }) => bench.name).join('\n') || 'there is no bench')
    return wanted.length === 0 ? 1 : 0
  }
  console.log(describeMachine())
  const failed: string[] = []
  for (const one of wanted) if (!(await runApart(one))) failed.push(one.bench.name)
  if (failed.length > 0) console.log(paint.bad(`\nFailed: ${failed.join(', ')}`))
  return failed.length > 0 ? 1 : 0
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)))
