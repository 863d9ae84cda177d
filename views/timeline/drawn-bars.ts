import { type Bar, mergedBars, type Lane } from '../../src/domain/timeline/lane.ts'
import type { Mark } from '../../src/domain/timeline/lane-marks.ts'
import { type Axis, placeOf } from './axis.ts'

export type DrawnBar = { bar: Bar; x: number; width: number; isRunning: boolean }

/** Neighbours narrower than this are one bar: about the width of a finger's line. */
const NARROWEST = 0.45
const SEEN = 0.25

/** What is drawn of a lane within an axis, `most` bars: clipped, and with neighbours together that are too narrow to be told apart. */
export function drawnBars(bars: readonly Bar[], axis: Axis, most: number): DrawnBar[] {
  const within = bars.filter(({ start, end = axis.now }) => end >= axis.from && start <= axis.now)
  let merged = together(within, axis, NARROWEST)
  for (let least = 2 * NARROWEST; merged.length > most && least < 100; least *= 2) merged = together(merged, axis, least)
  return merged.map((bar) => {
    const isRunning = bar.end === undefined
    const [x, end] = [placeOf(axis, bar.start), placeOf(axis, bar.end ?? axis.now)]
    return { bar, x: round(x), width: round(Math.max(end - x, SEEN)), isRunning }
  })
}

export function isWithin({ bars, asks }: Lane, axis: Axis): boolean {
  return [bars, asks].some((all) => all.some(({ start, end = axis.now }) => end >= axis.from && start <= axis.now))
}

function together(bars: readonly Bar[], axis: Axis, least: number): Bar[] {
  const widthOf = ({ start, end }: Bar) => (end === undefined ? Infinity : placeOf(axis, end) - placeOf(axis, start))
  const merged: Bar[] = []
  for (const bar of bars) {
    const last = merged.at(-1)
    const gap = last?.end === undefined ? 0 : placeOf(axis, bar.start) - placeOf(axis, last.end)
    if (last && gap < least && widthOf(bar) < least && widthOf(last) < least) merged[merged.length - 1] = mergedBars(last, bar)
    else merged.push(bar)
  }
  return merged
}

/** Marks at one place: the first of them stands for all where they would cover each other. */
export type DrawnMark = { marks: readonly Mark[]; x: number }

const MARKS_APART = 1.8

/** What is drawn of the marks within an axis. Of several at one place the gravest gives the shape. */
export function drawnMarks(marks: readonly Mark[], axis: Axis): DrawnMark[] {
  const drawn: { marks: Mark[]; x: number }[] = []
  for (const mark of marks) {
    if (mark.at < axis.from || mark.at > axis.now) continue
    const x = round(placeOf(axis, mark.at))
    const last = drawn.at(-1)
    if (last && x - last.x < MARKS_APART) last.marks.push(mark)
    else drawn.push({ marks: [mark], x })
  }
  return drawn
}

/** A hundredth of a percent is a tenth of a pixel. */
export const round = (percent: number) => Math.round(percent * 100) / 100
