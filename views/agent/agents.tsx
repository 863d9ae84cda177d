import type { FC } from 'hono/jsx'
import { bounded, foremost } from '../../src/domain/bounded.ts'
import { agentWorth } from '../../src/domain/project/forget.ts'
import { countAgents, isLongSilent, type Looked, type WordAt } from '../../src/domain/project/words-at.ts'
import type { Agent, ProjectState } from '../../src/domain/project/project-state.ts'
import { type AgentLine, agentTree } from './agent-tree.ts'
import { domId } from '../atoms/dom-id.ts'
import { AgentRow } from './agent-row.tsx'
import { compact, dollars } from '../atoms/figures.ts'
import { UnchangedStub, type UnchangedMembers } from '../atoms/unchanged-stub.tsx'

const SHOWN = 120

type AgentsState = Pick<ProjectState, 'agents' | 'usage' | 'forgotten'>
type AgentsProps = UnchangedMembers & Looked & { project: string; state: AgentsState }

/** Who works here, below those who started them. Those that were silent for long and those that ended are folded away. */
export const Agents: FC<AgentsProps> = ({ project, state, now, staleMinutes, unchanged }) => {
  const looked = { now, staleMinutes }
  const { shown, left, silent, ended } = drawnAgents(state.agents, looked)
  const rows = { project, ...looked, unchanged }
  return (
    <section id="agents" class="card" aria-labelledby="agents-title">
      <AgentsHead state={state} {...looked} />
      {shown.length === 0 ? (
        <p class="nothing">
          {silent.total > 0 ? 'No agent was heard of today.' : 'No agent is at work. One appears with its first activity.'}
        </p>
      ) : (
        <>
          <AgentColumns />
          <Rows {...rows} lines={shown} />
        </>
      )}
      {left.length > 0 ? <p class="nothing">{moreWords(left, looked)}</p> : null}
      <Folded {...rows} id="silent-agents" folded={silent} words="silent for more than a day" />
      <Folded {...rows} id="ended-agents" folded={ended} words="more, ended" />
      {state.forgotten.agents ? <p class="nothing">{state.forgotten.agents} earlier ones are not kept.</p> : null}
    </section>
  )
}

export const AgentsHead: FC<Looked & { state: AgentsState }> = ({ state, ...looked }) => (
  <header id="agents-head" class="card__head">
    <h2 id="agents-title">Agents</h2>
    <p>{summary(presentAgents(state.agents, looked), looked)}</p>
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

function presentAgents(agents: ReadonlyMap<string, Agent>, looked: Looked): AgentLine[] {
  return agentTree(presentOf(agents, looked))
}

/** Those neither ended nor long silent, those above them, and one that is shown either way with those above it. */
export function presentOf(agents: ReadonlyMap<string, Agent>, looked: Looked, shown?: Agent): Map<string, Agent> {
  const kept = new Map<string, Agent>()
  const keep = (agent: Agent | undefined) => {
    if (agent === undefined || kept.has(agent.agentId)) return
    kept.set(agent.agentId, agent)
    if (agent.parentId !== undefined) keep(agents.get(agent.parentId))
  }
  if (shown !== undefined && agents.has(shown.agentId)) keep(shown)
  for (const agent of agents.values()) if (agent.status !== 'ended' && !isLongSilent(agent, looked)) keep(agent)
  return kept
}

const FOLDED_SHOWN = 50

type RowsProps = UnchangedMembers & Looked & { project: string; lines: readonly AgentLine[] }

type FoldedProps = Omit<RowsProps, 'lines'> & { id: string; folded: FoldedLines; words: string }

const Folded: FC<FoldedProps> = ({ id, folded: { lines, total }, words, ...rows }) =>
  total === 0 ? null : (
    <details id={id} class="folded">
      <summary>
        {total} {words}
        {total > lines.length ? `, the last ${lines.length} shown` : ''}
      </summary>
      <Rows {...rows} lines={lines} />
    </details>
  )

const Rows: FC<RowsProps> = ({ project, lines, now, staleMinutes, unchanged }) => (
  <ul class="agents">
    {lines.map((line) =>
      unchanged?.has(line.agent.agentId) ? (
        <UnchangedStub id={domId('agent', line.agent.agentId)} />
      ) : (
        <AgentRow project={project} line={line} now={now} staleMinutes={staleMinutes} />
      ),
    )}
  </ul>
)

type FoldedLines = { lines: AgentLine[]; total: number }

/** Agents that are folded away, the last to come to it first and in no order of families. */
export function foldedLines(agents: readonly Agent[]): FoldedLines {
  const { kept, total } = foremost(
    agents.toSorted((one, other) => other.since - one.since),
    FOLDED_SHOWN,
  )
  return { lines: kept.map((agent) => ({ agent, depth: 0, rails: [], isLast: true })), total }
}

type DrawnAgents = { shown: AgentLine[]; left: AgentLine[]; silent: FoldedLines; ended: FoldedLines }

/** What is drawn of the agents. Of too many lines those stay that wait or failed, then those at work. */
export function drawnAgents(agents: ReadonlyMap<string, Agent>, looked: Looked): DrawnAgents {
  const present = presentAgents(agents, looked)
  const ids = new Set(present.map(({ agent }) => agent.agentId))
  const folded = [...agents.values()].filter(({ agentId }) => !ids.has(agentId))
  const { kept, left } = shownLines(present, SHOWN)
  return {
    shown: kept,
    left,
    silent: foldedLines(folded.filter(({ status }) => status !== 'ended')),
    ended: foldedLines(folded.filter(({ status }) => status === 'ended')),
  }
}

/** As many lines of a tree as are shown, in its order: those that wait or failed stay, then those at work. */
export function shownLines(lines: readonly AgentLine[], limit: number): { kept: AgentLine[]; left: AgentLine[] } {
  return bounded(lines, { limit, worthOf: ({ agent }) => agentWorth(agent), ageOf: ({ agent }) => -agent.startedAt })
}

/** `12 more agents, 3 of them need you` */
export function moreWords(left: readonly AgentLine[], looked: Looked): string {
  const agents = left.map(({ agent }) => agent)
  const [waiting, failed] = [countAgents(agents, 'needs_you', looked), countAgents(agents, 'failed', looked)]
  const told = [`${left.length} more agents`, waiting > 0 ? `${waiting} of them need you` : '', failed > 0 ? `${failed} failed` : '']
  return told.filter(Boolean).join(', ')
}

function summary(lines: AgentLine[], looked: Looked): string {
  if (lines.length === 0) return 'none'
  const agents = lines.map(({ agent }) => agent)
  const count = (wanted: WordAt['word'], said: string) => {
    const many = countAgents(agents, wanted, looked)
    return many > 0 || wanted === 'working' ? `${many} ${said}` : ''
  }
  const levels = Math.max(...lines.map(({ depth }) => depth)) + 1
  const all = `${lines.length}${levels > 1 ? ` at ${levels} levels` : ''}`
  const told = [
    all,
    count('needs_you', 'waiting for you'),
    count('failed', 'failed'),
    count('working', 'working'),
    count('stale', 'silent'),
  ]
  return told.filter(Boolean).join(', ')
}

function spent({ usage }: Pick<ProjectState, 'usage'>): string {
  const tokens = usage.inputTokens + usage.outputTokens
  const parts = [tokens > 0 ? `${compact(tokens)} tokens` : '', usage.costUsd > 0 ? dollars(usage.costUsd) : '']
  return parts.filter(Boolean).join(', ')
}
