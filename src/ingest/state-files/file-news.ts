import type { StateFileProblem } from './state-file-reader.ts'
import type { Finding, Told } from './state-file-report.ts'

/** What is told of state files, as it is stored: for the log and the figures. */
export type FileNews = { project: string } & (
  | { kind: 'changed' | 'healed'; file: string }
  | { kind: StateFileProblem; file: string; detail: string }
  /** It is written more often than it is stored. */
  | { kind: 'paced'; file: string; waitMs: number }
  /** The system watches nothing more: changes are found by looking. */
  | { kind: 'unwatched'; reason: string }
)

/** What a finding is to those who hear of it, after what was told last. */
export function newsOf(told: Told | undefined, finding: Finding) {
  if (finding.kind === 'problem') return { kind: finding.problem, detail: finding.detail }
  return { kind: told?.kind === 'problem' ? ('healed' as const) : ('changed' as const) }
}
