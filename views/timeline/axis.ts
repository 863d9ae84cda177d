import { bounded, equally } from '../../src/domain/bounded.ts'

/** A part of the axis: instants in ms, places in percent. A quiet one is a narrow mark for a pause of `quietMs`. */
export type Stretch = { start: number; end: number; x: number; width: number; isQuiet: boolean; quietMs: number }

export type Axis = {
  from: number
  to: number
  now: number
  stretches: readonly Stretch[]
}

type AxisWish = {
  from: number
  to: number
  now: number
  busy: readonly (readonly [number, number])[]
  /** Pauses from this length on are folded; undefined: none is. */
  quietMs: number | undefined
}

const QUIET_WIDTH = 2.4
const QUIET_MOST = 10
/** What stays of a folded pause at both sides, relative to the shortest folded pause. */
const MARGIN = 1 / 5

/** Lays time out from 0 to 100 percent. */
export function openAxis({ from, to, now, busy, quietMs }: AxisWish): Axis {
  const quiet = quietMs === undefined ? [] : pauses({ from, now, busy }, quietMs)
  const cuts = quiet.flatMap(([start, end]) => [start, end])
  const edges = [from, ...cuts, to]
  const loudMs = to - from - quiet.reduce((sum, [start, end]) => sum + end - start, 0)
  const loudWidth = 100 - quiet.length * QUIET_WIDTH
  const stretches: Stretch[] = []
  let x = 0
  for (let index = 0; index + 1 < edges.length; index += 1) {
    const [start = from, end = to] = [edges[index], edges[index + 1]]
    const isQuiet = index % 2 === 1
    const width = isQuiet ? QUIET_WIDTH : (loudWidth * (end - start)) / loudMs
    const wholeMs = end - start + 2 * MARGIN * (quietMs ?? 0)
    stretches.push({ start, end, x, width, isQuiet, quietMs: isQuiet ? wholeMs : 0 })
    x += width
  }
  return { from, to, now, stretches }
}

/** The longest pauses of a window, in order, without their margins. A window in which nothing happened has none. */
function pauses({ from, now, busy }: Pick<AxisWish, 'from' | 'now' | 'busy'>, quietMs: number): [number, number][] {
  const within = busy.filter(([first, last]) => last >= from && first <= now)
  if (within.length === 0) return []
  const begins = [...within.map(([first]) => first), now]
  const ends = [from, ...within.map(([, last]) => last)]
  const gaps = ends.map((end, index): [number, number] => [end, begins[index] ?? end])
  const quiet = gaps.filter(([start, end]) => end - start >= quietMs)
  return bounded(quiet, { limit: QUIET_MOST, worthOf: equally, ageOf: ([start, end]) => end - start })
    .kept.toSorted(([a], [c]) => a - c)
    .map(([start, end]) => [start + quietMs * MARGIN, end - quietMs * MARGIN])
}

/** The place of an instant in percent; what lies outside stands at the edge. */
export function placeOf({ stretches }: Axis, at: number): number {
  const stretch = stretches.find(({ end }) => at <= end) ?? stretches.at(-1)
  if (!stretch) return 0
  const { start, end, x, width } = stretch
  const part = end === start ? 0 : (at - start) / (end - start)
  return x + width * Math.min(1, Math.max(0, part))
}

type Tick = { at: number; x: number; isDay: boolean }

const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880].map((minutes) => minutes * MINUTE_MS)
/** Percent between two ticks, and from the edges. */
const APART = 8
const EDGE = 2.5
const TICKS_MOST = 40

/** Round instants to write at the axis, as many as can be read. */
export function ticksOf({ from, stretches }: Axis): Tick[] {
  const loud = stretches.filter(({ isQuiet }) => !isQuiet)
  const msPerPercent = Math.min(...loud.map(({ start, end, width }) => (end - start) / width))
  const step = STEPS.find((ms) => ms >= APART * msPerPercent) ?? STEPS.at(-1) ?? DAY_MS
  const ticks: Tick[] = []
  let [dayBefore, last] = [Math.floor(from / DAY_MS), -Infinity]
  for (const { start, end, x, width } of loud) {
    for (let at = Math.ceil(start / step) * step; at <= end && ticks.length < TICKS_MOST; at += step) {
      const place = x + (width * (at - start)) / (end - start)
      if (place < EDGE || place > 100 - EDGE || place - last < APART) continue
      const day = Math.floor(at / DAY_MS)
      ticks.push({ at, x: place, isDay: step >= DAY_MS || day !== dayBefore })
      ;[dayBefore, last] = [day, place]
    }
  }
  return ticks
}

/** Room to grow before the picture is drawn again, relative to its window. */
const STEP = 1 / 40

/** The range of a live window. It moves in steps, so that the past stays in place, and ends a step or two after now. */
export function liveRange(now: number, windowMs: number): { from: number; to: number } {
  const step = windowMs * STEP
  const from = Math.floor((now - windowMs) / step) * step
  return { from, to: from + windowMs + 2 * step }
}
