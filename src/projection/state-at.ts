import { RefusedError } from '../domain/refused.ts'
import type { EventLog } from '../event-log/event-log.ts'
import { projectFold } from './folds.ts'
import { nearestState } from './nearest-state.ts'
import type { ProjectView } from './projections.ts'

const OFFSET = /^\d{1,30}$/
const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i
const PAGE = 1_000

type Deps = { eventLog: EventLog; onError(error: unknown): void }

/**
 * A project as it was: `at` is an offset, or an instant with a zone that is compared with the time of arrival. The same
 * fold, stopped earlier, from the nearest snapshot.
 */
export async function stateAt(deps: Deps, project: string, at: string): Promise<ProjectView> {
  const { eventLog } = deps
  const { epoch, offset: head } = await eventLog.head(project)
  const upTo = await offsetOf(eventLog, project, at)
  if (upTo > head) {
    throw new RefusedError('STATE_CONFLICT', `Offset ${upTo} lies beyond the end of the log, which is ${head}.`, { epoch, offset: head })
  }
  let state = await nearestState({ ...deps, fold: projectFold }, { project, epoch, upTo })
  while (state.offset < upTo) {
    const { events, first } = await eventLog.read(project, { after: state.offset, upTo, limit: PAGE })
    if (first > state.offset + 1)
      throw new RefusedError('GONE', `Events before offset ${first} were removed by retention.`, { epoch, first_offset: first })
    if (events.length === 0) break
    state = projectFold.apply(state, events)
  }
  return { epoch, state, recent: [] }
}

async function offsetOf(eventLog: EventLog, project: string, at: string): Promise<number> {
  if (OFFSET.test(at)) return Number(at)
  const instant = ZONED.test(at) ? Date.parse(at) : Number.NaN
  if (Number.isNaN(instant)) {
    throw new RefusedError(
      'VALIDATION_ERROR',
      `at must be an offset or a time with a zone such as 2026-11-23T20:30:00Z, not "${at.slice(0, 60)}".`,
      { field: 'at' },
    )
  }
  return eventLog.offsetAt(project, instant)
}
