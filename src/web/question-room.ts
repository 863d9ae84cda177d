import { OPEN_QUESTIONS_LIMIT, openQuestions } from '../domain/approval.ts'
import type { NewEvent } from '../domain/event.ts'
import { RefusedError } from '../domain/refused.ts'
import type { Projections } from '../projection/projections.ts'

/**
 * Refuses questions of a project that has as many open as it may, for none is dropped to make room; what is asked again is no further
 * question. The usual report costs a look at its types.
 */
export async function mustHaveRoom(projections: Projections, project: string, events: readonly NewEvent[]): Promise<void> {
  const asked = new Set(events.flatMap((event) => (event.type === 'approval_requested' ? [event.approval_id] : [])))
  const known = projections.summary(project)
  // What is known may be a little behind: only far from the bound is it enough.
  if (asked.size === 0 || !known || known.approvals.total + asked.size <= OPEN_QUESTIONS_LIMIT / 2) return
  const { state } = await projections.fresh(project)
  const further = [...asked].filter((id) => !state.approvals.has(id)).length
  const { count: open } = openQuestions(state, Date.now())
  if (further === 0 || open + further <= OPEN_QUESTIONS_LIMIT) return
  const message = `${open} questions of "${project}" are open; ${OPEN_QUESTIONS_LIMIT} may be. Answer or withdraw some, or let them expire, then ask again.`
  throw new RefusedError('RATE_LIMIT_EXCEEDED', message, { open, limit: OPEN_QUESTIONS_LIMIT, asked: further })
}
