import type { NewEvent } from '../../domain/events/event.ts'
import type { StateFileProblem } from './state-file-reader.ts'

export type OpenNotice = { file: string; problem: string; detail: string | undefined; offset: number }

export type ReportedFile =
  | { kind: 'content'; id: string; mtime: string | undefined; hash: string }
  | { kind: 'problem'; id: string; problem: string; detail: string | undefined }

export type Finding =
  | {
      kind: 'content'
      mtime: string | undefined
      hash: string
      bytes: number
      content: Record<string, unknown>
      droppedRecords: number
      isPaced?: boolean
    }
  | { kind: 'problem'; problem: StateFileProblem; detail: string; mtime: string | undefined; witness?: string }

// An unmounted folder always looks the same; after this it counts as a new disappearance.
const WITNESSED_FOR_MS = 600_000

/** The finding that a file or folder vanished; `witness` identifies the disappearance. */
export function vanished(witness: string): Finding {
  const period = Math.floor(Date.now() / WITNESSED_FOR_MS)
  return { kind: 'problem', problem: 'vanished', detail: 'it is gone', mtime: undefined, witness: `${witness} ${period}` }
}

/** The report that an open notice stands for. */
export function reportedByNotice({ problem, detail, offset }: OpenNotice): ReportedFile {
  return { kind: 'problem', id: `notice:${offset}`, problem, detail }
}

/** Whether a finding was reported already. */
export function isSame(reported: ReportedFile | undefined, finding: Finding): boolean {
  if (finding.kind === 'problem')
    return reported?.kind === 'problem' && reported.problem === finding.problem && reported.detail === finding.detail
  return reported?.kind === 'content' && reported.mtime === finding.mtime && reported.hash === finding.hash
}

/** The event of a finding, and what is reported then. */
export function report(file: string, finding: Finding, reported: ReportedFile | undefined): { event: NewEvent; reported: ReportedFile } {
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

/** File, time and content, so that readers agree; plus the previous id where the same content may be reported again. */
function idOf(file: string, finding: Finding, reported: ReportedFile | undefined): string {
  const mtime = finding.mtime ?? ''
  const parts = [file, mtime, ...(finding.kind === 'content' ? [finding.hash] : [finding.problem, finding.detail, finding.witness ?? ''])]
  if (reported && (finding.kind === 'problem' || isAfterNotice(finding, reported) || isBackInTime(mtime, reported))) parts.push(reported.id)
  return `file:${new Bun.CryptoHasher('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)}`
}

function isAfterNotice(finding: Finding, reported: ReportedFile): boolean {
  const bringsIt =
    finding.kind === 'content' && finding.droppedRecords > 0 && reported.kind === 'problem' && reported.problem === 'too_large'
  return reported.kind === 'problem' && !bringsIt
}

function isBackInTime(mtime: string, reported: ReportedFile): boolean {
  return reported.kind === 'content' && reported.mtime !== undefined && mtime <= reported.mtime
}
