import type { AGENT_STATUSES } from '../events/event.ts'
import type { FileMemory } from '../state-files/file-time.ts'
import type { BoundedKind } from '../bounded.ts'
import type { FlowState } from './durations.ts'
import type { Backlog, Sprint } from './plans.ts'
import type { CiRun, Command, CycleFile, Decision, FileNotice, OpenError, Parallel, SourceMemory, Task, Usage } from './reports.ts'
import type { StatedTime } from '../events/stated-time.ts'
import type { Moves } from './workflow-moves.ts'

export type { CycleFile } from './reports.ts'

/*
 * What a project's log says, folded. Plain data: instants are ms since 1970 by the log's clock (`received_at`), text is
 * as reported, nothing depends on now. Entries are replaced, never changed in place, so that two states can be compared
 * by reference, entry by entry.
 */

export type AgentStatus = (typeof AGENT_STATUSES)[number]

/** How we know: somebody saw it happen, somebody told the state, or a file on disk says so. */
export type Source = 'reported' | 'inferred' | 'file'

export type Transition = {
  offset: number
  at: number
  /** The reporter's own clock, as text. */
  timestamp: string | undefined
  machine: 'workflow' | 'tdd'
  storyId: string | undefined
  from: string | undefined
  to: string
  source: Source
  /** The machine's table has no such edge. */
  isUnexpected: boolean
  /** The command that led here and who gave it, where told. */
  command: string | undefined
  by: string | undefined
}

export type Workflow = Moves & {
  /** A wire word; unknown ones stay as they are. */
  state: string
  /** Undefined until something was told. */
  enteredAt: number | undefined
  offset: number
  /** When somebody other than a file told the state last: a status file has to be later to move it. */
  changedAt: number | undefined
  command: string | undefined
  by: string | undefined
  /** True once a transition (not a whole-state report) named this project. */
  hasTransition: boolean
  /** Edges taken, `FROM>TO` → times and whether the table lacks it; in order of first use, at most 64. */
  edges: Map<string, { count: number; isUnexpected: boolean }>
  /** Per state: how often it was entered and how long it was held, without the current stay. */
  stays: Map<string, { count: number; ms: number }>
}

/** Time in a phase, all visits together. */
export type Stay = { state: string; ms: number }

export type Cycle = {
  storyId: string
  cycleId: string | undefined
  state: string
  previousState: string | undefined
  startedAt: number
  enteredAt: number
  /** Offset of the event that moved it last. */
  offset: number
  /** Instant of the last event that named it. */
  lastEventAt: number
  /** Phases seen in this cycle, each once, in order of first visit. */
  visited: string[]
  /** How long it was in each phase that it left, in ms, in order of first leaving; at most as many as are visited. */
  stays: readonly Stay[]
  /** The last step is not in the table. */
  isUnexpected: boolean
  source: Source
  /** 0 to 1, where reported. */
  progress: number | undefined
  completedAt: number | undefined
  /** How many cycles this story has begun. */
  round: number
  title: string | undefined
  said?: CycleSaid | undefined
}

/** What a reporter's own clock said of what was told last; `by` is the orchestrator's name, undefined for other reporters. */
export type CycleSaid = { text: string; by: string | undefined }

export type Agent = {
  agentId: string
  agentType: string
  parentId: string | undefined
  storyId: string | undefined
  status: AgentStatus
  /** What it was before it came to need input: that it is again once nobody can answer it any more. */
  statusBefore: AgentStatus
  /** It has questions that are open; the last of them expires then, if it does. */
  asking: { until: number | undefined } | undefined
  /** What its reporter's clock said when it ended: what was reported before that says nothing about it any more. */
  endSaid: StatedTime | undefined
  /** Since when it has this status. */
  since: number
  startedAt: number
  /** Offset and instant of the last event that named it. */
  offset: number
  lastEventAt: number
  /** What it does or asks, in the reporter's words. */
  action: string | undefined
  reason: string | undefined
  /** The tool call that has begun and not ended. */
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
  /** What the asker's clock said then. */
  said: StatedTime | undefined
  expiresAt: number | undefined
  /** Its description is left out: it came when very many were open. The log has it, at `offset`. */
  isShortened?: true
  offset: number
  source: Source
}

export type Forgotten = Partial<Record<BoundedKind, number>>

export type ProjectState = FlowState &
  FileMemory &
  SourceMemory & {
    /** The last event that was applied; 0 before the first. */
    offset: number
    /** Instant of the last event, and of the first. */
    lastEventAt: number | undefined
    firstEventAt: number | undefined
    workflow: Workflow
    /** The last 50 of both machines, oldest first. */
    transitions: Transition[]
    /** By story. Bounded like every map below: what is over goes first, what waits or failed stays, see `BOUNDS`. */
    cycles: Map<string, Cycle>
    /** By agent id. */
    agents: Map<string, Agent>
    /** Those that nobody decided, in the order asked. What has expired among them is open no more: see `openApprovals`. */
    approvals: Map<string, Approval>
    /** Questions that came when as many as can be listed were open: they are only in the log. */
    unlistedApprovals: { reported: number; listed: number }
    /** The last 100 questions that were decided, by approval id, and those that a file still lists. */
    decisions: Map<string, Decision>
    /** Those that hold, oldest first. */
    errors: Map<string, OpenError>
    ci: CiRun | undefined
    parallel: Parallel | undefined
    backlog: Backlog | undefined
    /** From sprints/*.json, by id; they win over the backlog's own list. */
    sprints: Map<string, Sprint>
    cycleFiles: Map<string, CycleFile>
    /** Tasks of status.json. */
    tasks: Task[]
    orchestrationMode: string | undefined
    /** State files that cannot be read now; what they last said stays. */
    notices: Map<string, FileNotice>
    /** The last commands that an orchestrator reported, by id. */
    commands: Map<string, Command>
    usage: Usage
    /** How many of each kind were forgotten to stay within its bound, in all. */
    forgotten: Forgotten
    /** Events per minute for the last 60 minutes that had any, oldest first: [minute since 1970, count]. */
    minutes: [number, number][]
  }
