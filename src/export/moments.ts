import type { StoredEvent } from '../domain/events/event.ts'
import type { ProjectState } from '../domain/project/project-state.ts'
import { summarize } from '../domain/summary/project-summary.ts'
import type { Shown } from '../live/live-page.ts'
import { projectFold } from '../projection/folds.ts'
import type { Period, ReplaySource } from './replay-source.ts'

/** The page from an instant (ms since 1970) on; without an event only time changed it. */
export type ReplayMoment = { at: number; shown: Shown; event: StoredEvent | undefined }

const RECENT = 50

/** Every moment of a period at which the page changes, in order. */
export async function* momentsOf(source: ReplaySource, period: Period): AsyncGenerator<ReplayMoment> {
  const { first, last, fromInstant, toInstant } = period
  const recent = await eventsBefore(source, period)
  const view = viewer(source, period.epoch)
  const state = await source.stateAt(first)
  let now = view({ state, recent, at: Math.max(fromInstant ?? 0, state.lastEventAt ?? 0) })
  yield now
  for (let offset = first; offset < last;) {
    const events = await source.read(offset, last)
    if (events.length === 0) break
    for (const event of events) {
      for (const silent of silences(view, now, event.received_at)) yield (now = silent)
      now = view({ state: projectFold.apply(now.shown.view.state, [event]), recent: [event], at: event.received_at })
      yield now
    }
    offset = events.at(-1)?.offset ?? last
  }
  yield* silences(view, now, Math.min(toInstant ?? 0, Date.now()))
}

type SeenState = { state: ProjectState; recent: readonly StoredEvent[]; at: number }
type DrawState = (seen: SeenState) => ReplayMoment

const viewer =
  ({ project, staleMinutes }: ReplaySource, epoch: string): DrawState =>
  ({ state, recent, at }) => ({
    at,
    event: recent.at(-1),
    shown: { project, summary: summarize({ project, state, epoch, now: at, staleMinutes }), view: { epoch, state, recent } },
  })

function* silences(view: DrawState, after: ReplayMoment, until: number): Generator<ReplayMoment> {
  let { at } = after
  let next = after.shown.summary.nextLookAt
  while (next !== undefined && next > at && next < until) {
    at = next
    const silent = view({ state: after.shown.view.state, recent: [], at })
    yield silent
    next = silent.shown.summary.nextLookAt
  }
}

async function eventsBefore(source: ReplaySource, { oldest, first }: Period): Promise<StoredEvent[]> {
  const events: StoredEvent[] = []
  for (let after = Math.max(oldest - 1, first - RECENT); after < first;) {
    const page = await source.read(after, first)
    if (page.length === 0) break
    events.push(...page)
    after = page.at(-1)?.offset ?? first
  }
  return events
}
