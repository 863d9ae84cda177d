import { openApproval } from '../project/approval.ts'
import { moveFileCycle } from './cycle-file.ts'
import { bounded, type Worth } from '../bounded.ts'
import { type Draft, copyOnWrite } from '../project/draft.ts'
import { fileClock, type StateFileContent, fileTime, isWrittenBefore, timeInFile, type FileTimes } from './file-time.ts'
import { enumWord, idOf, isRecord, numberOf, recordsOf, statusWord, textOf, textsOf } from '../events/loose-fields.ts'
import type { Task } from '../project/reports.ts'
import { isWorkflowState } from '../project/workflow-machine.ts'
import { enterWorkflowState } from '../project/workflow.ts'
import { cycleWorth } from '../project/forget.ts'

const TASKS = { limit: 200, most: 1_000 }
const CYCLES = { limit: 2_000, most: 10_000 }

/** status.json in its three shapes: the workflow state, the tasks, and the open questions. */
export function foldStatusFile(draft: Draft, report: StateFileContent) {
  const { next } = draft
  const digest = digestOf(report.content)
  const isChanged = digest !== next.statusDigest
  next.statusDigest = digest
  if (!isChanged) return
  next.orchestrationMode = statusWord(report.content['orchestration_mode']) ?? next.orchestrationMode
  const tasks = recordsOf(report.content['active_tasks']).flatMap((task) => readTask(task) ?? [])
  next.tasks = bounded(tasks, { ...TASKS, worthOf: taskWorth(report.content) }).kept
  moveWorkflow(draft, report)
  listApprovals(draft, report)
  listCycles(draft, report)
}

function moveWorkflow(draft: Draft, { content, event }: StateFileContent) {
  const { next } = draft
  const { workflow } = next
  const said = content['last_updated']
  const clock = fileClock(said, writingOf(event))
  if (next.statusClock && isWrittenBefore(clock, next.statusClock)) return
  next.statusClock = clock
  const state = workflowWordOf(content['workflow_state'] ?? content['current_state'])
  const writtenAt = fileTime(said, writingOf(event))
  if (state === undefined || (workflow.changedAt !== undefined && writtenAt <= workflow.changedAt)) return
  if (state === workflow.state && workflow.enteredAt !== undefined) return
  const from = workflow.enteredAt === undefined ? undefined : workflow.state
  const { offset, received_at: at } = event
  const told = { command: undefined, by: undefined, timestamp: textOf(said, 64) ?? event.mtime ?? undefined }
  enterWorkflowState(draft, { offset, at, from, to: state, source: 'file', ...told })
}

const writingOf = ({ mtime, received_at: arrival }: StateFileContent['event']): FileTimes => ({ mtime, arrival })

function workflowWordOf(value: unknown): string | undefined {
  const word = enumWord(value)
  const upper = word?.toUpperCase()
  return upper !== undefined && isWorkflowState(upper) ? upper : word
}

function readTask(task: Record<string, unknown>): Task | undefined {
  const id = textOf(task['id'], 200)
  if (id === undefined) return undefined
  return {
    id,
    agentType: textOf(task['agent_type'], 100) ?? '',
    command: textOf(task['command']) ?? '',
    status: statusWord(task['status']) ?? '',
    retryCount: numberOf(task['retry_count']),
    maxRetries: numberOf(task['max_retries']),
  }
}

function listApprovals(draft: Draft, { content, event }: StateFileContent) {
  const { next } = draft
  const listed = new Set(textsOf(content['pending_approvals'], Infinity).kept)
  rememberListed(draft, listed)
  for (const approval of next.approvals.values()) {
    if (approval.source === 'file' && !listed.has(approval.approvalId)) copyOnWrite(draft, 'approvals').delete(approval.approvalId)
  }
  let unlisted = 0
  for (const approvalId of listed) {
    if (next.approvals.has(approvalId) || next.decisions.has(approvalId)) continue
    const task = next.tasks.find(({ id }) => id === approvalId)
    const about = { title: task?.command || approvalId, kind: 'task', agentType: task?.agentType || undefined }
    const nothing = { description: undefined, priority: undefined, storyId: undefined, agentId: undefined, expiresAt: undefined }
    const when = { requestedAt: event.received_at, said: undefined, offset: event.offset }
    if (!openApproval(draft, { approvalId, ...about, ...nothing, ...when, source: 'file' })) unlisted += 1
  }
  if (unlisted !== next.unlistedApprovals.listed) next.unlistedApprovals = { ...next.unlistedApprovals, listed: unlisted }
}

/** Keeps a decision while the file lists its question: it would open again. */
function rememberListed(draft: Draft, listed: ReadonlySet<string>) {
  for (const [approvalId, decision] of draft.next.decisions) {
    const isListed = listed.has(approvalId)
    if (decision.isListed !== isListed) copyOnWrite(draft, 'decisions').set(approvalId, { ...decision, isListed })
  }
}

function taskWorth(content: Record<string, unknown>): (task: Task) => Worth {
  const asked = new Set(textsOf(content['pending_approvals'], Infinity).kept)
  return ({ id, status }) => {
    if (asked.has(id) || status === 'failed' || status === 'blocked') return 'waits'
    return /^(?:done|completed|cancelled)$/.test(status) ? 'over' : 'on'
  }
}

function cyclesIn(content: Record<string, unknown>): Record<string, unknown> {
  const cycles = content['tdd_cycles']
  return isRecord(cycles) ? cycles : {}
}

/** Each file repeats all cycles: only a changed word is news. */
function listCycles(draft: Draft, report: StateFileContent) {
  const { next } = draft
  const said = next.statusCycles
  const words: [string, string][] = []
  for (const [storyId, told] of Object.entries(cyclesIn(report.content))) {
    const cycle = isRecord(told) ? told : { current_state: told }
    const state = statusWord(cycle['current_state'] ?? cycle['state'])
    if (state === undefined || idOf(storyId) === undefined) continue
    const cycleId = idOf(cycle['cycle_id'])
    const word = cycleId === undefined ? state : `${state} ${cycleId}`
    words.push([storyId, word])
    if (said.get(storyId) === word) continue
    const at = timeInFile(cycle['last_updated'], report.content['last_updated'], writingOf(report.event))
    moveFileCycle(draft, { storyId, cycleId, state, at, isComplete: false }, report.event)
  }
  // A word that is not remembered would be one about now in the next file: that of a story that goes on stays before one that is over.
  const worthOf = cycleWorth(next)
  const worth = (storyId: string): Worth => {
    const cycle = next.cycles.get(storyId)
    return cycle ? worthOf(cycle) : 'over'
  }
  next.statusCycles = new Map(bounded(words, { ...CYCLES, worthOf: ([storyId]) => worth(storyId) }).kept)
}

function digestOf(content: Record<string, unknown>): string {
  return new Bun.CryptoHasher('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)
}
