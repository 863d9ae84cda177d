import type { FC } from 'hono/jsx'
import { agentAt } from '../../src/domain/project/agent.ts'
import { agentWordAt, type Looked } from '../../src/domain/project/words-at.ts'
import type { Agent, ProjectState } from '../../src/domain/project/project-state.ts'
import { type AgentLine, agentTree } from './agent-tree.ts'
import { compact, dollars } from '../atoms/figures.ts'
import { agentHref, storyHref } from '../atoms/part-href.ts'
import { wordLook } from '../atoms/state-look.ts'
import { foldedLines, moreWords, presentOf, shownLines } from './agents.tsx'
import { WholeCommand } from '../atoms/command-line.tsx'
import { Fact, Facts } from '../atoms/facts.tsx'
import { ForeignText, Identifier, visibleText } from '../atoms/foreign-text.tsx'
import { PartLink } from '../atoms/part-link.tsx'
import { Shape } from '../atoms/shape.tsx'
import { Since } from '../atoms/since.tsx'
import { StateBadge } from '../atoms/state-badge.tsx'

export type AgentProps = Looked & { project: string; agent: Agent; agents: ProjectState['agents'] }

const BELOW_SHOWN = 120

export const AgentHead: FC<AgentProps> = ({ project, agent: told, now, staleMinutes }) => {
  const agent = agentAt(told, now)
  const look = wordLook(agentWordAt(agent, { now, staleMinutes }).word)
  const said = agent.reason ?? agent.action
  return (
    <div id="part-head" class="heading heading--part">
      <h1 tabindex={-1}>
        <bdi>{visibleText(agent.agentType, 60)}</bdi> <StateBadge look={look} isLarge />
      </h1>
      {said === undefined ? null : (
        <p class="heading__line">
          {agent.status === 'needs_input' && agent.reason !== undefined ? 'asks: ' : ''}
          <ForeignText text={said} limit={1_000} reading={agent.status === 'needs_input' ? 'decision' : 'prose'} />
        </p>
      )}
      <AgentFacts project={project} agent={agent} now={now} staleMinutes={staleMinutes} />
    </div>
  )
}

const AgentFacts: FC<Omit<AgentProps, 'agents'>> = ({ project, agent, ...looked }) => {
  const { now } = looked
  const { word, since } = agentWordAt(agent, looked)
  return (
    <ul class="facts">
      <li>
        <Identifier id={agent.agentId} />
      </li>
      <li>
        {wordLook(word).word.toLowerCase()}{' '}
        <strong>
          <Since at={since} now={now} form={word === 'needs_you' ? 'waiting' : 'age'} />
        </strong>
      </li>
      <li>
        begun <Since at={agent.startedAt} now={now} />
      </li>
      <li>
        last event <Since at={agent.lastEventAt} now={now} />
      </li>
      {agent.storyId === undefined ? null : (
        <li>
          at{' '}
          <PartLink href={storyHref(project, agent.storyId)}>
            <Identifier id={agent.storyId} />
          </PartLink>
        </li>
      )}
    </ul>
  )
}

export const AgentWork: FC<AgentProps> = ({ agent, now }) => {
  const { inputTokens, outputTokens, cacheReadTokens, costUsd } = agent.usage
  const tokens = (count: number) => (count > 0 ? `${compact(count)} tokens` : undefined)
  return (
    <section id="part-work" class="card" aria-labelledby="part-work-title">
      <header class="card__head">
        <h2 id="part-work-title">Work</h2>
      </header>
      {agent.tool === undefined ? (
        <p class="nothing">No tool is in flight.</p>
      ) : (
        <p class="part-row">
          <strong class="tool">
            <bdi>{visibleText(agent.tool.name, 40)}</bdi>
          </strong>
          <span class="part-row__when">
            <Since at={agent.tool.since} now={now} form="age" />
          </span>
        </p>
      )}
      {agent.tool?.detail === undefined ? null : <WholeCommand command={agent.tool.detail} />}
      <Facts>
        <Fact name="Input">{tokens(inputTokens)}</Fact>
        <Fact name="Output">{tokens(outputTokens)}</Fact>
        <Fact name="Read from cache">{tokens(cacheReadTokens)}</Fact>
        <Fact name="Cost">{costUsd > 0 ? dollars(costUsd) : 'not reported'}</Fact>
      </Facts>
    </section>
  )
}

export const AgentFamily: FC<AgentProps> = ({ project, agent, agents, ...looked }) => {
  const lines = familyOf(agent, presentOf(agents, looked, agent))
  const family = familyOf(agent, agents).map((line) => line.agent)
  const present = new Set(lines.map((line) => line.agent.agentId))
  const folded = foldedLines(family.filter(({ agentId }) => !present.has(agentId)))
  const { kept, left } = shownLines(lines, BELOW_SHOWN)
  const shared = { self: agent, project, ...looked }
  return (
    <section id="part-family" class="card" aria-labelledby="part-family-title">
      <header class="card__head">
        <h2 id="part-family-title">Sub-agents</h2>
      </header>
      {family.length === 1 ? (
        <p class="nothing">It stands alone: nobody that is known started it, and it started nobody.</p>
      ) : (
        <Relatives lines={kept} {...shared} />
      )}
      {left.length > 0 ? <p class="nothing">{moreWords(left, looked)}</p> : null}
      {folded.total === 0 ? null : (
        <details id="part-family-ended" class="folded">
          <summary>
            {folded.total} more, ended or silent for more than a day
            {folded.total > folded.lines.length ? `, the last ${folded.lines.length} shown` : ''}
          </summary>
          <Relatives lines={folded.lines} {...shared} />
        </details>
      )}
    </section>
  )
}

const Relatives: FC<Looked & { lines: readonly AgentLine[]; self: Agent; project: string }> = ({ lines, self, project, ...looked }) => (
  <ul class="family">
    {lines.map((line) => (
      <Relative line={line} isSelf={line.agent.agentId === self.agentId} project={project} {...looked} />
    ))}
  </ul>
)

const Relative: FC<Looked & { line: AgentLine; isSelf: boolean; project: string }> = ({
  line: { agent, depth },
  isSelf,
  project,
  ...looked
}) => {
  const { word, since } = agentWordAt(agent, looked)
  const look = wordLook(word)
  const name = (
    <>
      <bdi>{visibleText(agent.agentType, 40)}</bdi> <Identifier id={agent.agentId} />
    </>
  )
  return (
    <li class={`part-row depth-${depth} tone-${look.tone}`} {...(isSelf ? { 'aria-current': 'true' } : {})}>
      <Shape name={look.shape} />
      {isSelf ? <strong>{name}</strong> : <PartLink href={agentHref(project, agent.agentId)}>{name}</PartLink>}
      <span class="part-row__when">
        {look.word} <Since at={since} now={looked.now} form={word === 'ended' ? 'ago' : 'age'} />
      </span>
    </li>
  )
}

/** The one that started it, if known, then itself and all below. Agents whose parents go in a circle stand alone. */
export function familyOf(agent: Agent, agents: ReadonlyMap<string, Agent>): AgentLine[] {
  const all = agentTree(agents)
  const at = all.findIndex((line) => line.agent.agentId === agent.agentId)
  const self = all[at]
  if (!self) return [{ agent, depth: 0, rails: [], isLast: true }]
  const after = all.slice(at + 1)
  const end = after.findIndex(({ depth }) => depth <= self.depth)
  const below = end === -1 ? after : after.slice(0, end)
  const parent = self.depth === 0 ? undefined : all.slice(0, at).findLast(({ depth }) => depth < self.depth)
  const top = self.depth - (parent ? 1 : 0)
  return [...(parent ? [parent] : []), self, ...below].map((line) => ({ ...line, depth: line.depth - top }))
}
