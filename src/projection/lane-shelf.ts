import { followTo, jumpTo, openLanes, trimLanes } from '../domain/timeline/lanes.ts'
import type { Projections } from './projections.ts'
import { readLanes, readOn } from './read-lanes.ts'
import type { PastDeps } from './state-at.ts'
import type { Lanes } from '../domain/timeline/lane.ts'
import type { ProjectView } from './project-change.ts'

/** The lanes of a project's last so many milliseconds, shared by all who look at them. They move on with `take`. */
export type KeptLanes = {
  epoch: string
  lanes: Lanes
  windowMs: number
  /** Where what is left of the log begins, if that was within the window. */
  keptSince: number | undefined
  /** Events were passed over while it was followed: the next who asks has it read anew. */
  hasHole: boolean
}

export type LaneShelf = {
  /** With everything that the project's state holds in memory or in the log. Rejects while the log is away. */
  lanesOf(project: string, windowMs: number): Promise<KeptLanes>
}

type Deps = PastDeps & { projections: Pick<Projections, 'view'>; now(): number }

/** Windows kept at a time; those that are watched keep their own. */
const KEPT = 12
/** A window begins a little earlier than asked, so that its picture can stand still for a while. */
const LEAD = 1 / 24
/** More than this is quicker read as a whole. */
const READ_ON_MOST = 5_000

/** Keeps the windows that were looked at lately, so that a page, its live frames and its other viewers read the log once. */
export function openLaneShelf(deps: Deps): LaneShelf {
  const shelf = new Map<string, Promise<KeptLanes>>()

  async function open(project: string, windowMs: number): Promise<KeptLanes> {
    const { state } = await deps.projections.view(project)
    const from = deps.now() - windowMs * (1 + LEAD)
    const read = await readLanes(deps, project, { from, windowMs, upTo: state.offset })
    return { ...read, windowMs, hasHole: false }
  }

  async function current(project: string, kept: KeptLanes): Promise<KeptLanes> {
    const { epoch, state } = await deps.projections.view(project)
    const behind = state.offset - kept.lanes.state.offset
    if (epoch !== kept.epoch || kept.hasHole || behind > READ_ON_MOST) return open(project, kept.windowMs)
    await readOn(deps, { project, epoch, upTo: state.offset }, kept.lanes)
    trim(kept, deps.now())
    return kept
  }

  return {
    async lanesOf(project, windowMs) {
      const key = `${windowMs} ${project}`
      const known = shelf.get(key)
      const asked = known?.then((kept) => current(project, kept)) ?? open(project, windowMs)
      shelf.delete(key)
      shelf.set(key, asked)
      const [oldest] = shelf.keys()
      if (oldest !== undefined && shelf.size > KEPT) shelf.delete(oldest)
      return asked.catch((error: unknown) => {
        if (shelf.get(key) === asked) shelf.delete(key)
        throw error
      })
    },
  }
}

/**
 * Takes in a newer view of the project, without reading: what the view has no events of is passed over. True when something was
 * new.
 */
export function takeView(kept: KeptLanes, { epoch, state, recent }: ProjectView, now: number): boolean {
  const { lanes } = kept
  if (epoch !== kept.epoch) {
    // Another log: what is known of it is where it stands.
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

/** Rarely, for it looks at all. */
function trim({ lanes, windowMs }: KeptLanes, now: number) {
  const from = now - windowMs * (1 + LEAD)
  if (from - lanes.from > windowMs * LEAD) trimLanes(lanes, from)
}
