import { type Bound, bounded, BOUNDS, type BoundedKind, equally, type Worth } from '../bounded.ts'
import { closeExpired } from './approval.ts'
import { copyOnWrite, type Draft } from './draft.ts'
import type { Agent, Cycle, Forgotten, ProjectState } from './project-state.ts'
import { sprintOf } from './sprint.ts'
import { commandWorth } from './conversation.ts'
import { isSevere } from './outcomes.ts'
import { isOpenCycle } from './tdd-machine.ts'
import { sprintWorth } from './plans.ts'

/** Removes what exceeds the bounds. Runs rarely, at fixed offsets: it scans everything, and every replay must give the same state. */
export function forgetBeyond(draft: Draft, now: number) {
  closeExpired(draft, now)
  const { next } = draft
  forget(draft, 'agents', { entries: next.agents, worthOf: agentWorth, ageOf: byOffset })
  if (next.cycles.size > BOUNDS.cycles.over) {
    forget(draft, 'cycles', { entries: next.cycles, worthOf: cycleWorth(next), ageOf: byOffset })
  }
  forget(draft, 'errors', { entries: next.errors, worthOf: (error) => (isSevere(error) ? 'waits' : 'mild') })
  forget(draft, 'decisions', {
    entries: next.decisions,
    worthOf: ({ isListed }) => (isListed ? 'waits' : 'over'),
  })
  forget(draft, 'commands', { entries: next.commands, worthOf: commandWorth })
  forget(draft, 'notices', { entries: next.notices, worthOf: () => 'waits' })
  forget(draft, 'sprints', { entries: next.sprints, worthOf: sprintWorth })
  forget(draft, 'cycleFiles', { entries: next.cycleFiles, worthOf: equally })
  forget(draft, 'words', { entries: next.words, worthOf: ({ isRepeated }) => (isRepeated ? 'on' : 'mild') })
  forget(draft, 'losses', { entries: next.losses, worthOf: () => 'waits' })
  forget(draft, 'fileClocks', { entries: next.fileClocks, worthOf: equally })
}

const byOffset = ({ offset }: { offset: number }) => offset

type Entries<V> = Pick<Bound<NoInfer<V>>, 'worthOf' | 'ageOf'> & { entries: ReadonlyMap<string, V> }

function forget<V>(draft: Draft, kind: BoundedKind, { entries, worthOf, ageOf }: Entries<V>) {
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
  const kept = copyOnWrite(draft, kind)
  for (const [key] of forgotten) kept.delete(key)
  count(draft.next, kind, forgotten.length)
}

function count(next: ProjectState, kind: BoundedKind, more: number) {
  const forgotten: Forgotten = { ...next.forgotten, [kind]: (next.forgotten[kind] ?? 0) + more }
  next.forgotten = forgotten
}

/** An agent that asks, failed or waits is kept. */
export function agentWorth({ status, asking }: Pick<Agent, 'status' | 'asking'>): Worth {
  if (status === 'needs_input' || status === 'failed' || status === 'waiting' || asking) return 'waits'
  return status === 'working' ? 'on' : status === 'idle' ? 'mild' : 'over'
}

export type StoriesOf = Pick<ProjectState, 'cycles' | 'agents' | 'approvals' | 'backlog' | 'sprints'>

/** Cycles that somebody waits for are kept; those of the current sprint count like open ones. */
export function cycleWorth(state: StoriesOf): (cycle: Cycle) => Worth {
  const waiting = new Set([...state.approvals.values()].map(({ storyId }) => storyId))
  for (const agent of state.agents.values()) if (agentWorth(agent) === 'waits') waiting.add(agent.storyId)
  const ofSprint = new Set(sprintOf(state)?.ids)
  return (cycle) => {
    if (isOpenCycle(cycle)) return waiting.has(cycle.storyId) ? 'waits' : 'on'
    return ofSprint.has(cycle.storyId) ? 'on' : 'over'
  }
}
