import { OPEN_QUESTIONS_LIMIT, openQuestions, questionsBeyond } from '../domain/project/approval.ts'
import type { NewEvent } from '../domain/events/event.ts'
import { RefusedError } from '../domain/refused.ts'
import type { WebDeps } from './env.ts'

/** Refuses questions of a project that has as many open as it may. The usual report costs a look at its types. */
export async function mustHaveRoom(
  { projections, metrics }: Pick<WebDeps, 'projections' | 'metrics'>,
  project: string,
  events: readonly NewEvent[],
): Promise<void> {
  const asked = events.filter(({ type }) => type === 'approval_requested').length
  const known = projections.summary(project)
  // What is known may be a little behind: only far from the bound is it enough.
  if (asked === 0 || !known || known.approvals.total + asked <= OPEN_QUESTIONS_LIMIT / 2) return
  const { state } = await projections.fresh(project)
  const beyond = questionsBeyond(state, events, Date.now())
  if (beyond.length === 0) return
  metrics.questionsRefused.inc({ source: 'http' }, beyond.length)
  const { count: open } = openQuestions(state, Date.now())
  const message = `${open} questions of "${project}" are open; ${OPEN_QUESTIONS_LIMIT} may be. Answer or withdraw some, or let them expire, then ask again.`
  throw new RefusedError('RATE_LIMIT_EXCEEDED', message, { open, limit: OPEN_QUESTIONS_LIMIT, beyond: beyond.length })
}
