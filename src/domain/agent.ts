import { type Draft, oldestBeyond, writableAgents } from './draft.ts'
import type { StoredEventOf } from './event.ts'
import { textOf } from './loose-fields.ts'
import type { Agent, AgentStatus } from './project-state.ts'
import { toolDetail } from './tool-detail.ts'
import { addUsage, NO_USAGE } from './usage.ts'

const ENDED_KEPT = 200
const AGENTS_KEPT = 1_000

type Naming = {
  agent_id?: string | null | undefined
  agent_type?: string | null | undefined
  parent_agent_id?: string | null | undefined
  story_id?: string | null | undefined
  offset: number
  received_at: number
}

/** Who an event is about: its agent id, else its type at its story, else its type; undefined when it names nobody. */
export function agentIdOf({ agent_id, agent_type, story_id }: Naming): string | undefined {
  if (agent_id) return agent_id
  if (!agent_type) return undefined
  return story_id ? `${agent_type}@${story_id}` : agent_type
}

/** A piece of work, or a call of a tool within it. A tool that fails is no failure of its agent: it goes on. */
export function foldAgentActivity(draft: Draft, event: StoredEventOf<'agent_activity'>) {
  const agent = heardOf(draft, event)
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

/** What an agent says of itself. With a session its sub-agents end, too. */
export function foldAgentStatus(draft: Draft, event: StoredEventOf<'agent_status'>) {
  const agent = heardOf(draft, event)
  if (!agent) return
  const { status, received_at: at } = event
  const isBusy = status === 'working' || status === 'needs_input'
  const told = { reason: textOf(event.reason), tool: isBusy ? agent.tool : undefined, action: isBusy ? agent.action : undefined }
  keepAgent(draft, withStatus({ ...agent, ...told }, status, at))
  if (status === 'ended') endChildren(draft, agent.agentId, at)
}

function endChildren(draft: Draft, parentId: string, at: number) {
  const children = [...draft.next.agents.values()].filter((agent) => agent.parentId === parentId && agent.status !== 'ended')
  for (const child of children) {
    keepAgent(draft, withStatus({ ...child, tool: undefined, action: undefined, reason: undefined }, 'ended', at))
    endChildren(draft, child.agentId, at)
  }
}

/** An agent that asks waits for a person until it is answered. */
export function agentAsks(draft: Draft, event: StoredEventOf<'approval_requested'>) {
  const agent = heardOf(draft, event)
  if (agent) keepAgent(draft, withStatus({ ...agent, reason: textOf(event.title, 300) }, 'needs_input', event.received_at))
}

/** An agent whose last question was answered goes on. */
export function agentAnswered(draft: Draft, agentId: string, at: number) {
  const agent = draft.next.agents.get(agentId)
  if (agent?.status !== 'needs_input') return
  keepAgent(draft, withStatus({ ...agent, reason: undefined, lastEventAt: at }, 'working', at))
}

/** Adds what an agent used; one that was never heard of otherwise stays unknown. */
export function agentUses(draft: Draft, event: StoredEventOf<'usage'>) {
  const agent = event.agent_id ? draft.next.agents.get(event.agent_id) : undefined
  if (!agent) return
  keepAgent(draft, { ...agent, usage: addUsage(agent.usage, event), lastEventAt: event.received_at, offset: event.offset })
}

/** The agent that an event names, with what the event says of who it is. */
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
  return { agentId, agentType: 'agent', status: 'idle', ...times, ...nothing, usage: NO_USAGE }
}

function withStatus(agent: Agent, status: AgentStatus, at: number): Agent {
  return { ...agent, status, since: agent.status === status ? agent.since : at }
}

function keepAgent(draft: Draft, agent: Agent) {
  writableAgents(draft).set(agent.agentId, agent)
}

/** Of the agents that ended only the last 200 are kept, and no more than 1,000 in all: those heard of last. */
export function forgetAgents(draft: Draft) {
  if (draft.next.agents.size <= ENDED_KEPT) return
  const agents = [...draft.next.agents.values()]
  const ended = oldestBeyond(
    agents.filter(({ status }) => status === 'ended'),
    ENDED_KEPT,
  )
  const gone = new Set(ended)
  const rest = agents.filter((agent) => !gone.has(agent))
  const forgotten = [...ended, ...oldestBeyond(rest, AGENTS_KEPT)]
  if (forgotten.length === 0) return
  const kept = writableAgents(draft)
  for (const { agentId } of forgotten) kept.delete(agentId)
}
