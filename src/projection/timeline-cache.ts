import type { Lanes } from '../domain/timeline/lane.ts'
import { foldLanes, followTo, jumpTo, openLanes, trimLanes } from '../domain/timeline/lanes.ts'
import type { ProjectView, Projections } from './projections.ts'
import { type PastDeps, stateAtMoment } from './time-travel.ts'
import type { EventLog } from '../event-log/event-log.ts'
import { projectFold } from './folds.ts'
import { openTurns, STEP, type Turns } from './long-reads.ts'
import { nearestState } from './snapshots.ts'

/** The lanes of a project over a time window, shared by all viewers. */
export type CachedLanes = {
  epoch: string
  lanes: Lanes
  windowMs: number
  keptSince: number | undefined
  hasHole: boolean
}

export type TimelineCache = {
  lanesOf(project: string, windowMs: number): Promise<CachedLanes>
}

type Deps = PastDeps & { projections: Pick<Projections, 'view'>; now(): number }

const WINDOWS_CACHED = 12
const LEAD_OF_WINDOW = 1 / 24
const CATCH_UP_LIMIT = 5_000

/** Caches recently viewed windows, so that the page, its live frames and other viewers read the log once. */
export function openTimelineCache(deps: Deps): TimelineCache {
  const cache = new Map<string, Promise<CachedLanes>>()

  async function open(project: string, windowMs: number): Promise<CachedLanes> {
    const { state } = await deps.projections.view(project)
    const from = deps.now() - windowMs * (1 + LEAD_OF_WINDOW)
    const read = await readLanes(deps, project, { from, windowMs, upTo: state.offset })
    return { ...read, windowMs, hasHole: false }
  }

  async function current(project: string, kept: CachedLanes): Promise<CachedLanes> {
    const { epoch, state } = await deps.projections.view(project)
    const behind = state.offset - kept.lanes.state.offset
    if (epoch !== kept.epoch || kept.hasHole || behind > CATCH_UP_LIMIT) return open(project, kept.windowMs)
    await readOn(deps, { project, epoch, upTo: state.offset }, kept.lanes)
    trim(kept, deps.now())
    return kept
  }

  return {
    async lanesOf(project, windowMs) {
      const key = `${windowMs} ${project}`
      const known = cache.get(key)
      const anew = () => open(project, windowMs)
      const asked = known?.then((kept) => current(project, kept), anew) ?? anew()
      cache.delete(key)
      cache.set(key, asked)
      const [oldest] = cache.keys()
      if (oldest !== undefined && cache.size > WINDOWS_CACHED) cache.delete(oldest)
      return asked.catch((error: unknown) => {
        if (cache.get(key) === asked) cache.delete(key)
        throw error
      })
    },
  }
}

/** Applies a newer view without reading the log; events that it lacks are skipped. Returns whether anything changed. */
export function takeView(kept: CachedLanes, { epoch, state, recent }: ProjectView, now: number): boolean {
  const { lanes } = kept
  if (epoch !== kept.epoch) {
    kept.epoch = epoch
    kept.lanes = openLanes(state, { from: lanes.from, windowMs: kept.windowMs })
    kept.lanes.unread = state.offset
    kept.hasHole = true
    return true
  }
  if (state.offset <= lanes.state.offset) return false
  const news = recent.filter(({ offset }) => offset > lanes.state.offset)
  if (news.length === state.offset - lanes.state.offset) followTo(lanes, news, state)
  else {
    jumpTo(lanes, state)
    kept.hasHole = true
  }
  trim(kept, now)
  return true
}

function trim({ lanes, windowMs }: CachedLanes, now: number) {
  const from = now - windowMs * (1 + LEAD_OF_WINDOW)
  if (from - lanes.from > windowMs * LEAD_OF_WINDOW) trimLanes(lanes, from)
}

export type LaneWindow = { from: number; windowMs: number; upTo: number }

export type ReadLanes = { epoch: string; lanes: Lanes; keptSince: number | undefined }

const READ_WHOLE_LIMIT = 20_000
const NEWEST_READ_WHOLE = 10_000
const SAMPLES = 24

/** Reads the lanes of a window from the log. Rejects as `stateAtMoment` does. */
export async function readLanes(deps: PastDeps, project: string, window: LaneWindow): Promise<ReadLanes> {
  const { eventLog } = deps
  const asked = Math.min(await eventLog.offsetAt(project, window.from), window.upTo)
  const { first, events } = await eventLog.read(project, { after: asked, limit: 1 })
  const isCut = first > 1 && asked <= first - 1
  const begin = Math.min(Math.max(asked, first - 1), window.upTo)
  const { epoch, state } = await stateAtMoment(deps, project, { offset: begin })
  const lanes = openLanes(state, window)
  if (window.upTo - begin > READ_WHOLE_LIMIT) await sample({ ...deps, project, epoch }, lanes, window.upTo)
  await readOn(deps, { project, epoch, upTo: window.upTo }, lanes)
  return { epoch, lanes, keptSince: isCut ? events[0]?.received_at : undefined }
}

type RangeDeps = { eventLog: EventLog; turns?: Turns }
type LogRange = { project: string; epoch: string; upTo: number }

/** Applies the events that follow in the log; stops when the epoch changed. */
export async function readOn(
  { eventLog, turns = openTurns() }: RangeDeps,
  { project, epoch, upTo }: LogRange,
  lanes: Lanes,
): Promise<void> {
  while (lanes.state.offset < upTo) {
    if (turns.isOver()) await turns.take()
    const page = await eventLog.read(project, { ...STEP, after: lanes.state.offset, upTo })
    const last = page.events.at(-1)
    if (page.epoch !== epoch || !last) return
    while (lanes.state.offset < last.offset) {
      if (turns.isOver()) await turns.take()
      foldLanes(lanes, page.events, turns.isOver)
    }
  }
}

async function sample(deps: PastDeps & { project: string; epoch: string }, lanes: Lanes, upTo: number): Promise<void> {
  const { project, epoch, turns = openTurns() } = deps
  const [begin, end] = [lanes.state.offset, upTo - NEWEST_READ_WHOLE]
  for (let turn = 1; turn < SAMPLES; turn += 1) {
    const offset = begin + Math.round(((end - begin) * turn) / SAMPLES)
    if (turns.isOver()) await turns.take()
    jumpTo(lanes, await nearestState({ ...deps, fold: projectFold }, { project, epoch, upTo: offset }))
  }
  jumpTo(lanes, (await stateAtMoment(deps, project, { offset: end })).state)
}
