import type { StateFileProblem } from './state-file-reader.ts'

/** What is told of state files, as it is stored: for the log and the figures. */
export type FileNews = { project: string } & (
  | { kind: 'changed' | 'healed'; file: string }
  | { kind: StateFileProblem; file: string; detail: string }
  /** It is written more often than it is stored. */
  | { kind: 'paced'; file: string; waitMs: number }
  /** The system watches nothing more: changes are found by looking. */
  | { kind: 'unwatched'; reason: string }
)
