import type { Agent, Cycle, ProjectState } from '../project/project-state.ts'
import { isOpenCycle } from '../project/tdd-machine.ts'

/** What was heard last, and until when silence is normal. Instants in ms. */
export type Liveness = {
  heardAt: number
  quietAt: number
  doing: string
  actor: string | undefined
  storyId: string | undefined
  evidence: number
  since: number
}

/** Builds and tests may be silent for this long. */
const TOOL_MINUTES = 60
const MINUTE_MS = 60_000

/** The liveness of a working agent. */
export function agentLiveness(agent: Agent, staleMinutes: number): Liveness {
  const { tool, lastEventAt: heardAt, storyId, offset: evidence, agentType } = agent
  const quietAt = quietAtOf(agent, staleMinutes)
  const doing = tool ? quoted(tool.detail ?? tool.name) : doingOf(agent)
  return { heardAt, quietAt, doing, actor: agentType, storyId, evidence, since: tool?.since ?? agent.since }
}

/** Until when an agent's silence is normal. */
export function quietAtOf({ tool, lastEventAt }: Agent, staleMinutes: number): number {
  return lastEventAt + (tool ? Math.max(TOOL_MINUTES, staleMinutes) : staleMinutes) * MINUTE_MS
}

type OfCycles = Pick<ProjectState, 'agents' | 'parallel'>

/** When anything of an open cycle was heard: its events, its agents', or the orchestrator's report of all cycles. */
export function cycleHeardAt({ agents, parallel }: OfCycles, { storyId, lastEventAt }: Cycle): number {
  return Math.max(lastEventAt, parallel?.at ?? 0, agentsAtWork(agents).heardOf.get(storyId) ?? 0)
}

function doingOf({ action, agentType, storyId }: Agent): string {
  const what = action ?? agentType
  return storyId === undefined ? what : `${what} on ${storyId}`
}

/** A command or file, quoted. */
export function quoted(text: string): string {
  return `\`${text.replaceAll('`', '´')}\``
}

type AtWork = {
  working: readonly Agent[]
  waiting: Agent | undefined
  asking: readonly Agent[]
  heardOf: ReadonlyMap<string, number>
}

const atWorkOf = new WeakMap<ProjectState['agents'], AtWork>()
const openOf = new WeakMap<ProjectState['cycles'], readonly Cycle[]>()

/** Computed once per map of agents: most events leave it unchanged. */
export function agentsAtWork(agents: ProjectState['agents']): AtWork {
  const known = atWorkOf.get(agents)
  if (known) return known
  const working: Agent[] = []
  const asking: Agent[] = []
  const heardOf = new Map<string, number>()
  let waiting: Agent | undefined
  for (const agent of agents.values()) {
    if (agent.status === 'working') working.push(agent)
    else if (agent.status === 'waiting') waiting ??= agent
    else if (agent.asking?.until !== undefined) asking.push(agent)
    if (agent.storyId !== undefined) heardOf.set(agent.storyId, Math.max(heardOf.get(agent.storyId) ?? 0, agent.lastEventAt))
  }
  const found = { working, waiting, asking, heardOf }
  atWorkOf.set(agents, found)
  return found
}

/** The open cycles, computed once per map. */
export function openCycles(cycles: ProjectState['cycles']): readonly Cycle[] {
  const known = openOf.get(cycles)
  if (known) return known
  const open = [...cycles.values()].filter(isOpenCycle)
  openOf.set(cycles, open)
  return open
}

/** The liveness of an open cycle. */
export function cycleLiveness(state: OfCycles, cycle: Cycle, staleMinutes: number): Liveness {
  const { storyId, offset: evidence, enteredAt: since } = cycle
  const heardAt = cycleHeardAt(state, cycle)
  const doing = `${storyId} in ${cycle.state}`
  return { heardAt, quietAt: heardAt + staleMinutes * MINUTE_MS, doing, actor: undefined, storyId, evidence, since }
}
