import type { Agent, Cycle, ProjectState } from './project-state.ts'

/** A sign of work: what was heard last, and until when it may be silent before silence says something. Instants in ms. */
export type Pulse = {
  heardAt: number
  quietAt: number
  /** What is done, as one line; a command in backticks. */
  doing: string
  actor: string | undefined
  storyId: string | undefined
  evidence: number
  since: number
}

/** A tool may be at work for long without a word: builds, tests, training. */
const TOOL_MINUTES = 60
const MINUTE_MS = 60_000

/** The pulse of a working agent. */
export function pulseOf(agent: Agent, staleMinutes: number): Pulse {
  const { tool, lastEventAt: heardAt, storyId, offset: evidence, agentType } = agent
  const minutes = tool ? Math.max(TOOL_MINUTES, staleMinutes) : staleMinutes
  const doing = tool ? quoted(tool.detail ?? tool.name) : doingOf(agent)
  return { heardAt, quietAt: heardAt + minutes * MINUTE_MS, doing, actor: agentType, storyId, evidence, since: tool?.since ?? agent.since }
}

function doingOf({ action, agentType, storyId }: Agent): string {
  const what = action ?? agentType
  return storyId === undefined ? what : `${what} on ${storyId}`
}

/** A command or file as reasons quote it. */
export function quoted(text: string): string {
  return `\`${text.replaceAll('`', '´')}\``
}

/** The pulse of an open cycle: its own events, whatever an agent of its story said, and the orchestrator's word on all its cycles. */
export function cyclePulse(state: ProjectState, cycle: Cycle, staleMinutes: number): Pulse {
  const { storyId, offset: evidence, enteredAt: since } = cycle
  let heardAt = Math.max(cycle.lastEventAt, state.parallel?.at ?? 0)
  for (const agent of state.agents.values()) if (agent.storyId === storyId) heardAt = Math.max(heardAt, agent.lastEventAt)
  const doing = `${storyId} in ${cycle.state}`
  return { heardAt, quietAt: heardAt + staleMinutes * MINUTE_MS, doing, actor: undefined, storyId, evidence, since }
}
