import { agentAt } from '../project/agent.ts'
import { openApprovals } from '../project/approval.ts'
import {
  type AttentionReason,
  agentReason,
  askReason,
  blockedReason,
  doneReason,
  failedReason,
  idleReason,
  pausedReason,
  reviewReason,
  stateReason,
} from './attention-reason.ts'
import type { Agent, Approval, ProjectState } from '../project/project-state.ts'
import { isSprintDone, sprintOf } from '../project/sprint.ts'
import { agentsAtWork, cycleLiveness, openCycles, type Liveness, agentLiveness } from './liveness.ts'

export const ATTENTION_ORDER = [
  'needs_you',
  'blocked',
  'failed',
  'in_review',
  'stale',
  'working',
  'waiting',
  'paused',
  'idle',
  'done',
] as const
export type AttentionWord = (typeof ATTENTION_ORDER)[number]

export type Attention = AttentionReason & {
  word: AttentionWord
  waitingSince: number | undefined
  nextChangeAt: number | undefined
}

type AttentionOptions = { staleMinutes: number }

const FOR_PEOPLE = new Set<AttentionWord>(['needs_you', 'blocked', 'failed', 'in_review'])

/** Whether the word means that a person is waited for. */
export function waitsForPerson(word: AttentionWord): boolean {
  return FOR_PEOPLE.has(word)
}

/** The attention word of a project: the first rule that holds. */
export function attentionAt(state: ProjectState, now: number, options: AttentionOptions): Attention {
  return forPeople(state, now) ?? atWork(state, now, options) ?? atRest(state)
}

/** The attention word of an agent. */
export function agentAttentionAt(told: Agent, now: number, { staleMinutes }: AttentionOptions): Attention {
  const agent = agentAt(told, now)
  switch (agent.status) {
    case 'needs_input':
      return attention('needs_you', askReason(agent))
    case 'failed':
      return attention('failed', agentReason('failed', agent))
    case 'working':
      return fromLiveness(agentLiveness(agent, staleMinutes), now)
    case 'waiting':
    case 'idle':
      return attention(agent.status, agentReason(agent.status, agent))
    default:
      return attention('done', agentReason('ended', agent))
  }
}

function attention(word: AttentionWord, reason: AttentionReason, nextChangeAt?: number): Attention {
  return { word, ...reason, waitingSince: waitsForPerson(word) ? reason.since : undefined, nextChangeAt }
}

function forPeople(state: ProjectState, now: number): Attention | undefined {
  const asked = oldestQuestion(state, now)
  if (asked) return attention('needs_you', askReason(asked), nextExpiry(state, now))
  const { workflow } = state
  if (workflow.state === 'BLOCKED') return attention('blocked', blockedReason(state))
  const failed = failedReason(state)
  if (failed) return attention('failed', failed)
  return workflow.state === 'SPRINT_REVIEW' ? attention('in_review', reviewReason(state, sprintOf(state))) : undefined
}

function oldestQuestion(state: ProjectState, now: number): Approval | Agent | undefined {
  const approval = openApprovals(state, now)[0]
  let agent: Agent | undefined
  for (const one of state.agents.values()) {
    if (one.status === 'needs_input' && (!agent || one.since < agent.since) && agentAt(one, now) === one) agent = one
  }
  if (!agent || !approval) return approval ?? agent
  return agent.since < approval.requestedAt ? agent : approval
}

function nextExpiry(state: ProjectState, now: number): number | undefined {
  const expiries = openApprovals(state, now).flatMap(({ expiresAt }) => expiresAt ?? [])
  return expiries.length === 0 ? undefined : Math.min(...expiries)
}

function atWork(state: ProjectState, now: number, { staleMinutes }: AttentionOptions): Attention | undefined {
  const { working, waiting: waits, asking } = agentsAtWork(state.agents)
  const asked = asking.map((agent) => agentAt(agent, now))
  const signs = [...working, ...asked.filter(({ status }) => status === 'working')].map((agent) => agentLiveness(agent, staleMinutes))
  const waiting = waits ?? asked.find(({ status }) => status === 'waiting')
  const cycles = isPaused(state) ? [] : openCycles(state.cycles).map((cycle) => cycleLiveness(state, cycle, staleMinutes))
  const lively = [...signs, ...cycles.filter(({ quietAt }) => !waiting || quietAt > now)]
  if (lively.length > 0) return fromAll(lively, now)
  return waiting ? attention('waiting', agentReason('waiting', waiting)) : undefined
}

function fromAll(signs: Liveness[], now: number): Attention {
  const quietAt = Math.max(...signs.map((liveness) => liveness.quietAt))
  const alive = signs.filter((liveness) => liveness.quietAt > now)
  const latest = (alive.length > 0 ? alive : signs).reduce((one, other) => (other.heardAt > one.heardAt ? other : one))
  return fromLiveness({ ...latest, quietAt }, now)
}

function fromLiveness(liveness: Liveness, now: number): Attention {
  if (now < liveness.quietAt) return attention('working', stateReason('working', liveness), liveness.quietAt)
  return attention('stale', { ...stateReason('last heard', liveness), since: liveness.heardAt })
}

/** Whether the workflow is paused. */
export function isPaused({ workflow }: Pick<ProjectState, 'workflow'>): boolean {
  return workflow.state === 'SPRINT_PAUSED' || workflow.state === 'PAUSED'
}

function atRest(state: ProjectState): Attention {
  if (isPaused(state)) return attention('paused', pausedReason(state))
  const sprint = sprintOf(state)
  if (sprint && isSprintDone(sprint)) return attention('done', doneReason(state, sprint))
  return attention('idle', idleReason(state, sprint))
}
