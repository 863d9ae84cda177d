import { agentAsks, agentIdOf, agentStopsAsking, isLateForAgent } from './agent.ts'
import { type Draft, copyOnWrite } from './draft.ts'
import type { NewEvent, StoredEventOf } from '../events/event.ts'
import { measureApproval } from './flow.ts'
import { textOf } from '../events/loose-fields.ts'
import type { Approval, ProjectState } from './project-state.ts'
import type { Decision } from './reports.ts'
import { parseStatedTime, placeLikeStamp, stampedLater, stampOf } from '../events/stated-time.ts'

export const OPEN_QUESTIONS_LIMIT = 1_000
export const QUESTIONS_LISTED = 5_000
/** Further ones keep their text in the log alone. */
const TEXTS_KEPT = 200
const TEXT_KEPT = 16_384
const CLOCKS_APART_MS = 120_000
const DAY_MS = 86_400_000

type Requested = StoredEventOf<'approval_requested'>

/** A question to a person. Asked again under the same id it keeps its place and age. */
export function foldApprovalRequested(draft: Draft, event: Requested) {
  const { approval_id: approvalId, received_at: at } = event
  const decided = draft.next.decisions.get(approvalId)
  const known = draft.next.approvals.get(approvalId)
  if (decided && !known && !isNewerThan(decided, event)) return recallAsked(draft, decided, event)
  if (isLateForAgent(draft, event)) return
  const before = known && isOpenApproval(known, at) ? known : undefined
  // An expired question that is asked again goes behind the open ones.
  if (known && !before) copyOnWrite(draft, 'approvals').delete(approvalId)
  const isListed = openApproval(draft, {
    approvalId,
    title: textOf(event.title, TEXT_KEPT) ?? approvalId,
    kind: event.kind ?? undefined,
    description: textOf(event.description, TEXT_KEPT),
    priority: event.priority ?? undefined,
    storyId: event.story_id ?? undefined,
    agentType: event.agent_type ?? undefined,
    agentId: agentIdOf(event),
    requestedAt: before?.requestedAt ?? at,
    said: stampOf(event),
    expiresAt: expiry(event),
    offset: event.offset,
    source: 'reported',
  })
  if (!isListed) draft.next.unlistedApprovals = { ...draft.next.unlistedApprovals, reported: draft.next.unlistedApprovals.reported + 1 }
  else agentAsks(draft, event, known ? latestExpiry(draft.next, agentIdOf(event), at) : withFurther(draft, event))
}

function withFurther({ next }: Draft, event: Requested): { until: number | undefined } {
  const until = expiry(event)
  const asking = next.agents.get(agentIdOf(event) ?? '')?.asking
  if (!asking) return { until }
  return { until: until === undefined || asking.until === undefined ? undefined : Math.max(until, asking.until) }
}

/** Adds an open question; false where the list is full. */
export function openApproval(draft: Draft, approval: Approval): boolean {
  const { approvals } = draft.next
  const isKnown = approvals.has(approval.approvalId)
  if (!isKnown && approvals.size >= QUESTIONS_LISTED) return false
  const isWhole = isKnown || approvals.size < TEXTS_KEPT
  copyOnWrite(draft, 'approvals').set(approval.approvalId, isWhole ? approval : shortly(approval))
  return true
}

function shortly(approval: Approval): Approval {
  const title = textOf(approval.title) ?? approval.approvalId
  if (title === approval.title && approval.description === undefined) return approval
  return { ...approval, title, description: undefined, isShortened: true }
}

/** By the asker's clock. The first request that arrives after the decision of an unknown question is the decided one. */
function isNewerThan({ decision, asked, at }: Decision, event: Requested): boolean {
  if (decision === 'expired' || decision === 'ended') return true
  const said = stampOf(event)
  if (!asked) {
    const stated = said && parseStatedTime(said.text)
    return stated?.isZoned === true && stated.ms > at + CLOCKS_APART_MS && stated.ms < event.received_at + DAY_MS
  }
  const later = stampedLater(said, asked.said)
  return later === undefined || (later > 0 && asked.at + later > at)
}

function recallAsked(draft: Draft, decided: Decision, event: Requested) {
  if (decided.asked) return
  copyOnWrite(draft, 'decisions').set(event.approval_id, { ...decided, asked: { at: decided.at, said: stampOf(event) } })
}

/** The first decision of a question counts. It is kept even for an unknown question: a state file may still list it. */
export function foldApprovalResolved(draft: Draft, event: StoredEventOf<'approval_resolved'>) {
  const { approval_id: approvalId, decision, received_at: at } = event
  const approval = draft.next.approvals.get(approvalId)
  const first = draft.next.decisions.get(approvalId)
  const said = stampOf(event)
  if (first && isDecision(first) && (!approval || (stampedLater(said, first.said) ?? 1) <= 0)) return
  if (approval) measureApproval(draft, approval, event)
  close(draft, { approvalId, approval }, { decision, by: event.by ?? undefined, at, offset: event.offset, said })
}

const isDecision = ({ decision }: Decision) => decision !== 'expired' && decision !== 'ended'

type Closed = { approvalId: string; approval: Approval | undefined }

function close(draft: Draft, { approvalId, approval }: Closed, closed: Omit<Decision, 'asked' | 'isListed'>) {
  const decisions = copyOnWrite(draft, 'decisions')
  const before = decisions.get(approvalId)
  const asked = approval ? { at: approval.requestedAt, said: approval.said } : before?.asked
  decisions.delete(approvalId)
  decisions.set(approvalId, { ...closed, asked, isListed: before?.isListed ?? false })
  if (!approval) return
  copyOnWrite(draft, 'approvals').delete(approvalId)
  if (approval.agentId === undefined) return
  const { decision, at } = closed
  agentStopsAsking(draft, approval.agentId, { decision, at, left: latestExpiry(draft.next, approval.agentId, at) })
}

function latestExpiry({ approvals }: ProjectState, agentId: string | undefined, at: number): { until: number | undefined } | undefined {
  let latest: number | undefined
  for (const approval of approvals.values()) {
    if (approval.agentId !== agentId || !isOpenApproval(approval, at)) continue
    latest = Math.max(latest ?? 0, approval.expiresAt ?? Infinity)
  }
  return latest === undefined ? undefined : { until: latest === Infinity ? undefined : latest }
}

/** Nobody is left to be answered when an agent ends. */
export function endQuestionsOfEnded(draft: Draft, { status, offset, received_at: at }: StoredEventOf<'agent_status'>) {
  if (status !== 'ended') return
  for (const approval of draft.next.approvals.values()) {
    const agent = approval.agentId === undefined ? undefined : draft.next.agents.get(approval.agentId)
    if (agent?.status !== 'ended') continue
    close(draft, { approvalId: approval.approvalId, approval }, { decision: 'ended', by: undefined, at, offset, said: undefined })
  }
}

/** Closes expired questions to free memory; they count as closed from their expiry on. */
export function closeExpired(draft: Draft, now: number) {
  for (const approval of draft.next.approvals.values()) {
    const { approvalId, expiresAt: at, offset } = approval
    if (at === undefined || isOpenApproval(approval, now)) continue
    close(draft, { approvalId, approval }, { decision: 'expired', by: undefined, at, offset, said: undefined })
  }
}

/** Whether a question can still be answered. */
export function isOpenApproval({ expiresAt }: Pick<Approval, 'expiresAt'>, now: number): boolean {
  return expiresAt === undefined || expiresAt > now
}

/** The questions that can still be answered, in the order asked. */
export function openApprovals({ approvals }: Pick<ProjectState, 'approvals'>, now: number): Approval[] {
  return [...approvals.values()].filter((approval) => isOpenApproval(approval, now))
}

export type QuestionsOf = Pick<ProjectState, 'approvals' | 'unlistedApprovals'>

/** The open questions, their number in all, and when the oldest was asked. */
export function openQuestions(state: QuestionsOf, now: number) {
  const open = openApprovals(state, now)
  const oldestAt = open.reduce<number | undefined>((oldest, { requestedAt }) => Math.min(oldest ?? requestedAt, requestedAt), undefined)
  const unlisted = state.unlistedApprovals.reported + state.unlistedApprovals.listed
  return { open, count: open.length + unlisted, unlisted, oldestAt }
}

function expiry({ expires_at, timestamp, received_at }: Requested): number | undefined {
  return expires_at ? placeLikeStamp(expires_at, timestamp, received_at) : undefined
}

/** Whether any event asks a question. */
export const asksAnything = (events: readonly NewEvent[]): boolean => events.some(({ type }) => type === 'approval_requested')

/** The questions among events that exceed the limit. Repeated ones need no room, and answers among the events make room. */
export function questionsBeyond(state: QuestionsOf, events: readonly NewEvent[], now: number): NewEvent[] {
  if (!asksAnything(events)) return []
  const { open, unlisted } = openQuestions(state, now)
  const asked = new Set(open.map(({ approvalId }) => approvalId))
  return events.filter((event) => {
    if (event.type === 'approval_resolved') asked.delete(event.approval_id)
    if (event.type !== 'approval_requested' || asked.has(event.approval_id)) return false
    if (asked.size + unlisted >= OPEN_QUESTIONS_LIMIT) return true
    asked.add(event.approval_id)
    return false
  })
}
