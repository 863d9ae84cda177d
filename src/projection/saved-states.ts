import type { EventLog, Snapshot } from '../event-log/event-log.ts'
import type { Fold, Followed } from './folds.ts'

type Deps<S extends { offset: number }> = { eventLog: EventLog; project: string; fold: Fold<S> }

/** A state is saved once this many events were folded since the last save, so that a start folds no more than that. */
const SAVE_EVERY = 1_000

/** Saves the states of one project as snapshots. Every worker does: the one that comes first saves the others the work. */
export function openSavedStates<S extends { offset: number }>({ eventLog, project, fold }: Deps<S>) {
  let savedAt = 0
  const isNear = (offset: number) => Math.abs(offset - savedAt) < SAVE_EVERY

  /** One that cannot be read is none: this one takes its place. */
  function isReadable({ body }: Snapshot): boolean {
    try {
      fold.decode(body)
      return true
    } catch {
      return false
    }
  }

  /** Unless what is saved already is `near` enough. */
  async function save({ epoch, state }: Followed<S>, near = 1): Promise<void> {
    const { offset } = state
    if (offset === 0 || Math.abs(offset - savedAt) < near) return
    const before = savedAt
    savedAt = offset
    try {
      const other = await eventLog.snapshot({ project, epoch, foldVersion: fold.version })
      if (other && offset - other.offset < near && isReadable(other)) {
        savedAt = Math.min(savedAt, other.offset)
        return
      }
      await eventLog.saveSnapshot({ project, epoch, foldVersion: fold.version, offset, body: fold.encode(state) })
    } catch (error) {
      savedAt = before
      throw error
    }
  }

  return {
    /** The state was read anew, from what was saved at `offset`. */
    beganAt(offset: number) {
      savedAt = offset
    },
    save,
    async saveIfDue(followed: Followed<S>): Promise<void> {
      if (!isNear(followed.state.offset)) await save(followed, SAVE_EVERY / 2)
    },
  }
}
