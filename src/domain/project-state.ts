import type { AGENT_STATUSES } from './event.ts'
import type { FileMemory } from './file-time.ts'
import type { FlowState } from './flow.ts'
import type { CiRun, Command, CycleFile, Decision, FileNotice, OpenError, Parallel, Task, Usage } from './reports.ts'
import type { SourceMemory } from './source-words.ts'
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
  /** The reporter's own time of what it told last. */
  said?: string | undefined
}

export type Agent = {
  agentId: string
  agentType: string
  parentId: string | undefined
  storyId: string | undefined
  status: AgentStatus
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
  expiresAt: number | undefined
  offset: number
  source: Source
}

export type Story = {
  id: string
  epicId: string | undefined
  title: string
  description: string | undefined
  acceptanceCriteria: string[]
  /** 1 (high) to 5. */
  priority: number | undefined
  status: string
  sprintId: string | undefined
  cycleId: string | undefined
  testStatus: string | undefined
  ciStatus: string | undefined
  /** Percent. */
  testCoverage: number | undefined
}

export type Sprint = {
  id: string
  goal: string
  startDate: string | undefined
  endDate: string | undefined
  storyIds: string[]
  status: string
}

export type Epic = { id: string; title: string; description: string | undefined; status: string | undefined }

export type Backlog = { epics: Epic[]; stories: Story[]; sprints: Sprint[] }

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
    /** By story; completed ones beyond 500 are forgotten, oldest first. */
    cycles: Map<string, Cycle>
    /** By agent id; ended ones beyond 200 are forgotten, oldest first. */
    agents: Map<string, Agent>
    /** Open ones, in the order asked; at most 200. */
    approvals: Map<string, Approval>
    /** The last 100 questions that were decided, by approval id. */
    decisions: Map<string, Decision>
    /** At most 100, oldest first. */
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
    /** The last 50 commands that an orchestrator reported, by id. */
    commands: Map<string, Command>
    usage: Usage
    /** Events per minute for the last 60 minutes that had any, oldest first: [minute since 1970, count]. */
    minutes: [number, number][]
  }
