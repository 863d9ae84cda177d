import { type EventLog, SNAPSHOT_SPAN } from '../event-log/event-log.ts'
import type { Fold } from './folds.ts'

type Deps<S extends { offset: number }> = { eventLog: EventLog; project: string; fold: Fold<S>; onError(error: unknown): void }

const spanOf = (offset: number) => Math.floor(offset / SNAPSHOT_SPAN)

/**
 * Leaves snapshots while a long log is folded: the last state that a reading of `step` events reaches in each span, so that any
 * moment is no more than about a span away from one. A failure is told and costs nothing but time.
 */
export function openWayMarks<S extends { offset: number }>({ eventLog, project, fold, onError }: Deps<S>, step: number) {
  let marked = -1
  return async (epoch: string, state: S): Promise<void> => {
    const span = spanOf(state.offset)
    if (span === marked || spanOf(state.offset + step) === span) return
    marked = span
    const snapshot = { project, epoch, foldVersion: fold.version, offset: state.offset, body: fold.encode(state) }
    await eventLog.saveSnapshot(snapshot).catch(onError)
  }
}
