import type { FC } from 'hono/jsx'
import { agentAt } from '../../src/domain/project/agent.ts'
import type { Agent } from '../../src/domain/project/project-state.ts'
import { agentWordAt, type Looked } from '../../src/domain/project/words-at.ts'
import type { AgentLine } from './agent-tree.ts'
import { domId } from '../atoms/dom-id.ts'
import { agentHref, storyHref } from '../atoms/part-href.ts'
import { wordLook } from '../atoms/state-look.ts'
import { ForeignCode, ForeignText, Identifier, visibleText } from '../atoms/foreign-text.tsx'
import { PartLink } from '../atoms/part-link.tsx'
import { Shape } from '../atoms/shape.tsx'
import { Since } from '../atoms/since.tsx'
import { compact, dollars } from '../atoms/figures.ts'

const INDENT = 20
const HEIGHT = 40

export const AgentRow: FC<Looked & { project: string; line: AgentLine }> = ({ project, line, now, staleMinutes }) => {
  const { agent } = line
  const { word, since } = agentWordAt(agent, { now, staleMinutes })
  const look = wordLook(word)
  const tokens = agent.usage.inputTokens + agent.usage.outputTokens
  return (
    <li id={domId('agent', agent.agentId)} class={`agent depth-${line.depth} tone-${look.tone}`}>
      <div class="agent__who">
        <Rails line={line} />
        <Shape name={look.shape} />
        <strong>
          <PartLink href={agentHref(project, agent.agentId)}>
            <bdi>{visibleText(agent.agentType, 40)}</bdi>
          </PartLink>
        </strong>
        {agent.storyId === undefined ? null : (
          <PartLink href={storyHref(project, agent.storyId)}>
            <Identifier id={agent.storyId} />
          </PartLink>
        )}
      </div>
      <div class="agent__what">
        <Doing agent={agentAt(agent, now)} />
      </div>
      <div class="agent__for">
        <Since at={since} now={now} form={word === 'needs_you' ? 'waiting' : 'age'} />
      </div>
      <div class="agent__state">{look.word}</div>
      <div class="agent__tokens">{tokens > 0 ? compact(tokens) : ''}</div>
      <div class="agent__cost">{agent.usage.costUsd > 0 ? dollars(agent.usage.costUsd) : ''}</div>
    </li>
  )
}

const Doing: FC<{ agent: Agent }> = ({ agent }) => {
  if (agent.status === 'needs_input' && agent.reason !== undefined) {
    return (
      <>
        asks: <ForeignText text={agent.reason} limit={110} reading="decision" />
      </>
    )
  }
  if (agent.tool !== undefined) {
    return (
      <>
        <span class="tool">
          <bdi>{visibleText(agent.tool.name, 30)}</bdi>
        </span>{' '}
        {agent.tool.detail === undefined ? null : <ForeignCode text={agent.tool.detail} limit={90} />}
      </>
    )
  }
  const said = agent.status === 'working' ? (agent.action ?? agent.reason) : (agent.reason ?? agent.action)
  return said === undefined ? <>{''}</> : <ForeignText text={said} limit={110} />
}

const Rails: FC<{ line: AgentLine }> = ({ line: { depth, rails, isLast } }) => {
  if (depth === 0) return null
  const own = (depth - 1) * INDENT + 8
  const above = rails.slice(1).map((goesOn, level) => (goesOn ? `M${level * INDENT + 8} 0v${HEIGHT}` : ''))
  const elbow = `M${own} 0v${isLast ? HEIGHT / 2 : HEIGHT}M${own} ${HEIGHT / 2}h8`
  return (
    <svg class="rails" width={depth * INDENT} height={HEIGHT} viewBox={`0 0 ${depth * INDENT} ${HEIGHT}`} aria-hidden="true">
      <path d={`${above.join('')}${elbow}`} />
    </svg>
  )
}
