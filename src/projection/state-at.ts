import { RefusedError } from '../domain/refused.ts'
import type { EventLog, Position } from '../event-log/event-log.ts'
import { projectFold } from './folds.ts'
import { openTurns, STEP, type Turns } from './long-reads.ts'
import { type Moment, parseMoment } from './moment.ts'
import { nearestState } from './nearest-state.ts'
import { openWayMarks } from './way-marks.ts'
import type { ProjectView } from './project-change.ts'

/** Folded between two turns. */
const FOLDED = 50
/** A saved state this near to the end of its span is near enough. */
const MARK_STEP = 1_000

export type PastDeps = {
  eventLog: EventLog
  onError(error: unknown): void
  /** The pace; its own without a reader who may leave. */ turns?: Turns
}

/**
 * A project as it was: `at` is an offset, or an instant with a zone that is compared with the time of arrival. The same
 * fold, stopped earlier, from the nearest snapshot.
 */
export function stateAt(deps: PastDeps, project: string, at: string): Promise<ProjectView> {
  return stateAtMoment(deps, project, parseMoment(at))
}

/** The same of a moment that was read before. */
export async function stateAtMoment(deps: PastDeps, project: string, moment: Moment): Promise<ProjectView> {
  const { eventLog, turns = openTurns() } = deps
  const { epoch, offset: upTo } = await momentOffset(eventLog, project, moment)
  let state = await nearestState({ ...deps, fold: projectFold }, { project, epoch, upTo })
  const pass = openWayMarks({ ...deps, project, fold: projectFold }, MARK_STEP)
  while (state.offset < upTo) {
    const { events, first } = await eventLog.read(project, { ...STEP, after: state.offset, upTo })
    if (first > state.offset + 1) throw await forgotten(eventLog, project, first)
    if (events.length === 0) break
    for (let index = 0; index < events.length; index += FOLDED) {
      await turns.take()
      state = projectFold.apply(state, events.slice(index, index + FOLDED))
    }
    await pass(epoch, state)
    await turns.take()
  }
  return { epoch, state, recent: [] }
}

/** The offset that a moment is of a log, and its epoch. Refuses one beyond the end. */
export async function momentOffset(eventLog: EventLog, project: string, moment: Moment): Promise<Position> {
  const { epoch, offset: head } = await eventLog.head(project)
  const offset = 'offset' in moment ? moment.offset : await eventLog.offsetAt(project, moment.instant)
  if (offset <= head) return { epoch, offset }
  throw new RefusedError('STATE_CONFLICT', `Offset ${offset} lies beyond the end of the log, which is ${head}.`, { epoch, offset: head })
}

/** What to say of a moment that retention removed: where the rest begins. */
export async function forgotten(eventLog: EventLog, project: string, first: number): Promise<RefusedError> {
  const { epoch, events } = await eventLog.read(project, { after: first - 1, limit: 1 })
  const at = events[0] && new Date(events[0].received_at).toISOString()
  const since = at === undefined ? '' : `, received at ${at}`
  const details = { epoch, first_offset: first, ...(at === undefined ? {} : { first_at: at }) }
  return new RefusedError(
    'GONE',
    `Events before offset ${first} were removed by retention. The first that is left is ${first}${since}.`,
    details,
  )
}
