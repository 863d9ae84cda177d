import { begun, keepCycle, moveCycle } from '../project/cycle.ts'
import { bounded } from '../bounded.ts'
import { type Draft, copyOnWrite } from '../project/draft.ts'
import type { StoredEventOf } from '../events/event.ts'
import { type StateFileContent, fileTime } from './file-time.ts'
import { idOf, numberOf, recordsOf, statusWord, textOf } from '../events/loose-fields.ts'
import type { Cycle, CycleFile } from '../project/project-state.ts'
import { isOpenCycle } from '../project/tdd-machine.ts'

const TASKS_KEPT = 50

type FiledCycle = { storyId: string; cycleId: string | undefined; state: string; at: number; isComplete: boolean }

/** tdd_cycles/<id>.json: test figures, and the cycle itself where no event reported it. */
export function foldCycleFile(draft: Draft, { content, event }: StateFileContent) {
  const cycleId = idOf(content['id'])
  const storyId = idOf(content['story_id'])
  const state = statusWord(content['current_state'])
  if (cycleId === undefined || storyId === undefined || state === undefined) return
  const isComplete = textOf(content['completed_at']) !== undefined
  const files = copyOnWrite(draft, 'cycleFiles')
  files.delete(cycleId)
  files.set(cycleId, { cycleId, storyId, state, isComplete, ...figures(content) })
  const at = fileTime(undefined, { mtime: event.mtime, arrival: event.received_at })
  moveFileCycle(draft, { storyId, cycleId, state, at, isComplete }, event)
}

function figures(content: Record<string, unknown>): Omit<CycleFile, 'cycleId' | 'storyId' | 'state' | 'isComplete'> {
  const tasks = recordsOf(content['tasks'])
  const tests = tasks.flatMap((task) => recordsOf(task['test_file_objects']))
  const isOver = (task: Record<string, unknown>) =>
    textOf(task['completed_at']) !== undefined || statusWord(task['current_state']) === 'commit'
  const { kept, total: taskCount } = bounded(tasks, { limit: TASKS_KEPT, worthOf: (task) => (isOver(task) ? 'over' : 'on') })
  return {
    taskCount,
    tasks: kept.map((task) => ({
      id: idOf(task['id']) ?? '',
      description: textOf(task['description']) ?? '',
      state: statusWord(task['current_state']) ?? '',
    })),
    passingTests: sum(tests, 'passing_tests'),
    failingTests: sum(tests, 'failing_tests'),
    testRuns: numberOf(content['total_test_runs']) ?? 0,
    refactors: numberOf(content['total_refactors']) ?? 0,
    commits: numberOf(content['total_commits']) ?? 0,
    ciStatus: statusWord(content['ci_status']),
    coverage: numberOf(content['overall_test_coverage']),
  }
}

function sum(records: Record<string, unknown>[], field: string): number {
  return records.reduce((all, record) => all + (numberOf(record[field]) ?? 0), 0)
}

/** Moves a cycle that only files know. A reported one is moved by events, until a file shows the next cycle: files may be old. */
export function moveFileCycle(draft: Draft, filed: FiledCycle, event: StoredEventOf<'state_file'>) {
  const known = draft.next.cycles.get(filed.storyId)
  if (known && !isForFiles(known, filed, event)) return
  // An old file keeps its own time.
  const { storyId, cycleId, state, at, isComplete } = filed
  const told = { storyId, cycleId, at, offset: event.offset, source: 'file' as const, title: undefined, said: undefined }
  if (known?.state === state && (cycleId ?? known.cycleId) === known.cycleId) return complete(draft, storyId, isComplete)
  if (known) moveCycle(draft, { ...told, from: undefined, to: state, timestamp: event.mtime ?? undefined })
  else keepCycle(draft, { ...begun(draft.next, told, undefined), state, visited: [state] })
  complete(draft, storyId, isComplete)
}

/** A file that is older than another file's word, or than the reported cycle, may not. */
function isForFiles(known: Cycle, filed: FiledCycle, { anew }: StoredEventOf<'state_file'>) {
  if (known.source === 'file') return anew === true || filed.at >= known.enteredAt
  if (filed.at < known.startedAt) return false
  return !isOpenCycle(known) && !filed.isComplete && filed.state !== 'commit' && isOtherId(known.cycleId, filed.cycleId)
}

const isOtherId = (one: string | undefined, other: string | undefined) => one !== undefined && other !== undefined && one !== other

function complete(draft: Draft, storyId: string, isComplete: boolean) {
  const cycle = draft.next.cycles.get(storyId)
  if (cycle && isComplete && cycle.completedAt === undefined) keepCycle(draft, { ...cycle, completedAt: cycle.lastEventAt })
}
