import type { AGENT_STATUSES } from '../events/event.ts'
import type { FileMemory } from '../state-files/file-time.ts'
import type { BoundedKind } from '../bounded.ts'
import type { FlowState } from './durations.ts'
import type { Backlog, Sprint } from './plans.ts'
import type { CiRun, Command, CycleFile, Decision, FileNotice, OpenError, Parallel, SourceMemory, Task, Usage } from './reports.ts'
import type { Stamp } from '../events/stated-time.ts'
import type { Moves } from './workflow-moves.ts'

export type { CycleFile } from './reports.ts'

/* Instants are ms since 1970 by the log's clock. Entries are replaced, never mutated, so states compare by reference. */

export type AgentStatus = (typeof AGENT_STATUSES)[number]

/** Reported as it happened, inferred from a snapshot, or read from a state file. */
export type Source = 'reported' | 'inferred' | 'file'

export type Transition = {
  offset: number
  at: number
  timestamp: string | undefined
  machine: 'workflow' | 'tdd'
  storyId: string | undefined
  from: string | undefined
  to: string
  source: Source
  isUnexpected: boolean
  command: string | undefined
  by: string | undefined
}

export type Workflow = Moves & {
  state: string
  enteredAt: number | undefined
  offset: number
  /** The last report that was no file: a status file must be later to move the workflow. */
  changedAt: number | undefined
  command: string | undefined
  by: string | undefined
  hasTransition: boolean
  /** Edges taken by `FROM>TO`, at most 64. */
  edges: Map<string, { count: number; isUnexpected: boolean }>
  stays: Map<string, { count: number; ms: number }>
}

export type Stay = { state: string; ms: number }

export type Cycle = {
  storyId: string
  cycleId: string | undefined
  state: string
  previousState: string | undefined
  startedAt: number
  enteredAt: number
  offset: number
  lastEventAt: number
  visited: string[]
  stays: readonly Stay[]
  isUnexpected: boolean
  source: Source
  progress: number | undefined
  completedAt: number | undefined
  round: number
  title: string | undefined
  said?: Stamp | undefined
}

export type Agent = {
  agentId: string
  agentType: string
  parentId: string | undefined
  storyId: string | undefined
  status: AgentStatus
  /** The status to return to when a question ends unanswered. */
  statusBefore: AgentStatus
  /** Set while questions are open; until the last expiry, if any. */
  asking: { until: number | undefined } | undefined
  /** The reporter's time of its end: older reports that arrive later are ignored. */
  endSaid: Stamp | undefined
  since: number
  startedAt: number
  offset: number
  lastEventAt: number
  action: string | undefined
  reason: string | undefined
  tool: { name: string; detail: string | undefined; since: number } | undefined
  usage: Usage
}

export type Approval = {
  approvalId: string
  title: string
  kind: string | undefined
  description: string | undefined
  priority: string | undefined
  storyId: string | undefined
  agentType: string | undefined
  agentId: string | undefined
  requestedAt: number
  said: Stamp | undefined
  expiresAt: number | undefined
  /** Its description is only in the log, at `offset`: very many questions were open. */
  isShortened?: true
  offset: number
  source: Source
}

export type Forgotten = Partial<Record<BoundedKind, number>>

export type ProjectState = FlowState &
  FileMemory &
  SourceMemory & {
    offset: number
    lastEventAt: number | undefined
    firstEventAt: number | undefined
    workflow: Workflow
    transitions: Transition[]
    /** By story. This and the maps below are bounded by `BOUNDS`. */
    cycles: Map<string, Cycle>
    agents: Map<string, Agent>
    /** Undecided ones, in the order asked. Expired ones do not count: see `openApprovals`. */
    approvals: Map<string, Approval>
    /** Questions beyond the bound, which only the log has. */
    unlistedApprovals: { reported: number; listed: number }
    /** The last 100, and those that a state file still lists. */
    decisions: Map<string, Decision>
    errors: Map<string, OpenError>
    ci: CiRun | undefined
    parallel: Parallel | undefined
    backlog: Backlog | undefined
    sprints: Map<string, Sprint>
    cycleFiles: Map<string, CycleFile>
    tasks: Task[]
    orchestrationMode: string | undefined
    notices: Map<string, FileNotice>
    commands: Map<string, Command>
    usage: Usage
    forgotten: Forgotten
    /** The last 60 minutes with any events: [minute since 1970, count]. */
    minutes: [number, number][]
  }
