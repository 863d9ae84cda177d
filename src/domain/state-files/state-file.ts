import { foldBacklogFile, foldSprintFile } from './backlog-file.ts'
import { foldCycleFile } from './cycle-file.ts'
import { type Draft, copyOnWrite } from '../project/draft.ts'
import type { StoredEventOf } from '../events/event.ts'
import { fileClock, type StateFileContent, isWrittenBefore } from './file-time.ts'
import { idOf, isRecord, recordsOf, textOf } from '../events/loose-fields.ts'
import { foldStatusFile } from './status-file.ts'

/** A file below .orch-state/. An unreadable one leaves a notice, and its last content stays in force. */
export function foldStateFile(draft: Draft, event: StoredEventOf<'state_file'>) {
  const { content, problem, file } = event
  if (problem) return notice(draft, event, { problem, detail: textOf(event.detail, 500) })
  if (!isRecord(content)) return notice(draft, event, { problem: 'damaged', detail: 'it holds no JSON object' })
  if (isLate(draft, event)) return undefined
  const unnamed = readFile(draft, { content, event })
  if (event.dropped_records) {
    return notice(draft, event, { problem: 'too_large', detail: leftOut(event) })
  }
  if (unnamed > 0) {
    const records = unnamed === 1 ? '1 record has' : `${unnamed} records have`
    return notice(draft, event, { problem: 'unnamed', detail: `${records} no id that could be told from others` })
  }
  if (event['is_paced'] === true) {
    return notice(draft, event, { problem: 'paced', detail: 'it is written more often than it is stored' })
  }
  if (draft.next.notices.has(file)) copyOnWrite(draft, 'notices').delete(file)
}

function leftOut({ dropped_records: dropped, dropped_open: open }: StoredEventOf<'state_file'>): string {
  return `its ${dropped} oldest records are left out${open ? `, ${open} of them of work that is not over` : ''}`
}

function isLate(draft: Draft, { file, mtime, received_at: arrival, anew }: StoredEventOf<'state_file'>): boolean {
  const clock = fileClock(undefined, { mtime, arrival })
  if (clock.modified === undefined) return false
  const last = draft.next.fileClocks.get(file)
  if (last && !anew && isWrittenBefore(clock, last)) return true
  const clocks = copyOnWrite(draft, 'fileClocks')
  clocks.delete(file)
  clocks.set(file, clock)
  return false
}

function readFile(draft: Draft, report: StateFileContent): number {
  const { file } = report.event
  if (file === 'status.json') foldStatusFile(draft, report)
  if (file === 'backlog.json') foldBacklogFile(draft, report)
  if (file.startsWith('sprints/') && file.endsWith('.json')) foldSprintFile(draft, report)
  const isCycle = file.startsWith('tdd_cycles/') && file.endsWith('.json') && !file.endsWith('_state.json')
  if (isCycle) foldCycleFile(draft, report)
  return unnamedIn(report.content) + (isCycle && isOddId(report.content['story_id']) ? 1 : 0)
}

const LISTS = ['epics', 'stories', 'sprints'] as const

function unnamedIn(content: Record<string, unknown>): number {
  const records = LISTS.flatMap((list) => recordsOf(content[list]))
  const cycles = isRecord(content['tdd_cycles']) ? Object.keys(content['tdd_cycles']) : []
  return [content, ...records].filter(({ id }) => isOddId(id)).length + cycles.filter(isOddId).length
}

const isOddId = (id: unknown) => typeof id === 'string' && id !== '' && idOf(id) === undefined

function notice(
  draft: Draft,
  { file, received_at, offset }: StoredEventOf<'state_file'>,
  said: { problem: string; detail: string | undefined },
) {
  const known = draft.next.notices.get(file)
  const since = known?.problem === said.problem ? known.since : received_at
  const notices = copyOnWrite(draft, 'notices')
  notices.set(file, { file, ...said, since, offset })
}
