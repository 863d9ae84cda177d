import { agentAt } from './agent.ts'
import { isOpenApproval } from './approval.ts'
import { type AttentionWord, isPaused } from '../summary/attention.ts'
import type { Agent, Approval, Cycle, ProjectState } from './project-state.ts'
import { cycleHeardAt, quietAtOf } from '../summary/liveness.ts'
import { isOpenCycle } from './tdd-machine.ts'

type Grouped<V> = ReadonlyMap<string | undefined, readonly V[]>

/** Grouped once per map: a state's maps are replaced when they change. */
function byStory<V extends { storyId: string | undefined }>(): (all: ReadonlyMap<string, V>, storyId: string) => readonly V[] {
  const known = new WeakMap<ReadonlyMap<string, V>, Grouped<V>>()
  return (all, storyId) => {
    const grouped = known.get(all) ?? Map.groupBy(all.values(), (entry) => entry.storyId)
    known.set(all, grouped)
    return grouped.get(storyId) ?? []
  }
}

export const agentsOf = byStory<Agent>()

const questionsOf = byStory<Approval>()

/** The time, and the minutes of silence after which work is stale. */
export type Looked = { now: number; staleMinutes: number }

export type WordAt = { word: AttentionWord | 'ended'; since: number }

const LONG_SILENCE_MS = 24 * 3_600_000
const MINUTE_MS = 60_000

const WORDS = { needs_input: 'needs_you', failed: 'failed', waiting: 'waiting', idle: 'idle', ended: 'ended' } as const

/** The attention word of an agent. */
export function agentWordAt(told: Agent, { now, staleMinutes }: Looked): WordAt {
  const agent = agentAt(told, now)
  if (agent.status !== 'working') return { word: WORDS[agent.status], since: agent.since }
  if (now >= quietAtOf(agent, staleMinutes)) return { word: 'stale', since: agent.lastEventAt }
  return { word: 'working', since: agent.tool?.since ?? agent.since }
}

/** How many agents have a word. */
export function countAgents(agents: Iterable<Agent>, wanted: WordAt['word'], looked: Looked): number {
  let count = 0
  for (const agent of agents) if (agentWordAt(agent, looked).word === wanted) count++
  return count
}

/** Whether lists fold the agent away for its silence. */
export function isLongSilent(agent: Agent, looked: Looked): boolean {
  const { word, since } = agentWordAt(agent, looked)
  return word === 'stale' && looked.now - since > LONG_SILENCE_MS
}

type OfStories = Pick<ProjectState, 'approvals' | 'agents' | 'workflow' | 'parallel'>

/** The attention word of a story: what it needs, else whether anything moves. */
export function storyWordAt(state: OfStories, cycle: Cycle, looked: Looked): WordAt {
  const { now, staleMinutes } = looked
  if (!isOpenCycle(cycle)) return { word: 'done', since: cycle.completedAt ?? cycle.enteredAt }
  const asked = questionsOf(state.approvals, cycle.storyId).find((approval) => isOpenApproval(approval, now))
  if (asked) return { word: 'needs_you', since: asked.requestedAt }
  const agents = agentsOf(state.agents, cycle.storyId)
  const words = agents.map((agent) => agentWordAt(agent, looked))
  const first = (wanted: WordAt['word']) => words.find(({ word }) => word === wanted)
  const urgent = first('needs_you') ?? first('failed')
  if (urgent) return urgent
  const heardAt = cycleHeardAt(state, cycle)
  const isHeard = now < heardAt + staleMinutes * MINUTE_MS
  if (first('working')) return { word: 'working', since: cycle.enteredAt }
  if (isPaused(state)) return { word: 'paused', since: state.workflow.enteredAt ?? cycle.enteredAt }
  if (isHeard) return { word: 'working', since: cycle.enteredAt }
  return first('waiting') ?? { word: 'stale', since: heardAt }
}

/** When a word changes next if no event comes: somebody falls silent, or a question expires. */
export function nextLookAt(state: ProjectState, { now, staleMinutes }: Looked): number | undefined {
  let next = Infinity
  const may = (at: number | undefined) => {
    if (at !== undefined && at > now && at < next) next = at
  }
  const staleMs = staleMinutes * MINUTE_MS
  for (const { expiresAt } of state.approvals.values()) may(expiresAt)
  for (const agent of state.agents.values()) {
    if (agent.status === 'working' || agent.asking?.until !== undefined) {
      may(quietAtOf(agent, staleMinutes))
      may(agent.lastEventAt + LONG_SILENCE_MS + 1)
    }
    if (agent.storyId !== undefined) may(agent.lastEventAt + staleMs)
  }
  for (const cycle of state.cycles.values()) if (isOpenCycle(cycle)) may(cycle.lastEventAt + staleMs)
  if (state.parallel) may(state.parallel.at + staleMs)
  return next === Infinity ? undefined : next
}

/** Whether any word changed since the last event, which no log position shows. */
export function hasAged(state: ProjectState, looked: Looked): boolean {
  if (state.lastEventAt === undefined) return false
  const then = { ...looked, now: state.lastEventAt }
  const [agents, cycles, approvals] = [state.agents.values(), state.cycles.values(), state.approvals.values()]
  return (
    approvals.some((asked) => isOpenApproval(asked, then.now) !== isOpenApproval(asked, looked.now)) ||
    agents.some((agent) => foldedWord(agent, then) !== foldedWord(agent, looked)) ||
    cycles.some((cycle) => storyWordAt(state, cycle, then).word !== storyWordAt(state, cycle, looked).word)
  )
}

const foldedWord = (agent: Agent, looked: Looked) => (isLongSilent(agent, looked) ? 'folded' : agentWordAt(agent, looked).word)
