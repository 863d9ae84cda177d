import { type EventLog, LogUnavailableError, type Snapshot } from '../event-log/event-log.ts'
import type { Fold } from './folds.ts'

type Wanted = { project: string; epoch: string; /** The head when absent. */ upTo?: number }
type Deps<S extends { offset: number }> = { eventLog: EventLog; fold: Fold<S>; onError(error: unknown): void }

/**
 * The newest saved state at or before an offset, from where the rest is folded: a snapshot, else that which a trimmed log
 * begins with, else the empty state. Snapshots are a cache: one that cannot be read is told of and passed over, for the events are
 * there. What a trimmed log begins with is no cache: where it is damaged, a backup alone has it.
 */
export async function nearestState<S extends { offset: number }>(deps: Deps<S>, wanted: Wanted): Promise<S> {
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

/** Looks further back than a snapshot that cannot be read. */
async function newestReadable<S extends { offset: number }>(deps: Deps<S>, { project, epoch, upTo }: Wanted): Promise<S | undefined> {
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

/** A row that the engine has and cannot give is as good as none; a log that is away is another matter. */
async function readable<T>(read: () => Promise<T | undefined>, tell: (error: unknown) => void): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof LogUnavailableError) throw error
    tell(error)
    return undefined
  }
}

function decoded<S extends { offset: number }>({ fold }: Deps<S>, saved: Snapshot, tell: (error: unknown) => void): S | undefined {
  try {
    const state = fold.decode(saved.body)
    if (state.offset === saved.offset) return state
    throw new Error(`it holds the state at ${state.offset}`)
  } catch (error) {
    tell(error)
    return undefined
  }
}
