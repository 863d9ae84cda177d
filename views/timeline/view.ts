import { ADDRESSES, addressOf } from '../atoms/part-href.ts'
import { type Axis, liveRange, openAxis } from './axis.ts'
import { type PlacedLane, placedLanes } from './lane-order.ts'
import { type TimelineQuery, timelineSearch, WINDOWS } from './query.ts'
import type { Lanes } from '../../src/domain/timeline/lane.ts'

type TimelineSource = {
  project: string
  lanes: Lanes
  keptSince: number | undefined
  query: TimelineQuery
  now: number
  staleMinutes: number
  /** The moment that the address asks for; without one the picture is live. */
  at?: string | undefined
  laterAt?: number | undefined
}

export type TimelineView = TimelineSource & { axis: Axis; shown: readonly PlacedLane[]; more: number }

export function timelineView(source: TimelineSource): TimelineView {
  const { lanes, query, now, at, staleMinutes } = source
  const { ms, quietMs } = WINDOWS[query.window]
  const range = at === undefined ? liveRange(now, ms) : { from: now - ms, to: now }
  const axis = openAxis({ ...range, now, busy: lanes.busy, quietMs: query.showsGaps ? undefined : quietMs })
  return { ...source, axis, ...placedLanes(lanes, { by: query.by, axis, looked: { now, staleMinutes } }) }
}

type TimelineShape = Pick<TimelineSource, 'project' | 'query' | 'at'>

export function timelineHref({ project, query, at }: TimelineShape, other: Partial<TimelineQuery>): string {
  const search = new URLSearchParams(timelineSearch({ ...query, ...other }))
  if (at !== undefined) search.set('at', at)
  return addressOf(ADDRESSES.timeline, { name: project }, search.size === 0 ? '' : `?${search.toString()}`)
}
