import type { StoredEvent } from '../domain/event.ts'
import { MOVES_KEPT } from '../domain/workflow.ts'
import { projectFold } from './folds.ts'
import type { Moment } from './moment.ts'
import type { ProjectView } from './projections.ts'
import { RECENT_EVENTS } from './read-to-head.ts'
import { shortEvent } from './short-event.ts'
import { type PastDeps, forgotten, stateAtMoment } from './state-at.ts'

/** A project at a moment that is over, with what a page of it shows. */
export type Past = {
  view: ProjectView
  /** The moment, ms since 1970: ages and attention are told by it. */
  now: number
  /** Of the log as it is. */
  first: number
  head: number
  /** What happened next; undefined at the end. */
  next: StoredEvent | undefined
}

/**
 * The state of a project at a moment with the newest events before it. An instant before what is left of a log is refused as
 * GONE, one before the project's first event is an empty project.
 */
export async function lookBack(deps: PastDeps, project: string, moment: Moment): Promise<Past> {
  const { epoch, state } = await stateAtMoment(deps, project, moment)
  const { offset } = state
  const after = Math.max(0, offset - RECENT_EVENTS)
  const { events, first, head } = await deps.eventLog.read(project, { after, upTo: offset + 1, limit: RECENT_EVENTS + 1 })
  const next = events.find((event) => event.offset === offset + 1)
  if ('instant' in moment && offset === first - 1 && first > 1 && moment.instant < (state.lastEventAt ?? 0)) {
    throw await forgotten(deps.eventLog, project, first)
  }
  const told = state.lastEventAt ?? next?.received_at ?? Date.now()
  const now = 'instant' in moment ? Math.min(moment.instant, Date.now()) : told
  return { view: { epoch, state, recent: events.filter((event) => event.offset <= offset).map(shortEvent) }, now, first, head, next }
}

/** Events that are folded to find the next change of the workflow. */
const SEARCHED = 5_000
/** No more events than changes are remembered: none that a page holds is forgotten within it. */
const PAGE = MOVES_KEPT

/**
 * The offset of the next change of the workflow's state after that of a past. The newest changes are those that the state at the
 * head remembers; before them the log is folded on, and where nothing changes for long, the first that is remembered is taken.
 */
export async function nextMove({ eventLog }: PastDeps, project: string, { past, head }: { past: Past; head: ProjectView }) {
  const from = past.view.state
  const isAfter = ({ offset }: { offset: number }) => offset > from.offset
  const { moves } = head.state.workflow
  const remembered = moves.find(isAfter)?.offset
  if (moves.length < MOVES_KEPT || (moves[0]?.offset ?? 0) <= from.offset) return remembered
  let state = from
  while (state.offset < from.offset + SEARCHED) {
    const { events } = await eventLog.read(project, { after: state.offset, limit: PAGE })
    if (events.length === 0) break
    state = projectFold.apply(state, events)
    const found = state.workflow.moves.find(isAfter)
    if (found) return found.offset
  }
  return remembered
}
