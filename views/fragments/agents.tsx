import type { FC } from 'hono/jsx'
import type { Agent, ProjectState } from '../../src/domain/project-state.ts'
import { type AgentLine, agentTree } from '../agent-tree.ts'
import { domId } from '../dom-id.ts'
import { AgentRow } from './agent-row.tsx'
import { Kept, type KeptMembers } from './kept.tsx'
import { compact, dollars } from '../figures.ts'

const SHOWN = 120

/** Who works here, below those who started them. */
export const Agents: FC<KeptMembers & { project: string; state: Pick<ProjectState, 'agents' | 'usage'>; now: number }> = ({
  project,
  state,
  now,
  kept,
}) => {
  const { present, more, ended, endedCount } = listedAgents(state.agents)
  return (
    <section id="agents" class="card" aria-labelledby="agents-title">
      <AgentsHead state={state} />
      {present.length === 0 ? (
        <p class="nothing">No agent is at work. One appears with its first activity.</p>
      ) : (
        <>
          <AgentColumns />
          <Rows project={project} lines={present} now={now} kept={kept} />
        </>
      )}
      {more > 0 ? <p class="nothing">{more} more agents</p> : null}
      {endedCount > 0 ? <Ended project={project} lines={ended} count={endedCount} now={now} kept={kept} /> : null}
    </section>
  )
}

/** How many there are and what they used: it changes with every step of any of them. */
export const AgentsHead: FC<{ state: Pick<ProjectState, 'agents' | 'usage'> }> = ({ state }) => (
  <header id="agents-head" class="card__head">
    <h2 id="agents-title">Agents</h2>
    <p>{summary(presentAgents(state.agents))}</p>
    <p class="card__aside">{spent(state)}</p>
  </header>
)

const AgentColumns: FC = () => (
  <div class="agents__columns" aria-hidden="true">
    <span>Agent</span>
    <span>Tool in flight</span>
    <span class="columns__right">For</span>
    <span>State</span>
    <span class="columns__right">Tokens</span>
    <span class="columns__right">Cost</span>
  </div>
)

/** The lines of the tree as it is shown. */
export function presentAgents(agents: ReadonlyMap<string, Agent>): AgentLine[] {
  return agentTree(presentOf(agents))
}

/** Those not ended, the ended ones that still have somebody below them, and one that is shown either way with those above it. */
export function presentOf(agents: ReadonlyMap<string, Agent>, shown?: Agent): Map<string, Agent> {
  const kept = new Map<string, Agent>()
  const keep = (agent: Agent | undefined) => {
    if (agent === undefined || kept.has(agent.agentId)) return
    kept.set(agent.agentId, agent)
    if (agent.parentId !== undefined) keep(agents.get(agent.parentId))
  }
  if (shown !== undefined && agents.has(shown.agentId)) keep(shown)
  for (const agent of agents.values()) if (agent.status !== 'ended') keep(agent)
  return kept
}

const ENDED_SHOWN = 50

type RowsProps = KeptMembers & { project: string; lines: AgentLine[]; now: number }

const Ended: FC<RowsProps & { count: number }> = ({ project, lines, count, now, kept }) => (
  <details id="ended-agents" class="folded">
    <summary>{count} more, ended</summary>
    <Rows project={project} lines={lines} now={now} kept={kept} />
  </details>
)

const Rows: FC<RowsProps> = ({ project, lines, now, kept }) => (
  <ul class="agents">
    {lines.map((line) =>
      kept?.has(line.agent.agentId) ? (
        <Kept id={domId('agent', line.agent.agentId)} />
      ) : (
        <AgentRow project={project} line={line} now={now} />
      ),
    )}
  </ul>
)

/** Of these agents those without a line of the tree, the last ended first and in no order of families. */
export function endedLines(agents: readonly Agent[], shown: readonly AgentLine[]): AgentLine[] {
  const ids = new Set(shown.map(({ agent }) => agent.agentId))
  return agents
    .filter(({ agentId }) => !ids.has(agentId))
    .sort((one, other) => other.since - one.since)
    .slice(0, ENDED_SHOWN)
    .map((agent) => ({ agent, depth: 0, rails: [], isLast: true }))
}

/** The lines that are drawn, and how many there are besides: what a page shows, and what its frames keep current. */
export type ListedAgents = { present: AgentLine[]; more: number; ended: AgentLine[]; endedCount: number }

export function listedAgents(agents: ReadonlyMap<string, Agent>): ListedAgents {
  const lines = presentAgents(agents)
  const ended = endedLines([...agents.values()], lines)
  return { present: lines.slice(0, SHOWN), more: Math.max(0, lines.length - SHOWN), ended, endedCount: agents.size - lines.length }
}

function summary(lines: AgentLine[]): string {
  if (lines.length === 0) return 'none'
  const working = lines.filter(({ agent }) => agent.status === 'working').length
  const levels = Math.max(...lines.map(({ depth }) => depth)) + 1
  return `${lines.length}${levels > 1 ? ` at ${levels} levels` : ''}, ${working} working`
}

function spent({ usage }: Pick<ProjectState, 'usage'>): string {
  const tokens = usage.inputTokens + usage.outputTokens
  const parts = [tokens > 0 ? `${compact(tokens)} tokens` : '', usage.costUsd > 0 ? dollars(usage.costUsd) : '']
  return parts.filter(Boolean).join(', ')
}
