import type { StoredEvent } from '../domain/events/event.ts'
import type { EventLog, Page } from '../event-log/event-log.ts'
import type { Fold, Followed } from './folds.ts'
import { nearestState, openCheckpoints } from './snapshots.ts'
import { truncateEvent } from './truncate-event.ts'
import { newest } from '../domain/bounded.ts'

type Deps<S extends { offset: number }> = { eventLog: EventLog; project: string; fold: Fold<S>; onError(error: unknown): void }
type From<S> = {
  known: Followed<S> | undefined
  announced: { offset: number }
}
type ReadOn<S> = {
  before: Followed<S> | undefined
  after: Followed<S>
  /** The offset of the snapshot that reading began from; undefined when it continued from `before`. */
  begunAt: number | undefined
}

const PAGE = 1_000
export const RECENT_EVENTS = 50

/** Reads up to the head and to everything announced; from the nearest snapshot when the known state does not fit the log. */
export async function catchUpToHead<S extends { offset: number }>(deps: Deps<S>, { known, announced }: From<S>): Promise<ReadOn<S>> {
  const { eventLog, project, fold } = deps
  let before = known
  let current = before ?? (await begin(deps, (await eventLog.head(project)).epoch))
  let begunAt = before ? undefined : current.state.offset
  const checkpoint = openCheckpoints(deps, PAGE)
  for (;;) {
    const asked = announced.offset
    const page = await eventLog.read(project, { after: current.state.offset, limit: PAGE })
    // Announced events are always stored, so an offset beyond the head belonged to an earlier epoch.
    if (announced.offset === asked) announced.offset = Math.min(asked, page.head)
    if (!goesOnFrom(page, current)) {
      before = undefined
      announced.offset = page.head
      const anew = await begin(deps, page.epoch)
      const isStuck = anew.epoch === current.epoch && anew.state.offset === current.state.offset && page.head >= current.state.offset
      current = anew
      begunAt = anew.state.offset
      if (!isStuck) continue
      deps.onError(new Error(`the log of ${project} begins at ${page.first}, and no saved state reaches there`))
    }
    if (page.events.length > 0) current = advance(fold, current, page.events)
    if (page.events.length === 0 || current.state.offset >= Math.max(page.head, announced.offset)) break
    await checkpoint(current.epoch, current.state)
  }
  return { before, after: current, begunAt }
}

/** Applies events to a state, and keeps the most recent ones beside it. */
export function advance<S extends { offset: number }>(fold: Fold<S>, current: Followed<S>, events: readonly StoredEvent[]): Followed<S> {
  const recent = newest([...current.recent, ...newest(events, RECENT_EVENTS).map(truncateEvent)], RECENT_EVENTS)
  return { epoch: current.epoch, state: fold.apply(current.state, events), recent }
}

const goesOnFrom = ({ epoch, head, first }: Page, current: Followed<{ offset: number }>): boolean =>
  epoch === current.epoch && head >= current.state.offset && first <= current.state.offset + 1

async function begin<S extends { offset: number }>(deps: Deps<S>, epoch: string): Promise<Followed<S>> {
  const { eventLog, project } = deps
  const state = await nearestState(deps, { project, epoch })
  if (state.offset === 0) return { epoch, state, recent: [] }
  const { events } = await eventLog.read(project, { after: Math.max(0, state.offset - RECENT_EVENTS), upTo: state.offset, limit: PAGE })
  return { epoch, state, recent: events.map(truncateEvent) }
}
