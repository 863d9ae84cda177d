import { bounded, type Worth } from '../bounded.ts'
import type { Approval, ProjectState } from '../project/project-state.ts'
import type { Mark } from './lane-marks.ts'

/** A time in one state: a phase, work, an open question. Instants are ms since 1970. */
export type Bar = {
  state: string
  start: number
  end: number | undefined
  number: number
  since: number
  steps: number
  by: string | undefined
  isUnexpected: boolean
}

/** The history of a story, an agent or the workflow, oldest first; immutable. */
export type Lane = {
  key: string
  number: number
  bars: readonly Bar[]
  asks: readonly (Bar & { approvalId: string })[]
  had: number
  movedAt: number
}

/** A project's lanes in a time window, made on demand. Lanes and lists in it are immutable. */
export type Lanes = {
  state: ProjectState
  from: number
  workflow: Lane
  stories: Map<string, Lane>
  agents: Map<string, Lane>
  marks: readonly Mark[]
  /** Times with events, without pauses longer than `pauseMs`. */
  busy: readonly (readonly [number, number])[]
  pauseMs: number
  unread: number
  /** Lanes beyond the bound, with the instant at which each ended (Infinity: not yet). */
  forgotten: { stories: Map<string, number>; agents: Map<string, number> }
  open: ReadonlyMap<string, Approval>
  lanesMade: number
}

export type LaneStay = Pick<Bar, 'state' | 'since' | 'end'> & { isUnexpected?: boolean }

export const MIXED = 'mixed'
const BARS_KEPT = 160
const ASKS_KEPT = 40

/** A lane without bars. */
export function emptyLane(key: string, number: number): Lane {
  return { key, number, bars: [], asks: [], had: 0, movedAt: 0 }
}

/** Adds a stay, or its end; the same lane when nothing is new. */
export function withStay(lane: Lane, stay: LaneStay): Lane {
  const last = lane.bars.at(-1)
  if (last?.state === stay.state && last.since === stay.since) {
    const end = stay.end === undefined ? undefined : Math.max(last.start, stay.end)
    if (last.end === end) return lane
    return { ...lane, bars: [...lane.bars.slice(0, -1), { ...last, end }], movedAt: end ?? lane.movedAt }
  }
  // Files may be dated earlier: a lane never goes back.
  const start = Math.max(stay.since, last?.end ?? last?.start ?? stay.since)
  const end = stay.end === undefined ? undefined : Math.max(start, stay.end)
  const bar: Bar = { ...stay, start, end, number: lane.had, steps: 1, by: undefined, isUnexpected: stay.isUnexpected ?? false }
  return { ...lane, bars: fewer([...endedAt(lane.bars, start), bar]), had: lane.had + 1, movedAt: end ?? start }
}

/** Ends the current stay. */
export function withEnd(lane: Lane, at: number): Lane {
  return lane.bars.at(-1)?.end === undefined && lane.bars.length > 0 ? { ...lane, bars: endedAt(lane.bars, at), movedAt: at } : lane
}

/** Adds who works in the current stay, unless known. */
export function withWorker(lane: Lane, worker: () => string | undefined): Lane {
  const last = lane.bars.at(-1)
  const by = last && last.end === undefined && last.by === undefined ? worker() : undefined
  if (!last || by === undefined) return lane
  return { ...lane, bars: [...lane.bars.slice(0, -1), { ...last, by }] }
}

/** Adds a question, or its end. */
export function withAsk(lane: Lane, ask: Pick<Bar, 'start' | 'end' | 'by'> & { approvalId: string }): Lane {
  const known = lane.asks.find(({ approvalId, end }) => approvalId === ask.approvalId && end === undefined)
  if (known && ask.end === undefined) return lane
  const rest = lane.asks.filter((one) => one !== known)
  const fresh = { ...ask, state: 'asks', since: ask.start, number: lane.had, steps: 1, isUnexpected: false }
  const asked = { ...(known ?? fresh), end: ask.end }
  const had = known ? lane.had : lane.had + 1
  const { kept } = bounded([...rest, asked], {
    limit: ASKS_KEPT,
    most: 10 * ASKS_KEPT,
    worthOf: ({ end }) => (end === undefined ? 'waits' : 'over'),
  })
  return { ...lane, asks: kept, had, movedAt: Math.max(lane.movedAt, ask.end ?? ask.start) }
}

/** Lanes that need somebody are kept. */
export function laneWorth({ bars, asks }: Lane): Worth {
  const last = bars.at(-1)
  if (asks.some(({ end }) => end === undefined)) return 'waits'
  if (!last || last.end !== undefined) return 'over'
  return last.state === 'needs_input' || last.state === 'failed' || last.state === 'waiting' ? 'waits' : 'on'
}

/** The lane without what ended before an instant. */
export function trimmed(lane: Lane, before: number): Lane {
  const isLeft = ({ end }: Bar) => end === undefined || end >= before
  if (lane.bars.every(isLeft) && lane.asks.every(isLeft)) return lane
  return { ...lane, bars: lane.bars.filter(isLeft), asks: lane.asks.filter(isLeft) }
}

function endedAt(bars: readonly Bar[], at: number): Bar[] {
  return bars.map((bar, index) => (index === bars.length - 1 && bar.end === undefined ? { ...bar, end: Math.max(bar.start, at) } : bar))
}

function fewer(bars: Bar[]): Bar[] {
  if (bars.length <= BARS_KEPT) return bars
  let [shortest, at] = [Infinity, 0]
  for (let index = 0; index + 2 < bars.length; index += 1) {
    const length = lengthOf(bars[index]) + lengthOf(bars[index + 1])
    if (length < shortest) [shortest, at] = [length, index]
  }
  const [one, other] = [bars[at], bars[at + 1]]
  return one && other ? bars.toSpliced(at, 2, mergedBars(one, other)) : bars
}

const lengthOf = (bar: Bar | undefined) => (bar?.end ?? Infinity) - (bar?.start ?? 0)

/** Two neighbours as one bar. */
export function mergedBars(one: Bar, other: Bar): Bar {
  const isSame = one.state === other.state
  return {
    ...one,
    state: isSame ? one.state : MIXED,
    end: other.end,
    steps: one.steps + other.steps,
    by: one.by === other.by ? one.by : undefined,
    isUnexpected: one.isUnexpected || other.isUnexpected,
  }
}
