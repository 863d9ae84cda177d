import { html } from 'hono/html'
import type { FC } from 'hono/jsx'
import { type Attention, waitsForPerson } from '../../src/domain/attention.ts'
import type { Approval } from '../../src/domain/project-state.ts'
import type { ProjectSummary } from '../../src/domain/project-summary.ts'
import { domId } from '../dom-id.ts'
import { ATTENTION_LOOKS, workflowLook } from '../state-look.ts'
import { AttentionWords } from './state-badge.tsx'
import { Icon } from './icon.tsx'
import { ForeignText, Identifier, visibleText } from './foreign-text.tsx'
import { Pin, type PinState } from './pin.tsx'
import { atMoment, projectHref } from '../part-href.ts'
import { isSaidBelow, Question } from './question.tsx'
import { Ring } from './ring.tsx'
import { Shape } from './shape.tsx'
import { Since, since } from './since.tsx'
import { Sparkline } from './sparkline.tsx'

const RINGS_SHOWN = 3

type RowProps = { summary: ProjectSummary; now: number; pin: PinState; at?: string | undefined }

/** One project on the overview: does it need me, what does it do, is it moving. An open question grows the row. */
export const ProjectRow: FC<RowProps> = ({ summary, now, pin, at }) => {
  const { project, attention } = summary
  const href = atMoment(projectHref(project.name), at)
  const look = ATTENTION_LOOKS[attention.word]
  const question = attention.word === 'needs_you' ? summary.approvals.first : undefined
  return (
    <li
      id={domId('project', project.name)}
      class={`row tone-${look.tone}${question ? ' row--asks' : ''}`}
      data-attention={attention.word}
      data-waits={waitsForPerson(attention.word) ? '' : undefined}
    >
      <Shape name={look.shape} class="row__shape" />
      <div class="row__what">
        <div class="row__line">
          <div class="row__title">
            <h2>
              <a class="row__name" href={href}>
                {project.name}
              </a>
            </h2>
            <span class="row__word">
              <AttentionWords attention={attention} now={now} />
            </span>
            <Pin name={project.name} state={pin} />
          </div>
          <Stand summary={summary} />
        </div>
        <Reason attention={attention} question={question} now={now} />
      </div>
      <Cycles summary={summary} />
      <AgentCount count={summary.agents} />
      <div class="row__hour">
        <Sparkline minutes={summary.minutes} now={now} />
      </div>
      <Times summary={summary} now={now} />
      {question ? <Question approval={question} more={summary.approvals.total - 1} href={href} /> : null}
    </li>
  )
}

type ReasonProps = { attention: Attention; question: Approval | undefined; now: number }

/** What it does or asks, in one line; a question that stands below in full is only named. */
const Reason: FC<ReasonProps> = ({ attention, question, now }) => {
  const { word, reason, actor, storyId, since, evidence } = attention
  if (question && question.offset === evidence && isSaidBelow(question)) {
    return (
      <p class="row__reason">
        <bdi>{visibleText(actor ?? 'Somebody', 40)}</bdi> asks{storyId === undefined ? '' : ', for '}
        {storyId === undefined ? null : <Identifier id={storyId} />}
      </p>
    )
  }
  // The word beside the name says "working" already.
  const told = word === 'working' ? reason.replace(/^working: /, '') : reason
  return (
    <p class="row__reason">
      <ForeignText text={told} limit={160} />
      {word === 'working' && since !== undefined ? ' for ' : null}
      {word === 'working' && since !== undefined ? <Since at={since} now={now} form="waiting" /> : null}
    </p>
  )
}

/** Where the project stands: its sprint, else its workflow state; and a lifecycle or priority that is not the usual one. */
const Stand: FC<{ summary: ProjectSummary }> = ({ summary: { project, sprint, workflowState, attention } }) => {
  const state = workflowLook(workflowState).word
  // Idle says nothing beside what is done, and is what a project is of which no workflow was told.
  const isSaid = workflowState === 'IDLE' || state === ATTENTION_LOOKS[attention.word].word
  const unusual = [
    project.status === 'active' ? '' : project.status,
    project.priority === 'normal' ? '' : `${project.priority} priority`,
    sprint || isSaid ? '' : visibleText(state, 40),
  ]
  const told = unusual.filter(Boolean).join(', ')
  return (
    <p class="row__stand">
      <bdi>{told}</bdi>
      {told && sprint ? ', ' : ''}
      {sprint ? <ForeignText text={sprint.goal} limit={48} /> : null}
      {sprint ? `, ${sprint.done} of ${sprint.total} stories` : ''}
    </p>
  )
}

const Cycles: FC<{ summary: ProjectSummary }> = ({ summary: { cycles, cyclesTotal } }) => (
  <div class="row__cycles">
    {cycles.length === 0 ? <span class="row__none">none open</span> : null}
    {cycles.slice(0, RINGS_SHOWN).map((cycle) => (
      <Ring cycle={cycle} />
    ))}
    {cyclesTotal > RINGS_SHOWN ? <span class="row__more">+{cyclesTotal - RINGS_SHOWN}</span> : null}
  </div>
)

const AgentCount: FC<{ count: number }> = ({ count }) => (
  <div class="row__agents">
    {count === 0 ? (
      <span class="row__none">no agents</span>
    ) : (
      <>
        <Icon name="agent" />
        {count}
        <span class="visually-hidden"> {count === 1 ? 'agent' : 'agents'}</span>
      </>
    )}
  </div>
)

/** A template: it is made in a fraction of the time that its ten elements would take, and each row of each flush has one. */
const Times: FC<{ summary: ProjectSummary; now: number }> = ({ summary: { attention, lastEventAt, ageSince }, now }) => {
  const last = lastEventAt === undefined ? 'never' : since(lastEventAt, now)
  const waiting = attention.waitingSince === undefined ? '' : labelled('waits', since(attention.waitingSince, now, 'waiting'))
  const age = ageSince === undefined ? '' : labelled('Age', since(ageSince, now, 'age'))
  return html`<div class="row__last"><span class="label">Last event </span>${last}</div>
    <div class="row__waiting">${waiting}</div>
    <div class="row__age">${age}</div>`
}

const labelled = (label: string, time: ReturnType<typeof since>) => html`<span class="label">${label} </span>${time}`
