import { foldBacklogFile, foldSprintFile } from './backlog-file.ts'
import { foldCycleFile } from './cycle-file.ts'
import { type Draft, keepNewest, writableFileClocks, writableNotices } from './draft.ts'
import type { StoredEventOf } from './event.ts'
import { fileClock, isWrittenBefore } from './file-time.ts'
import { isRecord, textOf } from './loose-fields.ts'
import { foldStatusFile } from './status-file.ts'

const NOTICES_KEPT = 100
const CLOCKS_KEPT = 1_000

/** A state file with what its readers need of the event. */
export type FileReport = { content: Record<string, unknown>; event: StoredEventOf<'state_file'> }

/**
 * What a file below .orch-state/ says. One that cannot be read leaves a notice, and what it said last stays; once it can
 * be read the notice goes.
 */
export function foldStateFile(draft: Draft, event: StoredEventOf<'state_file'>) {
  const { content, problem, file } = event
  if (problem) return notice(draft, event, { problem, detail: textOf(event.detail, 500) })
  if (!isRecord(content)) return notice(draft, event, { problem: 'damaged', detail: 'it holds no JSON object' })
  if (isLate(draft, event)) return undefined
  readFile(draft, { content, event })
  if (event.dropped_records) {
    return notice(draft, event, { problem: 'too_large', detail: `its ${event.dropped_records} oldest records are left out` })
  }
  if (event['is_paced'] === true) {
    return notice(draft, event, { problem: 'paced', detail: 'it is written more often than it is stored' })
  }
  if (draft.next.notices.has(file)) writableNotices(draft).delete(file)
}

/** What was written before that which the same file told last undoes nothing, unless somebody looked and found it so. */
function isLate(draft: Draft, { file, mtime, received_at: arrival, anew }: StoredEventOf<'state_file'>): boolean {
  const clock = fileClock(undefined, { mtime, arrival })
  if (clock.modified === undefined) return false
  const last = draft.next.fileClocks.get(file)
  if (last && !anew && isWrittenBefore(clock, last)) return true
  const clocks = writableFileClocks(draft)
  clocks.delete(file)
  clocks.set(file, clock)
  keepNewest(clocks, CLOCKS_KEPT)
  return false
}

function readFile(draft: Draft, report: FileReport) {
  const { file } = report.event
  if (file === 'status.json') return foldStatusFile(draft, report)
  if (file === 'backlog.json') return foldBacklogFile(draft, report)
  if (!file.endsWith('.json')) return
  if (file.startsWith('sprints/')) return foldSprintFile(draft, report)
  if (file.startsWith('tdd_cycles/') && !file.endsWith('_state.json')) foldCycleFile(draft, report)
}

function notice(
  draft: Draft,
  { file, received_at, offset }: StoredEventOf<'state_file'>,
  said: { problem: string; detail: string | undefined },
) {
  const known = draft.next.notices.get(file)
  const since = known?.problem === said.problem ? known.since : received_at
  const notices = writableNotices(draft)
  notices.set(file, { file, ...said, since, offset })
  keepNewest(notices, NOTICES_KEPT)
}
