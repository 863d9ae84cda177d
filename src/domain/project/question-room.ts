import { OPEN_QUESTIONS_LIMIT, openQuestions, type QuestionsOf } from './approval.ts'
import type { NewEvent } from '../events/event.ts'

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
