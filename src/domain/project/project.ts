import { agentUses, foldAgentActivity, foldAgentStatus } from './agent.ts'
import { endQuestionsOfEnded, foldApprovalRequested, foldApprovalResolved } from './approval.ts'
import { foldCycleCompleted, foldCycleProgress, foldCycleStarted, foldTddTransition } from './cycle.ts'
import { type Draft, copyOnWrite, openDraft } from './draft.ts'
import type { StoredEvent } from '../events/event.ts'
import { addStoryCost } from './flow.ts'
import { forgetBeyond } from './forget.ts'
import type { ProjectState } from './project-state.ts'
import { foldLosses, foldWord } from './source-memory.ts'
import { foldStateFile } from '../state-files/state-file.ts'
import { foldCommandExecution } from './conversation.ts'
import { foldCiStatus, foldErrorState } from './outcomes.ts'
import { emptyWorkflow, foldWorkflowTransition } from './workflow.ts'
import { addUsage, NO_USAGE } from './reports.ts'
import { keepNewest } from '../bounded.ts'

/** Increase it when the same events would fold to another state: other versions' snapshots are ignored. */
export const FOLD_VERSION = 14

const MINUTES_KEPT = 60
/** Cleaning scans the whole state, so it runs at offsets divisible by this: rarely, and the same in every replay. */
const FORGET_EVERY = 500
const MINUTE_MS = 60_000

/** The state before any event. */
export function emptyProject(): ProjectState {
  return {
    offset: 0,
    lastEventAt: undefined,
    firstEventAt: undefined,
    workflow: emptyWorkflow(),
    transitions: [],
    cycles: new Map(),
    agents: new Map(),
    approvals: new Map(),
    unlistedApprovals: { reported: 0, listed: 0 },
    decisions: new Map(),
    errors: new Map(),
    ci: undefined,
    parallel: undefined,
    backlog: undefined,
    sprints: new Map(),
    cycleFiles: new Map(),
    tasks: [],
    orchestrationMode: undefined,
    statusDigest: undefined,
    statusClock: undefined,
    statusCycles: new Map(),
    fileClocks: new Map(),
    notices: new Map(),
    words: new Map(),
    losses: new Map(),
    commands: new Map(),
    flowSince: undefined,
    flowDays: [],
    measured: [],
    storyCosts: new Map(),
    usage: NO_USAGE,
    minutes: [],
    forgotten: {},
  }
}

/** The state after these events; known ones are ignored, untouched parts are shared. Ends early where `isEnough` says so. */
export function foldEvents(state: ProjectState, events: readonly StoredEvent[], isEnough?: () => boolean): ProjectState {
  return foldEach(state, events, () => isEnough?.() ?? false)
}

/** The same, calling `seen` after each event until it returns true. The state it gets changes with the next event; its entries do not. */
export function foldEach(state: ProjectState, events: readonly StoredEvent[], seen: (now: ProjectState, event: StoredEvent) => boolean) {
  const draft = openDraft(state)
  for (const event of events) {
    if (event.offset <= draft.next.offset) continue
    foldEvent(draft, event)
    if (seen(draft.next, event)) break
  }
  return draft.next.offset === state.offset ? state : draft.next
}

function foldEvent(draft: Draft, event: StoredEvent) {
  const { next } = draft
  next.offset = event.offset
  next.firstEventAt ??= event.received_at
  next.flowSince ??= event.received_at
  next.lastEventAt = event.received_at
  countMinute(draft, event.received_at)
  foldKnown(draft, event)
  foldWord(draft, event)
  foldLosses(draft, event)
  if (event.offset % FORGET_EVERY !== 0) return
  forgetBeyond(draft, event.received_at)
}

function foldKnown(draft: Draft, event: StoredEvent) {
  const { next } = draft
  switch (event.type) {
    case 'workflow_transition':
      return foldWorkflowTransition(draft, event)
    case 'tdd_transition':
      return foldTddTransition(draft, event)
    case 'tdd_cycle_started':
      return foldCycleStarted(draft, event)
    case 'tdd_progress_update':
      return foldCycleProgress(draft, event)
    case 'tdd_cycle_completed':
      return foldCycleCompleted(draft, event)
    case 'agent_activity':
      return foldAgentActivity(draft, event)
    case 'agent_status':
      foldAgentStatus(draft, event)
      return endQuestionsOfEnded(draft, event)
    case 'approval_requested':
      return foldApprovalRequested(draft, event)
    case 'approval_resolved':
      return foldApprovalResolved(draft, event)
    case 'error_state':
      return foldErrorState(draft, event)
    case 'ci_status':
      return foldCiStatus(draft, event)
    case 'command_execution':
      return foldCommandExecution(draft, event)
    case 'state_file':
      return foldStateFile(draft, event)
    case 'parallel_status':
      next.parallel = { data: event.status_data, at: event.received_at, offset: event.offset }
      return
    case 'usage':
      next.usage = addUsage(next.usage, event)
      addStoryCost(draft, event)
      return agentUses(draft, event)
    default:
    // Chat, presence, highlights and foreign events change no state.
  }
}

function countMinute(draft: Draft, at: number) {
  const minutes = copyOnWrite(draft, 'minutes')
  const minute = Math.floor(at / MINUTE_MS)
  const last = minutes.at(-1)
  if (last?.[0] === minute) minutes[minutes.length - 1] = [minute, last[1] + 1]
  else minutes.push([minute, 1])
  keepNewest(minutes, MINUTES_KEPT)
}
