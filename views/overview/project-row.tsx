import { html, raw } from 'hono/html'
import type { FC } from 'hono/jsx'
import { type Attention, waitsForPerson } from '../../src/domain/summary/attention.ts'
import type { Approval } from '../../src/domain/project/project-state.ts'
import type { ProjectSummary } from '../../src/domain/summary/project-summary.ts'
import { domId } from '../atoms/dom-id.ts'
import { ATTENTION_LOOKS, workflowLook } from '../atoms/state-look.ts'
import { AttentionWords } from '../atoms/state-badge.tsx'
import { Icon } from '../atoms/icon.tsx'
import { ForeignText, Identifier, visibleText } from '../atoms/foreign-text.tsx'
import { pinButton, type PinState } from './pin.tsx'
import { atMoment, projectHref } from '../atoms/part-href.ts'
import { isSaidBelow, Question } from '../project/question.tsx'
import { Ring } from '../atoms/phases.tsx'
import { Shape } from '../atoms/shape.tsx'
import { Since } from '../atoms/since.tsx'
import { Sparkline } from '../atoms/sparkline.tsx'
import { foremost } from '../../src/domain/bounded.ts'

const RINGS_SHOWN = 3

type RowProps = { summary: ProjectSummary; now: number; pin: PinState; at?: string | undefined }

/** A project on the overview: does it need me, what does it do, does it move. Made of templates, since many change at once. */
export const ProjectRow: FC<RowProps> = ({ summary, now, pin, at }) => {
  const { project, attention } = summary
  const href = atMoment(projectHref(project.name), at)
  const { tone, shape: form } = ATTENTION_LOOKS[attention.word]
  const question = attention.word === 'needs_you' ? summary.approvals.first : undefined
  const looks = `row tone-${tone}${question ? ' row--asks' : ''}`
  const attributes = raw(`class="${looks}" data-attention="${attention.word}"${waitsForPerson(attention.word) ? ' data-waits=""' : ''}`)
  return html`<li id="${domId('project', project.name)}" ${attributes}>
    ${Shape({ name: form, class: 'row__shape' })}
    <div class="row__what">
      <div class="row__line">
        <div class="row__title">
          <h2><a class="row__name" href="${href}">${project.name}</a></h2>
          <span class="row__word">${AttentionWords({ attention, now })}</span>
          ${pinButton(project.name, pin)}
        </div>
        ${standOf(summary)}
      </div>
      ${(<Reason attention={attention} question={question} now={now} />)}
    </div>
    ${cyclesOf(summary)} ${agentCount(summary.agents)}
    <div class="row__hour">${Sparkline({ minutes: summary.minutes, now })}</div>
    ${timesOf(summary, now)} ${question ? <Question approval={question} more={summary.approvals.total - 1} href={href} /> : ''}
  </li>`
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
function standOf({ project, sprint, workflowState, attention }: ProjectSummary) {
  const state = workflowLook(workflowState).word
  // Idle is also the state of a project without a reported workflow.
  const isSaid = workflowState === 'IDLE' || state === ATTENTION_LOOKS[attention.word].word
  const unusual = [
    project.status === 'active' ? '' : project.status,
    project.priority === 'normal' ? '' : `${project.priority} priority`,
    sprint || isSaid ? '' : visibleText(state, 40),
  ]
  const told = unusual.filter(Boolean).join(', ')
  const goal = sprint
    ? html`${told ? ', ' : ''}${(<ForeignText text={sprint.goal} limit={48} />)}, ${sprint.done} of ${sprint.total} stories`
    : ''
  return html`<p class="row__stand"><bdi>${told}</bdi>${goal}</p>`
}

const NO_CYCLES = html`<span class="row__none">none open</span>`

function cyclesOf({ cycles, cyclesTotal }: ProjectSummary) {
  const rings = foremost(cycles, RINGS_SHOWN).kept.map((cycle) => Ring({ cycle }))
  const more = cyclesTotal > RINGS_SHOWN ? html`<span class="row__more">+${cyclesTotal - RINGS_SHOWN}</span>` : ''
  return html`<div class="row__cycles">${cycles.length === 0 ? NO_CYCLES : rings}${more}</div>`
}

const NO_AGENTS = html`<div class="row__agents"><span class="row__none">no agents</span></div>`

const ONE_AGENT = raw('<span class="visually-hidden"> agent</span>')
const AGENTS = raw('<span class="visually-hidden"> agents</span>')

function agentCount(count: number) {
  if (count === 0) return NO_AGENTS
  return html`<div class="row__agents">${Icon({ name: 'agent' })}${count}${count === 1 ? ONE_AGENT : AGENTS}</div>`
}

function timesOf({ attention, lastEventAt, ageSince }: ProjectSummary, now: number) {
  const last = lastEventAt === undefined ? 'never' : Since({ at: lastEventAt, now })
  const waiting = attention.waitingSince === undefined ? '' : labelled('waits', Since({ at: attention.waitingSince, now, form: 'waiting' }))
  const age = ageSince === undefined ? '' : labelled('Age', Since({ at: ageSince, now, form: 'age' }))
  return html`<div class="row__last"><span class="label">Last event </span>${last}</div>
    <div class="row__waiting">${waiting}</div>
    <div class="row__age">${age}</div>`
}

const labelled = (label: string, time: ReturnType<typeof Since>) => html`<span class="label">${label} </span>${time}`
