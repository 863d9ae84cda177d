import type { CI_STATUSES, StoredEventOf } from '../events/event.ts'
import type { StatedTime } from '../events/stated-time.ts'

/* What is told of a project beside its workflow, its cycles and its agents. Part of its state, see project-state.ts. */

export type CiStatus = (typeof CI_STATUSES)[number]

export type Usage = { inputTokens: number; outputTokens: number; cacheReadTokens: number; costUsd: number }

export type CiRun = {
  status: CiStatus
  url: string | undefined
  storyId: string | undefined
  at: number
  offset: number
  failuresInRow: number
  /** What failed, where told. */
  detail: string | undefined
}

export type Command = {
  commandId: string
  command: string
  status: string
  by: string | undefined
  at: number
  offset: number
  result: string | undefined
}

/** What became of a question: a file that still lists it does not open it again. */
export type Decision = {
  /** `expired`: nobody decided it in time. `ended`: its agent is gone. */
  decision: 'allow' | 'deny' | 'withdrawn' | 'expired' | 'ended'
  by: string | undefined
  at: number
  offset: number
  /** What the decider's clock said. */
  said: StatedTime | undefined
  /** When it was asked, and what the asker's clock said then; undefined where nobody heard the question. */
  asked: { at: number; said: StatedTime | undefined } | undefined
  /** A file lists it as open: it is remembered as long as it does. */
  isListed: boolean
}

export type Task = {
  id: string
  agentType: string
  command: string
  status: string
  retryCount: number | undefined
  maxRetries: number | undefined
}

export type OpenError = { errorId: string; type: string | undefined; message: string; severity: string; at: number; offset: number }

export type FileNotice = { file: string; problem: string; detail: string | undefined; since: number; offset: number }

export type Parallel = { data: Record<string, unknown>; at: number; offset: number }

/** Test figures of a story's cycle as its file tells them. */
export type CycleFile = {
  cycleId: string
  storyId: string
  state: string
  tasks: { id: string; description: string; state: string }[]
  /** How many there are, those that are not listed with them. */
  taskCount: number
  passingTests: number
  failingTests: number
  testRuns: number
  refactors: number
  commits: number
  ciStatus: string | undefined
  coverage: number | undefined
  isComplete: boolean
}

/** Reports of one source that are missing for one reason, until somebody has looked at them. */
export type Loss = {
  source: string
  reason: string
  /** What was lost last, for people. */
  detail: string | undefined
  /** How many are known to be missing; there may be more where `isMore`. */
  count: number
  isMore: boolean
  since: number
  lastAt: number
  /** Of the event that told last. */
  offset: number
}

/** What one source said last of a story's cycle, or of the workflow. */
export type SourceWord = {
  source: string
  /** Undefined for the workflow. */
  storyId: string | undefined
  cycleId: string | undefined
  state: string
  /** Since when it says so. */
  since: number
  offset: number
  /** It was asked again after the project had moved on, and said the same. */
  isRepeated: boolean
}

/** What is remembered of the sources themselves; part of a project's state. */
export type SourceMemory = {
  /** What each source said last of each story and of the workflow, see `wordKey`. */
  words: Map<string, SourceWord>
  /** Reports that are missing, by source and reason, until somebody has looked. */
  losses: Map<string, Loss>
}

/** Nothing used yet. */
export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, costUsd: 0 }

/** What was used, with what a report adds. */
export function addUsage(usage: Usage, event: StoredEventOf<'usage'>): Usage {
  return {
    inputTokens: usage.inputTokens + (event.input_tokens ?? 0),
    outputTokens: usage.outputTokens + (event.output_tokens ?? 0),
    cacheReadTokens: usage.cacheReadTokens + (event.cache_read_tokens ?? 0),
    costUsd: usage.costUsd + (event.cost_usd ?? 0),
  }
}
