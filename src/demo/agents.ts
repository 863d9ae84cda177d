import { pass, type Stage, tell } from './stage.ts'
import type { Question, DemoStory } from './world.ts'

type AgentType = 'Orchestrator' | 'DesignAgent' | 'QAAgent' | 'CodeAgent' | 'DataAgent' | 'Explore'
export type DemoAgent = { agent_id: string; agent_type: AgentType; parent_agent_id?: string; story_id?: string }

export const LEAD: DemoAgent = { agent_id: 'lead', agent_type: 'Orchestrator' }

/** An agent for a story, below the orchestrator or another agent. */
export function agentFor(story: DemoStory, agentType: AgentType, parent: DemoAgent = LEAD): DemoAgent {
  const agentId = `${parent.agent_id}/${agentType.replace('Agent', '').toLowerCase()}-${story.id.replace(/^\D+/, '')}`
  return { agent_id: agentId, agent_type: agentType, parent_agent_id: parent.agent_id, story_id: story.id }
}

type StatusWord = { word: 'working' | 'waiting' | 'idle' | 'failed' | 'ended'; reason?: string }

/** Reports an agent's status. */
export function status(stage: Stage, agent: DemoAgent, { word, reason }: StatusWord): void {
  tell(stage, { type: 'agent_status', ...agent, status: word, ...(reason === undefined ? {} : { reason }) })
}

/** So that the busiest project fills the hour. */
const PACE = 1.4

type Call = { tool: string; detail: Record<string, string>; minutes: [number, number]; fails?: string | undefined }

/** Reports a tool call that takes its time. */
export function call(stage: Stage, agent: DemoAgent, { tool, detail, minutes, fails }: Call): void {
  const activity = { type: 'agent_activity', ...agent, action: ACTIONS[tool] ?? tool, tool }
  tell(stage, { ...activity, status: 'started', detail })
  const [least, most] = minutes
  pass(stage, PACE * least, PACE * most)
  if (fails === undefined) tell(stage, { ...activity, status: 'completed', detail })
  else tell(stage, { ...activity, status: 'failed', detail: { ...detail, error: fails } })
  pass(stage, 0.05, 0.2)
}

const ACTIONS: Record<string, string> = {
  Bash: 'run a command',
  Edit: 'change a file',
  Write: 'write a file',
  Read: 'read',
  Grep: 'search',
}

/** Reports an agent's usage since its last report. */
export function use(stage: Stage, agent: DemoAgent): void {
  const input = Math.round(stage.random.between(4_000, 26_000))
  const output = Math.round(stage.random.between(600, 4_200))
  const cached = Math.round(stage.random.between(20_000, 140_000))
  const cost = (input * 3 + output * 15 + cached * 0.3) / 1_000_000
  tell(stage, {
    type: 'usage',
    agent_id: agent.agent_id,
    ...(agent.story_id === undefined ? {} : { story_id: agent.story_id }),
    model: stage.world.model,
    input_tokens: input,
    output_tokens: output,
    cache_read_tokens: cached,
    cost_usd: Math.round(cost * 10_000) / 10_000,
  })
}

/** An agent asks a person; unanswered questions stay open. */
export function ask(stage: Stage, agent: DemoAgent, question: Question): void {
  const { title, kind, description, priority = 'normal', answer, waits } = question
  const approvalId = `ask-${agent.story_id ?? 'sprint'}-${stage.sprint.replace(/^\D+/, '')}`
  const more = description === undefined ? {} : { description }
  tell(stage, { type: 'approval_requested', approval_id: approvalId, title, kind, priority, ...more, ...agent })
  pass(stage, answer === undefined ? 90 : waits)
  if (answer === undefined) return
  tell(stage, { type: 'approval_resolved', approval_id: approvalId, ...answer })
  pass(stage, 0.1, 0.3)
}
