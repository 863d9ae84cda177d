import { plainLine, shortened } from '../events/plain-text.ts'
import type { Agent, Approval, ProjectState } from '../project/project-state.ts'
import type { Liveness } from './liveness.ts'
import { type CurrentSprint, sprintFigures } from '../project/sprint.ts'
import { isSevere } from '../project/outcomes.ts'

/** One line for people, commands in backticks. */
export type AttentionReason = {
  reason: string
  actor: string | undefined
  storyId: string | undefined
  evidence: number | undefined
  since: number | undefined
}

const REASON_HEAD = 670
const REASON_TAIL = 330
const GENERIC_AGENT = 'agent'

type ReasonFacts = Partial<Omit<AttentionReason, 'reason'>>

function withReason(text: string, about: ReasonFacts): AttentionReason {
  const { head, cut, tail } = shortened(plainLine(text), REASON_HEAD, REASON_TAIL)
  const reason = cut > 0 ? `${head} … ${tail}` : head
  return { reason, actor: about.actor, storyId: about.storyId, evidence: about.evidence, since: about.since }
}

/** `QAAgent asks: run the migration?` */
export function askReason(asker: Approval | Agent): AttentionReason {
  const { agentType: actor, storyId, offset: evidence } = asker
  const isAgent = 'status' in asker
  const question = isAgent ? (asker.reason ?? asker.action ?? 'for input') : asker.title
  const since = isAgent ? asker.since : asker.requestedAt
  const who = actor === undefined || actor === GENERIC_AGENT ? '' : `${actor} `
  return withReason(`${who}asks: ${question}`, { actor, storyId, evidence, since })
}

/** What failed, as far as it was reported. */
export function blockedReason(state: ProjectState): AttentionReason {
  const { workflow, ci } = state
  const about = { evidence: workflow.offset, since: workflow.enteredAt }
  if (ci && ci.failuresInRow > 0 && ci.status !== 'passed') return withReason(ciText(ci), { ...about, storyId: ci.storyId })
  const error = severeErrors(state).at(-1)
  if (error) return withReason(`blocked: ${error.message}`, about)
  return withReason('blocked: `/suggest_fix` or `/skip_task` goes on', about)
}

/** The workflow, an error, an agent or the last CI run; undefined when nothing failed. */
export function failedReason(state: ProjectState): AttentionReason | undefined {
  const { workflow, ci } = state
  const error = severeErrors(state)[0]
  if (workflow.state === 'ERROR') {
    const said = error?.message ?? 'the orchestrator is in state ERROR'
    return withReason(`error: ${said}`, { evidence: workflow.offset, since: workflow.enteredAt })
  }
  if (error) return withReason(`error: ${error.message}`, { evidence: error.offset, since: error.at })
  const agent = [...state.agents.values()].find(({ status }) => status === 'failed')
  if (agent) return agentReason('failed', agent)
  if (ci?.status !== 'failed' && ci?.status !== 'error') return undefined
  return withReason(ciText(ci), { storyId: ci.storyId, evidence: ci.offset, since: ci.at })
}

function severeErrors({ errors }: ProjectState) {
  return [...errors.values()].filter(isSevere)
}

function ciText({ status, failuresInRow, detail, storyId }: NonNullable<ProjectState['ci']>): string {
  const times = failuresInRow > 1 ? ` ${failuresInRow} times` : ''
  const what = status === 'error' && failuresInRow === 0 ? 'CI could not run' : `CI failed${times}`
  const where = storyId === undefined ? '' : ` on ${storyId}`
  return detail === undefined ? `${what}${where}` : `${what}: ${detail}${where}`
}

/** Why a sprint is in review. */
export function reviewReason({ workflow }: ProjectState, sprint: CurrentSprint | undefined): AttentionReason {
  const figures = sprint && sprint.total > 0 ? `${sprintFigures(sprint)}: ` : ''
  const text = `${figures}read the sprint, then \`/feedback\` accepts it or \`/request_changes\``
  return withReason(text, { evidence: workflow.offset, since: workflow.enteredAt })
}

/** `working: npm test` or `last heard: npm test`. */
export function stateReason(verb: string, { doing, actor, storyId, evidence, since }: Liveness): AttentionReason {
  return withReason(`${verb}: ${doing}`, { actor, storyId, evidence, since })
}

/** Why an agent does not work. */
export function agentReason(state: 'failed' | 'waiting' | 'idle' | 'ended', agent: Agent): AttentionReason {
  const { agentType: actor, storyId, offset: evidence, since } = agent
  const told = agent.reason ?? agent.action
  const words = { failed: `${actor} failed`, waiting: `${actor} waits`, idle: 'idle', ended: 'ended' }[state]
  const unsaid = state === 'waiting' ? `${words} for background work` : words
  return withReason(told === undefined ? unsaid : `${words}: ${told}`, { actor, storyId, evidence, since })
}

/** Who paused it, if reported. */
export function pausedReason({ workflow }: ProjectState): AttentionReason {
  const { by, offset: evidence, enteredAt: since } = workflow
  return withReason(by === undefined ? 'the sprint is paused: `/sprint resume` goes on' : `${by} paused it`, { evidence, since })
}

/** The sprint is done. */
export function doneReason({ workflow }: ProjectState, { total }: CurrentSprint): AttentionReason {
  const all = total === 1 ? 'the story of the sprint is done' : `all ${total} stories of the sprint are done`
  return withReason(all, { evidence: workflow.offset, since: workflow.enteredAt })
}

const NEXT_STEPS = new Map([
  ['IDLE', 'nothing planned: `/epic` opens the next one'],
  ['BACKLOG_READY', 'the backlog is ready: `/sprint plan` comes next'],
  ['SPRINT_PLANNED', 'the sprint is planned: `/sprint start` comes next'],
  ['SPRINT_ACTIVE', 'the sprint is active, nobody works on it'],
])

/** Why nothing happens, and what comes next. */
export function idleReason({ workflow, offset, lastEventAt }: ProjectState, sprint: CurrentSprint | undefined): AttentionReason {
  if (offset === 0) return withReason('no event yet', {})
  const figures = sprint && workflow.state === 'SPRINT_ACTIVE' ? `: ${sprintFigures(sprint)}` : ''
  const text = NEXT_STEPS.get(workflow.state) ?? `in state ${workflow.state}`
  return withReason(`${text}${figures}`, { evidence: workflow.offset || undefined, since: workflow.enteredAt ?? lastEventAt })
}
