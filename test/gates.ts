import { join } from 'node:path'
import { runCommand } from './support/command.ts'
import { indent, paint, seconds } from './support/paint.ts'

export type GateResult = { name: string; isPassed: boolean }

const bin = (name: string) => join(import.meta.dir, '..', 'node_modules', '.bin', name)

// `bun check` alone would run the package's script of that name, which is this file.
const GATES: { name: string; argv: string[]; remedy: string }[] = [
  { name: 'format', argv: [process.execPath, 'fmt', '--check'], remedy: 'bun fmt' },
  { name: 'lint', argv: [bin('oxlint'), '--type-aware'], remedy: 'bun node_modules/.bin/oxlint --fix, then by hand' },
  { name: 'types', argv: [process.execPath, 'check', '--no-script'], remedy: 'by hand' },
]

const ARCHITECTURE = {
  name: 'architecture',
  argv: [process.execPath, 'test', './test/architecture.test.ts'],
  remedy: 'the rules are in test/support/architecture/',
}

type GateOptions = { gates?: typeof GATES; lineLimit?: number }

function shortened(output: string, lineLimit: number): string {
  const lines = output.split('\n')
  if (lines.length <= lineLimit) return output
  return [...lines.slice(0, lineLimit), `… and ${lines.length - lineLimit} lines more: npm run check`].join('\n')
}

async function runGate(gate: (typeof GATES)[number], lineLimit: number): Promise<GateResult> {
  const { exitCode, output, ms } = await runCommand(gate.argv, { deadlineMs: 180_000 })
  const isPassed = exitCode === 0
  const mark = isPassed ? paint.good('✓') : paint.bad('✗')
  console.log(`  ${mark} ${gate.name.padEnd(14)} ${paint.dim(seconds(ms))}`)
  if (!isPassed) console.log(`${indent(shortened(output, lineLimit))}\n    ${paint.strong('To mend:')} ${gate.remedy}`)
  return { name: gate.name, isPassed }
}

/** Format, lint and types, one after the other: each uses every core by itself. */
export async function runGates({ gates = GATES, lineLimit = Number.POSITIVE_INFINITY }: GateOptions = {}): Promise<GateResult[]> {
  console.log(paint.strong('Gates'))
  const results: GateResult[] = []
  for (const gate of gates) results.push(await runGate(gate, lineLimit))
  return results
}

if (import.meta.main) {
  const results = await runGates({ gates: [...GATES, ARCHITECTURE] })
  const failed = results.filter((gate) => !gate.isPassed)
  console.log(`${results.length - failed.length} passed, ${failed.length} failed`)
  process.exit(failed.length > 0 ? 1 : 0)
}
