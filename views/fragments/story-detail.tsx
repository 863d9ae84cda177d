import type { FC } from 'hono/jsx'
import { isOpenCycle } from '../../src/domain/cycle.ts'
import type { Cycle, ProjectState, Story } from '../../src/domain/project-state.ts'
import { agentHref } from '../part-href.ts'
import { agentLook, ATTENTION_LOOKS } from '../state-look.ts'
import { ApprovalCard } from './approvals.tsx'
import { cycleLook } from './cycle-card.tsx'
import { ForeignText, Identifier, visibleText } from './foreign-text.tsx'
import { PartLink } from './part-link.tsx'
import { Shape } from './shape.tsx'
import { Since } from './since.tsx'
import { StateBadge } from './state-badge.tsx'

/** One story of a project. */
export type StoryProps = { project: string; storyId: string; state: ProjectState; now: number }

const AGENTS_SHOWN = 50

/** What the backlog tells of a story, if it does. */
export const plannedStory = ({ backlog }: Pick<ProjectState, 'backlog'>, storyId: string): Story | undefined =>
  backlog?.stories.find(({ id }) => id === storyId)

/** Its name, the one word, and how old all of it is. */
export const StoryHead: FC<StoryProps> = ({ storyId, state, now }) => {
  const cycle = state.cycles.get(storyId)
  const title = cycle?.title ?? plannedStory(state, storyId)?.title
  const look = cycle === undefined ? ATTENTION_LOOKS.idle : cycleLook(cycle, state, now)
  return (
    <div id="part-head" class="heading heading--part">
      <h1 tabindex={-1}>
        <Identifier id={storyId} />{' '}
        <StateBadge look={look} isLarge>
          {cycle === undefined ? 'Not begun' : look.word}
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

/** Who works on it and what is asked because of it. */
export const StoryWork: FC<StoryProps> = ({ project, storyId, state, now }) => {
  const agents = [...state.agents.values()].filter((agent) => agent.storyId === storyId)
  const asked = [...state.approvals.values()].filter((approval) => approval.storyId === storyId)
  return (
    <section id="part-work" class="card" aria-labelledby="part-work-title">
      <header class="card__head">
        <h2 id="part-work-title">Who works on it</h2>
      </header>
      {asked.map((approval) => (
        <ApprovalCard approval={approval} now={now} isOfPart />
      ))}
      {agents.length === 0 ? <p class="nothing">No agent works on it.</p> : null}
      {agents.slice(0, AGENTS_SHOWN).map((agent) => {
        const look = agentLook(agent.status)
        return (
          <p class={`part-row tone-${look.tone}`}>
            <Shape name={look.shape} />
            <PartLink href={agentHref(project, agent.agentId)}>
              <bdi>{visibleText(agent.agentType, 40)}</bdi> <Identifier id={agent.agentId} />
            </PartLink>
            <span class="part-row__when">
              {look.word} <Since at={agent.since} now={now} form={agent.status === 'ended' ? 'ago' : 'age'} />
            </span>
          </p>
        )
      })}
      {agents.length > AGENTS_SHOWN ? <p class="nothing">{agents.length - AGENTS_SHOWN} more agents</p> : null}
    </section>
  )
}
