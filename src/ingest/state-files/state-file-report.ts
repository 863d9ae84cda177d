import type { NewEvent } from '../../domain/events/event.ts'
import type { StateFileProblem } from './state-file-reader.ts'

/** A notice that the log still holds for a file, from before we began to look. `offset` is that of its event. */
export type OpenNotice = { file: string; problem: string; detail: string | undefined; offset: number }

/** What was last reported of a file or folder. */
export type Reported =
  | { kind: 'content'; id: string; mtime: string | undefined; hash: string }
  | { kind: 'problem'; id: string; problem: string; detail: string | undefined }

/** What can be reported now. A folder has no content of its own: it is there again. */
export type Finding =
  | {
      kind: 'content'
      mtime: string | undefined
      hash: string
      bytes: number
      content: Record<string, unknown>
      droppedRecords: number
      /** It was held back, for it is written more often than it is stored. */
      isPaced?: boolean
    }
  | { kind: 'problem'; problem: StateFileProblem; detail: string; mtime: string | undefined; witness?: string }

// A folder that is unmounted looks as it did the last time; by then more than this has passed.
const WITNESSED_FOR_MS = 600_000

/** The finding that a file or folder went; `witness` is what the place looks like without it. */
export function vanished(witness: string): Finding {
  const period = Math.floor(Date.now() / WITNESSED_FOR_MS)
  return { kind: 'problem', problem: 'vanished', detail: 'it is gone', mtime: undefined, witness: `${witness} ${period}` }
}

/** The notice as something that was reported, so that what comes next is compared with it. */
export function reportedByNotice({ problem, detail, offset }: OpenNotice): Reported {
  return { kind: 'problem', id: `notice:${offset}`, problem, detail }
}

/** Whether a finding says what was said last. */
export function isSame(reported: Reported | undefined, finding: Finding): boolean {
  if (finding.kind === 'problem')
    return reported?.kind === 'problem' && reported.problem === finding.problem && reported.detail === finding.detail
  return reported?.kind === 'content' && reported.mtime === finding.mtime && reported.hash === finding.hash
}

/** The event that tells a finding, and what is then known to be reported. */
export function report(file: string, finding: Finding, reported: Reported | undefined): { event: NewEvent; reported: Reported } {
  const id = idOf(file, finding, reported)
  const { mtime } = finding
  if (finding.kind === 'problem') {
    const { problem, detail } = finding
    return {
      event: { id, type: 'state_file', file, mtime, content: null, problem, detail },
      reported: { kind: 'problem', id, problem, detail },
    }
  }
  const { hash, content, droppedRecords } = finding
  const event: NewEvent = { id, type: 'state_file', file, mtime, content }
  if (droppedRecords > 0) event['dropped_records'] = droppedRecords
  if (reported?.kind !== 'content' || isBackInTime(mtime ?? '', reported)) event['anew'] = true
  if (finding.isPaced) event['is_paced'] = true
  return { event, reported: { kind: 'content', id, mtime, hash } }
}

/**
 * File, modification time and content make the id, so that everyone who reads a file agrees on it. What follows a notice,
 * or goes back in time (a restored copy), may have been reported before: its id also takes in that of what it follows. So it
 * is new to the log, and the same again for everyone who saw the same.
 */
function idOf(file: string, finding: Finding, reported: Reported | undefined): string {
  const mtime = finding.mtime ?? ''
  const parts = [file, mtime, ...(finding.kind === 'content' ? [finding.hash] : [finding.problem, finding.detail, finding.witness ?? ''])]
  if (reported && (finding.kind === 'problem' || isAfterNotice(finding, reported) || isBackInTime(mtime, reported))) parts.push(reported.id)
  return `file:${new Bun.CryptoHasher('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)}`
}

/** Content that lost records has a notice of its own, which it brings along: it does not follow that one. */
function isAfterNotice(finding: Finding, reported: Reported): boolean {
  const bringsIt =
    finding.kind === 'content' && finding.droppedRecords > 0 && reported.kind === 'problem' && reported.problem === 'too_large'
  return reported.kind === 'problem' && !bringsIt
}

function isBackInTime(mtime: string, reported: Reported): boolean {
  return reported.kind === 'content' && reported.mtime !== undefined && mtime <= reported.mtime
}
