import { agentAnswered, agentAsks, agentIdOf } from './agent.ts'
import { type Draft, keepNewest, writableApprovals, writableDecisions } from './draft.ts'
import type { StoredEventOf } from './event.ts'
import { measureApproval } from './flow.ts'
import { textOf } from './loose-fields.ts'
import type { Approval } from './project-state.ts'
import { placeLikeStamp } from './stated-time.ts'

const APPROVALS_KEPT = 200
const DECISIONS_KEPT = 100
/** All that the log keeps of a text: nobody decides on half of one. */
const TEXT_KEPT = 16_384

/** A question to a person. Asked again under the same id it is the same question, and keeps its place and its age. */
export function foldApprovalRequested(draft: Draft, event: StoredEventOf<'approval_requested'>) {
  const known = draft.next.approvals.get(event.approval_id)
  agentAsks(draft, event)
  openApproval(draft, {
    approvalId: event.approval_id,
    title: textOf(event.title, TEXT_KEPT) ?? event.approval_id,
    kind: event.kind ?? undefined,
    description: textOf(event.description, TEXT_KEPT),
    priority: event.priority ?? undefined,
    storyId: event.story_id ?? undefined,
    agentType: event.agent_type ?? undefined,
    agentId: agentIdOf(event),
    requestedAt: known?.requestedAt ?? event.received_at,
    expiresAt: expiry(event),
    offset: event.offset,
    source: 'reported',
  })
}

/** Adds an open question; of too many the oldest go. */
export function openApproval(draft: Draft, approval: Approval) {
  const approvals = writableApprovals(draft)
  approvals.set(approval.approvalId, approval)
  keepNewest(approvals, APPROVALS_KEPT)
}

/** A decision. It is remembered also for a question that nobody heard: a file may still list it. */
export function foldApprovalResolved(draft: Draft, event: StoredEventOf<'approval_resolved'>) {
  const { approval_id: approvalId, decision, received_at: at, offset } = event
  const decisions = writableDecisions(draft)
  decisions.delete(approvalId)
  decisions.set(approvalId, { decision, by: event.by ?? undefined, at, offset })
  keepNewest(decisions, DECISIONS_KEPT)
  const approval = draft.next.approvals.get(approvalId)
  if (!approval) return
  measureApproval(draft, approval, event)
  writableApprovals(draft).delete(approvalId)
  const { agentId } = approval
  if (agentId === undefined || decision === 'withdrawn') return
  const asksMore = [...draft.next.approvals.values()].some((other) => other.agentId === agentId)
  if (!asksMore) agentAnswered(draft, agentId, at)
}

/** Whether a question can still be answered. */
export function isOpenApproval({ expiresAt }: Pick<Approval, 'expiresAt'>, now: number): boolean {
  return expiresAt === undefined || expiresAt > now
}

/** The expiry that the asker names, by the asker's clock where the event is stamped. */
function expiry({ expires_at, timestamp, received_at }: StoredEventOf<'approval_requested'>): number | undefined {
  return expires_at ? placeLikeStamp(expires_at, timestamp, received_at) : undefined
}
