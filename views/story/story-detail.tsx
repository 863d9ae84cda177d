import type { FC } from 'hono/jsx'
import { openApprovals } from '../../src/domain/project/approval.ts'
import { bounded, foremost } from '../../src/domain/bounded.ts'
import { agentWorth } from '../../src/domain/project/forget.ts'
import { agentWordAt, type Looked, storyWordAt } from '../../src/domain/project/words-at.ts'
import type { Story } from '../../src/domain/project/plans.ts'
import type { Agent, Cycle, ProjectState } from '../../src/domain/project/project-state.ts'
import { agentHref } from '../atoms/part-href.ts'
import { ATTENTION_LOOKS, wordLook } from '../atoms/state-look.ts'
import { ApprovalCard } from '../project/approvals.tsx'
import { ForeignText, Identifier, visibleText } from '../atoms/foreign-text.tsx'
import { PartLink } from '../atoms/part-link.tsx'
import { Shape } from '../atoms/shape.tsx'
import { Since } from '../atoms/since.tsx'
import { StateBadge } from '../atoms/state-badge.tsx'
import { isOpenCycle } from '../../src/domain/project/tdd-machine.ts'

export type StoryProps = Looked & { project: string; storyId: string; state: ProjectState }

const AGENTS_SHOWN = 50
const ASKED_SHOWN = 20

export const plannedStory = ({ backlog }: Pick<ProjectState, 'backlog'>, storyId: string): Story | undefined =>
  backlog?.stories.find(({ id }) => id === storyId)

export const StoryHead: FC<StoryProps> = ({ storyId, state, ...looked }) => {
  const { now } = looked
  const cycle = state.cycles.get(storyId)
  const title = cycle?.title ?? plannedStory(state, storyId)?.title
  const told = cycle && storyWordAt(state, cycle, looked)
  const look = told === undefined ? ATTENTION_LOOKS.idle : wordLook(told.word)
  return (
    <div id="part-head" class="heading heading--part">
      <h1 tabindex={-1}>
        <Identifier id={storyId} />{' '}
        <StateBadge look={look} isLarge>
          {cycle === undefined ? 'Not begun' : look.word}
          {told?.word === 'stale' ? ' for ' : ''}
          {told?.word === 'stale' ? <Since at={told.since} now={now} form="age" /> : null}
        </StateBadge>
      </h1>
      {title === undefined ? null : (
        <p class="heading__line">
          <ForeignText text={title} limit={1_000} />
        </p>
      )}
      {cycle === undefined ? null : <CycleFacts cycle={cycle} now={now} />}
    </div>
  )
}

const CycleFacts: FC<{ cycle: Cycle; now: number }> = ({ cycle, now }) => (
  <ul class="facts">
    <li>
      {isOpenCycle(cycle) ? 'in ' : 'finished in '}
      <code dir="auto">{visibleText(cycle.state, 40)}</code>{' '}
      <strong>
        <Since at={cycle.completedAt ?? cycle.enteredAt} now={now} form={isOpenCycle(cycle) ? 'age' : 'ago'} />
      </strong>
    </li>
    <li>
      begun <Since at={cycle.startedAt} now={now} />
    </li>
    {cycle.round > 1 ? <li>round {cycle.round}</li> : null}
    {cycle.progress === undefined ? null : <li>{Math.round(cycle.progress * 100)} % done</li>}
  </ul>
)

export const StoryWork: FC<StoryProps> = ({ project, storyId, state, ...looked }) => {
  const { now } = looked
  const agents = [...state.agents.values()].filter((agent) => agent.storyId === storyId)
  const shown = bounded(agents, { limit: AGENTS_SHOWN, worthOf: agentWorth })
  const about = openApprovals(state, now).filter((approval) => approval.storyId === storyId)
  const asked = foremost(about, ASKED_SHOWN)
  return (
    <section id="part-work" class="card" aria-labelledby="part-work-title">
      <header class="card__head">
        <h2 id="part-work-title">Who works on it</h2>
      </header>
      {asked.kept.map((approval) => (
        <ApprovalCard approval={approval} now={now} isOfPart />
      ))}
      {asked.left.length > 0 ? <p class="nothing">{asked.left.length} more questions are open because of it.</p> : null}
      {agents.length === 0 ? <p class="nothing">No agent works on it.</p> : null}
      {shown.kept.map((agent) => (
        <AgentLine agent={agent} project={project} {...looked} />
      ))}
      {shown.left.length > 0 ? <p class="nothing">{shown.left.length} more agents</p> : null}
    </section>
  )
}

const AgentLine: FC<Looked & { agent: Agent; project: string }> = ({ agent, project, ...looked }) => {
  const { word, since } = agentWordAt(agent, looked)
  const look = wordLook(word)
  return (
    <p class={`part-row tone-${look.tone}`}>
      <Shape name={look.shape} />
      <PartLink href={agentHref(project, agent.agentId)}>
        <bdi>{visibleText(agent.agentType, 40)}</bdi> <Identifier id={agent.agentId} />
      </PartLink>
      <span class="part-row__when">
        {look.word} <Since at={since} now={looked.now} form={word === 'ended' ? 'ago' : 'age'} />
      </span>
    </p>
  )
}
