import type { EventLog, Snapshot } from '../event-log/event-log.ts'
import type { Fold } from './follower.ts'

type Wanted = { project: string; epoch: string; /** The head when absent. */ upTo?: number }
type Deps<S extends { offset: number }> = { eventLog: EventLog; fold: Fold<S>; onError(error: unknown): void }

/**
 * The newest saved state at or before an offset, from where the rest is folded: a snapshot, else that which a trimmed log
 * begins with, else the empty state. One that cannot be decoded is reported and passed over: the events are there.
 */
export async function nearestState<S extends { offset: number }>(deps: Deps<S>, { project, epoch, upTo }: Wanted): Promise<S> {
  const { eventLog, fold } = deps
  const saved = decoded(deps, await eventLog.snapshot({ project, epoch, foldVersion: fold.version }, upTo))
  if (saved) return saved
  const beginning = await eventLog.beginning(project)
  const isUsable = beginning !== undefined && (upTo === undefined || beginning.offset <= upTo)
  return (isUsable ? decoded(deps, beginning) : undefined) ?? fold.empty()
}

function decoded<S extends { offset: number }>({ fold, onError }: Deps<S>, saved: Snapshot | undefined): S | undefined {
  if (!saved) return undefined
  try {
    return fold.decode(saved.body)
  } catch (error) {
    onError(new Error(`a saved state of ${saved.project} at ${saved.epoch}:${saved.offset} cannot be read`, { cause: error }))
    return undefined
  }
}
