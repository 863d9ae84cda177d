import type { Draft } from './draft.ts'
import type { StoredEventOf } from '../events/event.ts'
import type { Cycle, CycleSaid } from './project-state.ts'
import { isSaidBefore } from '../events/stated-time.ts'
import { recordTransition } from './workflow.ts'

/** Whether an id names another cycle of the story than the one that is known. */
export const isOther = (known: Cycle, cycleId: string | undefined) =>
  known.cycleId !== undefined && cycleId !== undefined && known.cycleId !== cycleId

type Compared = { known: Cycle | undefined; isOver: boolean }

/**
 * Whether a report comes late, by its reporter's own clock: of another cycle, or of one that is over, and said before what was
 * said of the story last. Such a report undoes nothing.
 */
export function isLateStep({ cycleId, said }: { cycleId: string | undefined; said: CycleSaid | undefined }, { known, isOver }: Compared) {
  if (known === undefined || !(isOther(known, cycleId) || isOver)) return false
  // A clock orders only its owner's words: two orchestrators' clocks say nothing of each other.
  return said?.by === known.said?.by && isSaidBefore(said?.text, known.said?.text)
}

/** Tells a step that came late among the transitions. */
export function recordLate(draft: Draft, event: StoredEventOf<'tdd_transition'>) {
  const { offset, received_at: at, timestamp, story_id: storyId, old_state, new_state: to } = event
  const untold = { source: 'reported', isUnexpected: false, command: undefined, by: undefined } as const
  recordTransition(draft, { offset, at, timestamp, machine: 'tdd', storyId, from: old_state ?? undefined, to, ...untold })
}
