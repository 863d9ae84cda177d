import type { Findings } from './findings.ts'
import { outsideProblem, type Problem, type Variables } from './problem.ts'
import type { ConfigFile } from './read-file.ts'

/** Settings that this version lacks. Where ignoring them would lose data or protection the start is refused, else it warns. */
type Later = { name: string; refuses: boolean; isAsked?: (text: string) => boolean; reason: string }

const isTrue = (text: string) => /^(true|1|yes|on)$/i.test(text)

const LATER: Later[] = [
  {
    name: 'METRICS_PORT',
    refuses: true,
    reason: 'a separate port for /metrics is not available in this version; unset it, or switch PROMETHEUS_METRICS off',
  },
  {
    name: 'CSRF_PROTECTION',
    refuses: false,
    isAsked: isTrue,
    reason: 'is not used: this version has no sign-in whose session could be misused',
  },
  { name: 'SENTRY_DSN', refuses: false, reason: 'is not used: this version reports errors in its log' },
]

export const LATER_VARIABLES: readonly string[] = LATER.map(({ name }) => name)

/** Reports variables that this version lacks, without their values. */
export function findLaterVariables(env: Variables, findings: Findings): void {
  for (const { name, refuses, isAsked, reason } of LATER) {
    const text = env[name]?.trim() ?? ''
    if (text === '' || isAsked?.(text) === false) continue
    const list = refuses ? findings.problems : findings.warnings
    list.push(outsideProblem(name, reason))
  }
}

type AskedFeatures = { isCsrfAsked: boolean | undefined; isRateLimitAsked: boolean | undefined }

/** The same for the file: warnings only, because files are shared between deployments. */
export function findLaterSettings(file: ConfigFile, { isCsrfAsked, isRateLimitAsked }: AskedFeatures): Problem[] {
  const at = (path: string[], reason: string) => file.problem(path, reason)
  return [
    ...(isCsrfAsked === true ? [at(['security', 'csrf_protection'], 'is not used: this version has no sign-in')] : []),
    ...(isRateLimitAsked === true ? [at(['security', 'rate_limiting'], 'is not used: this version limits no rates')] : []),
  ]
}
