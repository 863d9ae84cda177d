import type { FC } from 'hono/jsx'
import { isAtHand } from '../../src/domain/project/agent.ts'
import type { Attention } from '../../src/domain/summary/attention.ts'
import type { Project } from '../../src/domain/registry/project-registry.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { projectHref } from '../atoms/part-href.ts'
import { AttentionMark } from '../atoms/state-badge.tsx'
import { ForeignText, visibleText } from '../atoms/foreign-text.tsx'
import { Since } from '../atoms/since.tsx'

export type HeadingView = { project: Project; state: ProjectState; attention: Attention; now: number; isPast?: boolean | undefined }

export const ProjectHeading: FC<HeadingView> = ({ project, state, attention, now, isPast = false }) => (
  <div id="heading" class="heading heading--project">
    <div>
      <h1>
        {project.name} <AttentionMark attention={attention} now={now} isLarge />
      </h1>
      <ProjectFacts project={project} state={state} attention={attention} now={now} />
      {project.description ? (
        <p class="heading__line">
          <ForeignText text={project.description} limit={240} />
        </p>
      ) : null}
    </div>
    {isPast || state.offset === 0 ? null : (
      <a id="look-back" class="button" href={`${projectHref(project.name)}?at=${state.offset}`}>
        Look back
      </a>
    )}
  </div>
)

export const ProjectFacts: FC<HeadingView> = ({ project, state, attention, now }) => (
  <ul class="facts">
    <li>
      <ForeignText text={attention.reason} limit={160} />
    </li>
    <Ages state={state} attention={attention} now={now} />
    <li>{agentsLine(state)}</li>
    {project.status === 'active' ? null : <li>{project.status}</li>}
    {project.priority === 'normal' ? null : <li>{project.priority} priority</li>}
  </ul>
)

const Ages: FC<Pick<HeadingView, 'state' | 'attention' | 'now'>> = ({ state, attention, now }) => (
  <>
    {attention.waitingSince === undefined ? null : (
      <li>
        waiting{' '}
        <strong>
          <Since at={attention.waitingSince} now={now} form="waiting" />
        </strong>
      </li>
    )}
    {state.workflow.enteredAt === undefined ? null : (
      <li>
        in <code dir="auto">{visibleText(state.workflow.state, 60)}</code> for{' '}
        <strong>
          <Since at={state.workflow.enteredAt} now={now} form="age" />
        </strong>
      </li>
    )}
    <li>
      last event <strong>{state.lastEventAt === undefined ? 'never' : <Since at={state.lastEventAt} now={now} />}</strong>
    </li>
  </>
)

function agentsLine(state: ProjectState): string {
  const present = [...state.agents.values()].filter(isAtHand).length
  if (present === 0) return 'no agents'
  return present === 1 ? '1 agent' : `${present} agents`
}
