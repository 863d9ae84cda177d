import { type Draft, copyOnWrite } from './draft.ts'
import type { StoredEventOf } from '../events/event.ts'
import { textOf, toolDetail } from '../events/loose-fields.ts'
import type { Agent, AgentStatus } from './project-state.ts'
import { addUsage, type Decision, NO_USAGE } from './reports.ts'
import { isStampedBefore, stampOf, type Stamped } from '../events/stated-time.ts'

type Naming = {
  agent_id?: string | null | undefined
  agent_type?: string | null | undefined
  parent_agent_id?: string | null | undefined
  story_id?: string | null | undefined
  offset: number
  received_at: number
}

/** The agent of an event: its id, else its type and story, else its type; undefined where it names none. */
export function agentIdOf({ agent_id, agent_type, story_id }: Naming): string | undefined {
  if (agent_id) return agent_id
  if (!agent_type) return undefined
  return story_id ? `${agent_type}@${story_id}` : agent_type
}

/** Whether an agent works, asks, waits or failed. */
export const isAtHand = ({ status }: Agent): boolean => status !== 'idle' && status !== 'ended'

/** An activity or a tool call within it. A tool that fails is no failure of the agent. */
export function foldAgentActivity(draft: Draft, event: StoredEventOf<'agent_activity'>) {
  const agent = isLateForAgent(draft, event) ? undefined : heardOf(draft, event)
  if (!agent) return
  const status = statusAfter(agent, event)
  const reason = status === 'failed' ? toolDetail(event.detail) : undefined
  const isToolEnd = event.tool && (event.status === 'completed' || event.status === 'failed')
  const action = isToolEnd ? agent.action : event.action
  keepAgent(draft, withStatus({ ...agent, action, reason, tool: toolAfter(agent, event) }, status, event.received_at))
}

function statusAfter({ status }: Agent, event: StoredEventOf<'agent_activity'>): AgentStatus {
  if (event.status === 'queued') return status === 'working' ? 'working' : 'waiting'
  const isOver = event.status === 'completed' || event.status === 'failed'
  if (!isOver || event.tool) return 'working'
  return event.status === 'failed' ? 'failed' : 'idle'
}

function toolAfter({ tool }: Agent, event: StoredEventOf<'agent_activity'>): Agent['tool'] {
  const { status, received_at: since } = event
  if (!event.tool) return status === 'completed' || status === 'failed' ? undefined : tool
  if (status === 'started') return { name: event.tool, detail: toolDetail(event.detail), since }
  if (status === 'progress' || status === 'queued') return tool
  return tool?.name === event.tool ? undefined : tool
}

/** An agent's own status. When a session ends, so do its sub-agents. */
export function foldAgentStatus(draft: Draft, event: StoredEventOf<'agent_status'>) {
  const agent = isLateForAgent(draft, event) ? undefined : heardOf(draft, event)
  if (!agent) return
  const { status, received_at: at } = event
  const isBusy = status === 'working' || status === 'needs_input'
  const told = { reason: textOf(event.reason), tool: isBusy ? agent.tool : undefined, action: isBusy ? agent.action : undefined }
  const endSaid = status === 'ended' ? stampOf(event) : undefined
  keepAgent(draft, withStatus({ ...agent, ...told, endSaid }, status, at))
  if (status === 'ended') endChildren(draft, agent.agentId, { at, endSaid })
}

function endChildren(draft: Draft, parentId: string, end: { at: number; endSaid: Agent['endSaid'] }) {
  const children = [...draft.next.agents.values()].filter((agent) => agent.parentId === parentId && agent.status !== 'ended')
  for (const child of children) {
    const rest = { tool: undefined, action: undefined, reason: undefined, endSaid: end.endSaid }
    keepAgent(draft, withStatus({ ...child, ...rest }, 'ended', end.at))
    endChildren(draft, child.agentId, end)
  }
}

/** An agent that asks waits until it is answered or its last question expires. */
export function agentAsks(draft: Draft, event: StoredEventOf<'approval_requested'>, asking: Agent['asking']) {
  const agent = heardOf(draft, event)
  if (!agent) return
  keepAgent(draft, withStatus({ ...agent, reason: textOf(event.title, 300), asking }, 'needs_input', event.received_at))
}

type NoLongerAsked = { decision: Decision['decision']; at: number; left: Agent['asking'] }

/** After its last question an agent goes on, or returns to its status before, where nobody answered. */
export function agentStopsAsking(draft: Draft, agentId: string, { decision, at, left }: NoLongerAsked) {
  const agent = draft.next.agents.get(agentId)
  if (!agent) return
  if (left || agent.status !== 'needs_input') return keepAgent(draft, { ...agent, asking: left })
  if (decision === 'expired') return keepAgent(draft, { ...agentAt(agent, at), asking: undefined })
  const status = decision === 'withdrawn' ? agent.statusBefore : 'working'
  keepAgent(draft, withStatus({ ...agent, asking: undefined, reason: undefined, lastEventAt: at }, status, at))
}

/** The agent at an instant: expiry writes no event, so an agent with only expired questions has its earlier status. */
export function agentAt(agent: Agent, now: number): Agent {
  const { status, asking, statusBefore } = agent
  if (status !== 'needs_input' || asking?.until === undefined || asking.until > now) return agent
  return { ...agent, status: statusBefore, since: asking.until, reason: undefined }
}

/** Whether a report was made before the agent ended and only arrived afterwards. */
export function isLateForAgent({ next }: Draft, event: Naming & Stamped): boolean {
  const agent = next.agents.get(agentIdOf(event) ?? '')
  return agent?.status === 'ended' && isStampedBefore(stampOf(event), agent.endSaid)
}

/** Adds an agent's usage; agents known by nothing else stay unknown. */
export function agentUses(draft: Draft, event: StoredEventOf<'usage'>) {
  const agent = event.agent_id ? draft.next.agents.get(event.agent_id) : undefined
  if (!agent) return
  keepAgent(draft, { ...agent, usage: addUsage(agent.usage, event), lastEventAt: event.received_at, offset: event.offset })
}

function heardOf({ next }: Draft, event: Naming): Agent | undefined {
  const agentId = agentIdOf(event)
  if (agentId === undefined) return undefined
  const known = next.agents.get(agentId) ?? unheard(agentId, event)
  return {
    ...known,
    agentType: event.agent_type ?? known.agentType,
    parentId: event.parent_agent_id ?? known.parentId,
    storyId: event.story_id ?? known.storyId,
    offset: event.offset,
    lastEventAt: event.received_at,
  }
}

function unheard(agentId: string, { offset, received_at: at }: Naming): Agent {
  const times = { since: at, startedAt: at, offset, lastEventAt: at }
  const nothing = { parentId: undefined, storyId: undefined, action: undefined, reason: undefined, tool: undefined }
  const word = { status: 'idle', statusBefore: 'idle', asking: undefined, endSaid: undefined } as const
  return { agentId, agentType: 'agent', ...word, ...times, ...nothing, usage: NO_USAGE }
}

function withStatus(agent: Agent, status: AgentStatus, at: number): Agent {
  if (agent.status === status) return agent
  const statusBefore = status !== 'needs_input' ? agent.statusBefore : agent.status === 'ended' ? 'idle' : agent.status
  return { ...agent, status, statusBefore, since: at }
}

function keepAgent(draft: Draft, agent: Agent) {
  copyOnWrite(draft, 'agents').set(agent.agentId, agent)
}
