import type { StoredEvent } from '../domain/events/event.ts'
import { foldLanes, jumpTo, openLanes } from '../domain/timeline/lanes.ts'
import type { EventLog } from '../event-log/event-log.ts'
import { projectFold } from './folds.ts'
import { openTurns, STEP, type Turns } from './long-reads.ts'
import { nearestState } from './nearest-state.ts'
import { type PastDeps, stateAtMoment } from './state-at.ts'
import type { Lanes } from '../domain/timeline/lane.ts'

/** From an instant (ms since 1970) up to an offset. */
export type LaneWindow = { from: number; windowMs: number; upTo: number }

/** What was read, and where what is left of the log begins if that is within the window. */
export type ReadLanes = { epoch: string; lanes: Lanes; keptSince: number | undefined }

/** More events than this are not looked at one by one: the newest are, of those before only samples of the state. */
const READ_MOST = 20_000
const READ_NEWEST = 10_000
const SAMPLES = 24
const SLICE = 50

/** The lanes of a window, read from the log. Rejects as `stateAtMoment` does. */
export async function readLanes(deps: PastDeps, project: string, window: LaneWindow): Promise<ReadLanes> {
  const { eventLog } = deps
  const asked = Math.min(await eventLog.offsetAt(project, window.from), window.upTo)
  const { first, events } = await eventLog.read(project, { after: asked, limit: 1 })
  const isCut = first > 1 && asked <= first - 1
  const begin = Math.min(Math.max(asked, first - 1), window.upTo)
  const { epoch, state } = await stateAtMoment(deps, project, { offset: begin })
  const lanes = openLanes(state, window)
  if (window.upTo - begin > READ_MOST) await sample({ ...deps, project, epoch }, lanes, window.upTo)
  await readOn(deps, { project, epoch, upTo: window.upTo }, lanes)
  return { epoch, lanes, keptSince: isCut ? events[0]?.received_at : undefined }
}

type ReadDeps = { eventLog: EventLog; turns?: Turns }
type Reading = { project: string; epoch: string; upTo: number }

/** Takes in what follows in the log; ends early where the log was replaced. */
export async function readOn({ eventLog, turns = openTurns() }: ReadDeps, { project, epoch, upTo }: Reading, lanes: Lanes): Promise<void> {
  while (lanes.state.offset < upTo) {
    const page = await eventLog.read(project, { ...STEP, after: lanes.state.offset, upTo })
    if (page.epoch !== epoch || page.events.length === 0) return
    await foldInTurns(lanes, page.events, turns)
  }
}

/** Some events say a whole state, others a step: what keeps others waiting is the time that it takes. */
async function foldInTurns(lanes: Lanes, events: readonly StoredEvent[], turns: Turns): Promise<void> {
  for (let index = 0; index < events.length; index += SLICE) {
    await turns.take()
    foldLanes(lanes, events.slice(index, index + SLICE))
  }
}

/** Looks at the states that were saved on the way, as far apart as there may be many events, and at the one before the newest. */
async function sample(deps: PastDeps & { project: string; epoch: string }, lanes: Lanes, upTo: number): Promise<void> {
  const { project, epoch, turns = openTurns() } = deps
  const [begin, end] = [lanes.state.offset, upTo - READ_NEWEST]
  for (let turn = 1; turn < SAMPLES; turn += 1) {
    const offset = begin + Math.round(((end - begin) * turn) / SAMPLES)
    jumpTo(lanes, await nearestState({ ...deps, fold: projectFold }, { project, epoch, upTo: offset }))
    await turns.take()
  }
  jumpTo(lanes, (await stateAtMoment(deps, project, { offset: end })).state)
}
