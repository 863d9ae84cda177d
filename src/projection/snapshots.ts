import { type EventLog, LogUnavailableError, type Snapshot, SNAPSHOT_SPAN } from '../event-log/event-log.ts'
import type { Fold, Followed } from './folds.ts'

type SnapshotQuery = { project: string; epoch: string; /** The head when absent. */ upTo?: number }
type SnapshotDeps<S extends { offset: number }> = { eventLog: EventLog; fold: Fold<S>; onError(error: unknown): void }

/** The nearest readable state at or before an offset: a snapshot, else the beginning of a trimmed log, else empty. */
export async function nearestState<S extends { offset: number }>(deps: SnapshotDeps<S>, wanted: SnapshotQuery): Promise<S> {
  const saved = await newestReadable(deps, wanted)
  if (saved) return saved
  const { project, upTo } = wanted
  const damaged = (at: string, cause: unknown) =>
    new Error(
      `the state that the log of ${project} begins with${at} cannot be read, and the events before it were removed: stop the program and restore a backup`,
      { cause },
    )
  const beginning = await readable(
    () => deps.eventLog.beginning(project),
    (cause) => deps.onError(damaged('', cause)),
  )
  if (beginning === undefined || (upTo !== undefined && beginning.offset > upTo)) return deps.fold.empty()
  const state = decoded(deps, beginning, (cause) => deps.onError(damaged(`, at ${beginning.epoch}:${beginning.offset},`, cause)))
  return state ?? deps.fold.empty()
}

async function newestReadable<S extends { offset: number }>(
  deps: SnapshotDeps<S>,
  { project, epoch, upTo }: SnapshotQuery,
): Promise<S | undefined> {
  const { eventLog, fold, onError } = deps
  const tell = (at: string) => (cause: unknown) =>
    onError(new Error(`a saved state of ${project}${at} cannot be read and is folded anew`, { cause }))
  let before = upTo
  for (;;) {
    const saved = await readable(() => eventLog.snapshot({ project, epoch, foldVersion: fold.version }, before), tell(''))
    if (saved === undefined) return undefined
    const state = decoded(deps, saved, tell(` at ${saved.epoch}:${saved.offset}`))
    if (state || saved.offset === 0) return state
    before = saved.offset - 1
  }
}

/** An unreadable row counts as missing; an absent log does not. */
async function readable<T>(read: () => Promise<T | undefined>, tell: (error: unknown) => void): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof LogUnavailableError) throw error
    tell(error)
    return undefined
  }
}

function decoded<S extends { offset: number }>({ fold }: SnapshotDeps<S>, saved: Snapshot, tell: (error: unknown) => void): S | undefined {
  try {
    const state = fold.decode(saved.body)
    if (state.offset === saved.offset) return state
    throw new Error(`it holds the state at ${state.offset}`)
  } catch (error) {
    tell(error)
    return undefined
  }
}

type SaveDeps<S extends { offset: number }> = { eventLog: EventLog; project: string; fold: Fold<S> }

const SAVE_EVERY = 1_000

/** Saves snapshots of one project. All workers try; the first one saves. */
export function openSnapshots<S extends { offset: number }>({ eventLog, project, fold }: SaveDeps<S>) {
  let savedAt = 0
  const isNear = (offset: number) => Math.abs(offset - savedAt) < SAVE_EVERY

  function isReadable({ body }: Snapshot): boolean {
    try {
      fold.decode(body)
      return true
    } catch {
      return false
    }
  }

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
    beganAt(offset: number) {
      savedAt = offset
    },
    save,
    async saveIfDue(followed: Followed<S>): Promise<void> {
      if (!isNear(followed.state.offset)) await save(followed, SAVE_EVERY / 2)
    },
  }
}

const spanOf = (offset: number) => Math.floor(offset / SNAPSHOT_SPAN)

/** Saves one checkpoint per span while a long log is read in steps of `step` events, so that later reads start nearby. */
export function openCheckpoints<S extends { offset: number }>(
  { eventLog, project, fold, onError }: SaveDeps<S> & { onError(error: unknown): void },
  step: number,
) {
  let marked = -1
  return async (epoch: string, state: S): Promise<void> => {
    const span = spanOf(state.offset)
    if (span === marked || spanOf(state.offset + step) === span) return
    marked = span
    const snapshot = { project, epoch, foldVersion: fold.version, offset: state.offset, body: fold.encode(state) }
    await eventLog.saveSnapshot(snapshot).catch(onError)
  }
}
