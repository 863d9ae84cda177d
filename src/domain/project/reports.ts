import type { CI_STATUSES, StoredEventOf } from '../events/event.ts'
import type { Stamp } from '../events/stated-time.ts'

type CiStatus = (typeof CI_STATUSES)[number]

export type Usage = { inputTokens: number; outputTokens: number; cacheReadTokens: number; costUsd: number }

export type CiRun = {
  status: CiStatus
  url: string | undefined
  storyId: string | undefined
  at: number
  offset: number
  failuresInRow: number
  detail: string | undefined
}

export type Command = {
  commandId: string
  command: string
  status: string
  by: string | undefined
  at: number
  offset: number
  begunAt: number
  begunOffset: number
  result: string | undefined
}

export type Decision = {
  /** `expired`: nobody decided in time. `ended`: its agent ended. */
  decision: 'allow' | 'deny' | 'withdrawn' | 'expired' | 'ended'
  by: string | undefined
  at: number
  offset: number
  said: Stamp | undefined
  /** When it was asked, and the asker's own clock; undefined where the question was never reported. */
  asked: { at: number; said: Stamp | undefined } | undefined
  /** A state file still lists it as open, so the decision is kept. */
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

export type CycleFile = {
  cycleId: string
  storyId: string
  state: string
  tasks: { id: string; description: string; state: string }[]
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

/** Reports of one source that are missing for one reason, until somebody acknowledged them. */
export type Loss = {
  source: string
  reason: string
  detail: string | undefined
  count: number
  isMore: boolean
  since: number
  lastAt: number
  offset: number
}

export type SourceWord = {
  source: string
  storyId: string | undefined
  cycleId: string | undefined
  state: string
  since: number
  offset: number
  /** Asked again after the project had moved on, it said the same. */
  isRepeated: boolean
}

export type SourceMemory = {
  words: Map<string, SourceWord>
  losses: Map<string, Loss>
}

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, costUsd: 0 }

/** Adds a report's usage. */
export function addUsage(usage: Usage, event: StoredEventOf<'usage'>): Usage {
  return {
    inputTokens: usage.inputTokens + (event.input_tokens ?? 0),
    outputTokens: usage.outputTokens + (event.output_tokens ?? 0),
    cacheReadTokens: usage.cacheReadTokens + (event.cache_read_tokens ?? 0),
    costUsd: usage.costUsd + (event.cost_usd ?? 0),
  }
}
