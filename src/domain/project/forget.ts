import { isOpenCycle } from './cycle.ts'
import { type Bound, bounded, equally, type Worth } from '../bounded.ts'
import { closeExpired } from './approval.ts'
import { commandWorth } from './command-report.ts'
import {
  type Draft,
  writableAgents,
  writableCommands,
  writableCycleFiles,
  writableCycles,
  writableDecisions,
  writableErrors,
  writableFileClocks,
  writableLosses,
  writableWords,
  writableNotices,
  writableSprints,
} from './draft.ts'
import type { Agent, Cycle, Forgotten, ProjectState } from './project-state.ts'
import { sprintWorth } from './plan-worth.ts'
import { sprintOf } from './sprint.ts'
import { isSevere } from './trouble.ts'

/** What a state keeps of each kind: `over` of those that are over, `limit` in all, and beyond that what waits, up to `most`. */
export const BOUNDS = {
  agents: { over: 200, limit: 1_000, most: 10_000 },
  cycles: { over: 500, limit: 2_000, most: 10_000 },
  errors: { over: 0, limit: 100, most: 1_000 },
  decisions: { over: 100, limit: 100, most: 10_000 },
  commands: { over: 50, limit: 50, most: 100 },
  notices: { over: 0, limit: 100, most: 1_000 },
  sprints: { over: 100, limit: 200, most: 400 },
  cycleFiles: { over: 0, limit: 500, most: 500 },
  fileClocks: { over: 0, limit: 1_000, most: 1_000 },
  /** Two for each cycle that is kept. */
  words: { over: 0, limit: 4_000, most: 4_000 },
  losses: { over: 0, limit: 50, most: 500 },
} as const satisfies Record<string, { over: number; limit: number; most: number }>

export type BoundedKind = keyof typeof BOUNDS

/**
 * Forgets what is beyond the bounds, counts it, and closes what has expired. It looks at all, so it is called rarely: at the same
 * offsets in every batching.
 */
export function forgetBeyond(draft: Draft, now: number) {
  closeExpired(draft, now)
  const { next } = draft
  forget(draft, 'agents', { entries: next.agents, worthOf: agentWorth, ageOf: byOffset, writable: writableAgents })
  if (next.cycles.size > BOUNDS.cycles.over) {
    forget(draft, 'cycles', { entries: next.cycles, worthOf: cycleWorth(next), ageOf: byOffset, writable: writableCycles })
  }
  forget(draft, 'errors', { entries: next.errors, worthOf: (error) => (isSevere(error) ? 'waits' : 'mild'), writable: writableErrors })
  forget(draft, 'decisions', {
    entries: next.decisions,
    worthOf: ({ isListed }) => (isListed ? 'waits' : 'over'),
    writable: writableDecisions,
  })
  forget(draft, 'commands', { entries: next.commands, worthOf: commandWorth, writable: writableCommands })
  forget(draft, 'notices', { entries: next.notices, worthOf: () => 'waits', writable: writableNotices })
  forget(draft, 'sprints', { entries: next.sprints, worthOf: sprintWorth, writable: writableSprints })
  forget(draft, 'cycleFiles', { entries: next.cycleFiles, worthOf: equally, writable: writableCycleFiles })
  forget(draft, 'words', { entries: next.words, worthOf: ({ isRepeated }) => (isRepeated ? 'on' : 'mild'), writable: writableWords })
  forget(draft, 'losses', { entries: next.losses, worthOf: () => 'waits', writable: writableLosses })
  forget(draft, 'fileClocks', { entries: next.fileClocks, worthOf: equally, writable: writableFileClocks })
}

const byOffset = ({ offset }: { offset: number }) => offset

type Entries<V> = Pick<Bound<NoInfer<V>>, 'worthOf' | 'ageOf'> & {
  entries: ReadonlyMap<string, V>
  writable(draft: Draft): Map<string, V>
}

function forget<V>(draft: Draft, kind: BoundedKind, { entries, worthOf, ageOf, writable }: Entries<V>) {
  const { over, limit, most } = BOUNDS[kind]
  if (entries.size <= Math.min(over || limit, limit)) return
  const bound = (some: [string, V][], { limit, most }: { limit: number; most: number }) =>
    bounded(some, { limit, most, worthOf: ([, entry]) => worthOf(entry), ...(ageOf ? { ageOf: ([, entry]) => ageOf(entry) } : {}) })
  const all = [...entries]
  const ended = bound(
    all.filter(([, entry]) => worthOf(entry) === 'over'),
    { limit: over, most: over },
  )
  const gone = new Set(ended.left)
  const rest = bound(
    all.filter((entry) => !gone.has(entry)),
    { limit, most },
  )
  const forgotten = [...ended.left, ...rest.left]
  if (forgotten.length === 0) return
  const kept = writable(draft)
  for (const [key] of forgotten) kept.delete(key)
  count(draft.next, kind, forgotten.length)
}

function count(next: ProjectState, kind: BoundedKind, more: number) {
  const forgotten: Forgotten = { ...next.forgotten, [kind]: (next.forgotten[kind] ?? 0) + more }
  next.forgotten = forgotten
}

/** An agent that asks, failed or waits stays; so does one with a question that is open. */
export function agentWorth({ status, asking }: Pick<Agent, 'status' | 'asking'>): Worth {
  if (status === 'needs_input' || status === 'failed' || status === 'waiting' || asking) return 'waits'
  return status === 'working' ? 'on' : status === 'idle' ? 'mild' : 'over'
}

/** What of a state tells which stories are missed. */
export type StoriesOf = Pick<ProjectState, 'cycles' | 'agents' | 'approvals' | 'backlog' | 'sprints'>

/** A story that somebody waits for stays; one of the current sprint counts in its figures, and stays with those that are open. */
export function cycleWorth(state: StoriesOf): (cycle: Cycle) => Worth {
  const waiting = new Set([...state.approvals.values()].map(({ storyId }) => storyId))
  for (const agent of state.agents.values()) if (agentWorth(agent) === 'waits') waiting.add(agent.storyId)
  const ofSprint = new Set(sprintOf(state)?.ids)
  return (cycle) => {
    if (isOpenCycle(cycle)) return waiting.has(cycle.storyId) ? 'waits' : 'on'
    return ofSprint.has(cycle.storyId) ? 'on' : 'over'
  }
}
