import { agentAsks, agentIdOf, agentStopsAsking, isLateForAgent } from './agent.ts'
import { type Draft, copyOnWrite } from './draft.ts'
import type { NewEvent, StoredEventOf } from '../events/event.ts'
import { measureApproval } from './flow.ts'
import { textOf } from '../events/loose-fields.ts'
import type { Approval, ProjectState } from './project-state.ts'
import type { Decision } from './reports.ts'
import { placeLikeStamp, saidLater, saidOf } from '../events/stated-time.ts'

/** So many open questions are taken of a project; more are refused at the door, none is dropped for another. */
export const OPEN_QUESTIONS_LIMIT = 1_000
/** What an older log holds beyond that is listed up to here and counted beyond. */
export const QUESTIONS_LISTED = 5_000
/** Questions that are kept with all their text; of later ones it is in the log, at the question's offset. */
const TEXTS_KEPT = 200
/** All that the log keeps of a text: nobody decides on half of one. */
const TEXT_KEPT = 16_384
/** Clocks of two machines that are set right differ by less. */
const CLOCKS_APART_MS = 120_000
const DAY_MS = 86_400_000

type Requested = StoredEventOf<'approval_requested'>

/** A question to a person. Asked again under the same id it is the same question, and keeps its place and its age. */
export function foldApprovalRequested(draft: Draft, event: Requested) {
  const { approval_id: approvalId, received_at: at } = event
  const decided = draft.next.decisions.get(approvalId)
  const known = draft.next.approvals.get(approvalId)
  if (decided && !known && !isNewerThan(decided, event)) return recallAsked(draft, decided, event)
  if (isLateForAgent(draft, event)) return
  const before = known && isOpenApproval(known, at) ? known : undefined
  // One that had expired is asked anew, after those that are open.
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
    said: saidOf(event),
    expiresAt: expiry(event),
    offset: event.offset,
    source: 'reported',
  })
  if (!isListed) draft.next.unlistedApprovals = { ...draft.next.unlistedApprovals, reported: draft.next.unlistedApprovals.reported + 1 }
  else agentAsks(draft, event, known ? latestExpiry(draft.next, agentIdOf(event), at) : withFurther(draft, event))
}

/** Until when an agent waits with one more question: without an expiry of any of them, for good. */
function withFurther({ next }: Draft, event: Requested): { until: number | undefined } {
  const until = expiry(event)
  const asking = next.agents.get(agentIdOf(event) ?? '')?.asking
  if (!asking) return { until }
  return { until: until === undefined || asking.until === undefined ? undefined : Math.max(until, asking.until) }
}

/** Adds an open question, where there is room to list it; what is open is never dropped for what comes later. */
export function openApproval(draft: Draft, approval: Approval): boolean {
  const { approvals } = draft.next
  const isKnown = approvals.has(approval.approvalId)
  if (!isKnown && approvals.size >= QUESTIONS_LISTED) return false
  const isWhole = isKnown || approvals.size < TEXTS_KEPT
  copyOnWrite(draft, 'approvals').set(approval.approvalId, isWhole ? approval : shortly(approval))
  return true
}

/** A question whose text is in the log alone. */
function shortly(approval: Approval): Approval {
  const title = textOf(approval.title) ?? approval.approvalId
  if (title === approval.title && approval.description === undefined) return approval
  return { ...approval, title, description: undefined, isShortened: true }
}

/**
 * Whether a question that was decided is asked once more. The clock of whoever asks tells it, set right by when its first question
 * came; without one the order of arrival does. The first request to come after the decision of a question that nobody heard is the
 * one that was decided.
 */
function isNewerThan({ decision, asked, at }: Decision, event: Requested): boolean {
  if (decision === 'expired' || decision === 'ended') return true
  const said = saidOf(event)
  if (!asked) return said?.isZoned === true && said.ms > at + CLOCKS_APART_MS && said.ms < event.received_at + DAY_MS
  const later = saidLater(said, asked.said)
  return later === undefined || (later > 0 && asked.at + later > at)
}

/** A question that came after its decision: from now on it is known when it was asked. */
function recallAsked(draft: Draft, decided: Decision, event: Requested) {
  if (decided.asked) return
  copyOnWrite(draft, 'decisions').set(event.approval_id, { ...decided, asked: { at: decided.at, said: saidOf(event) } })
}

/** A decision. It is remembered also for a question that nobody heard: a file may still list it. Of two the first stands. */
export function foldApprovalResolved(draft: Draft, event: StoredEventOf<'approval_resolved'>) {
  const { approval_id: approvalId, decision, received_at: at } = event
  const approval = draft.next.approvals.get(approvalId)
  const first = draft.next.decisions.get(approvalId)
  const said = saidOf(event)
  const isRepeated = (saidLater(said, first?.said) ?? 1) <= 0
  if (first && isDecision(first) && (!approval || isRepeated)) return
  if (approval) measureApproval(draft, approval, event)
  close(draft, { approvalId, approval }, { decision, by: event.by ?? undefined, at, offset: event.offset, said })
}

/** Expiry and the end of an agent close a question, but nobody decided it. */
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

/** Until when an agent's open questions wait, if it has any. */
function latestExpiry({ approvals }: ProjectState, agentId: string | undefined, at: number): { until: number | undefined } | undefined {
  let latest: number | undefined
  for (const approval of approvals.values()) {
    if (approval.agentId !== agentId || !isOpenApproval(approval, at)) continue
    latest = Math.max(latest ?? 0, approval.expiresAt ?? Infinity)
  }
  return latest === undefined ? undefined : { until: latest === Infinity ? undefined : latest }
}

/** The questions of agents that have ended end with them: nobody is left to be answered. */
export function endQuestionsOfEnded(draft: Draft, { status, offset, received_at: at }: StoredEventOf<'agent_status'>) {
  if (status !== 'ended') return
  for (const approval of draft.next.approvals.values()) {
    const agent = approval.agentId === undefined ? undefined : draft.next.agents.get(approval.agentId)
    if (agent?.status !== 'ended') continue
    close(draft, { approvalId: approval.approvalId, approval }, { decision: 'ended', by: undefined, at, offset, said: undefined })
  }
}

/** Closes what has expired. Until then it is no longer open either: this only makes room. */
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

/** The questions that can still be answered, in the order asked: what every page, count and figure goes by. */
export function openApprovals({ approvals }: Pick<ProjectState, 'approvals'>, now: number): Approval[] {
  return [...approvals.values()].filter((approval) => isOpenApproval(approval, now))
}

/** What of a state its questions are. */
export type QuestionsOf = Pick<ProjectState, 'approvals' | 'unlistedApprovals'>

/** How many questions are open in all, and since when the oldest is. */
export function openQuestions(state: QuestionsOf, now: number) {
  const open = openApprovals(state, now)
  const oldestAt = open.reduce<number | undefined>((oldest, { requestedAt }) => Math.min(oldest ?? requestedAt, requestedAt), undefined)
  const unlisted = state.unlistedApprovals.reported + state.unlistedApprovals.listed
  return { open, count: open.length + unlisted, unlisted, oldestAt }
}

/** The expiry that the asker names, by the asker's clock where the event is stamped. */
function expiry({ expires_at, timestamp, received_at }: Requested): number | undefined {
  return expires_at ? placeLikeStamp(expires_at, timestamp, received_at) : undefined
}

/** Whether events ask anything: only then a project needs room for them. */
export const asksAnything = (events: readonly NewEvent[]): boolean => events.some(({ type }) => type === 'approval_requested')

/**
 * The questions among events for which a project has no room, in their order: none that is open is dropped for another. What is asked
 * again is no further question, and what the same events answer makes room.
 */
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
