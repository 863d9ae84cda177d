import type { Findings } from './findings.ts'
import { outsideProblem, type Variables } from './problem.ts'

/** Settings that this version lacks. Where ignoring them would lose data or protection the start is refused, else it warns. */
type Later = { name: string; refuses: boolean; reason: string }

const LATER: Later[] = [{ name: 'SENTRY_DSN', refuses: false, reason: 'is not used: this version reports errors in its log' }]

export const LATER_VARIABLES: readonly string[] = LATER.map(({ name }) => name)

/** Reports variables that this version lacks, without their values. */
export function findLaterVariables(env: Variables, findings: Findings): void {
  for (const { name, refuses, reason } of LATER) {
    if ((env[name]?.trim() ?? '') === '') continue
    const list = refuses ? findings.problems : findings.warnings
    list.push(outsideProblem(name, reason))
  }
}
