import type { Move } from '../../src/domain/project/workflow-moves.ts'

/** Where a change of state stands on the slider, `at` from 0 to 1,000; of several that are one on the screen, the last. */
export type TravelMark = Move & { place: number; count: number }

/** Closer than this, on a slider as wide as a page, two marks are one. */
const APART = 6
const WIDTH = 1000

type Range = { lowest: number; head: number }

/** Marks for changes between what is left of the log and its head, merged where they are dense: at most 167. */
export function travelMarks(moves: readonly Move[], { lowest, head }: Range): TravelMark[] {
  const marks: TravelMark[] = []
  for (const move of moves) {
    if (move.offset <= lowest || move.offset > head) continue
    const place = Math.round(((move.offset - lowest) / Math.max(1, head - lowest)) * WIDTH * 10) / 10
    const last = marks.at(-1)
    if (last && place - last.place < APART) Object.assign(last, move, { count: last.count + 1 })
    else marks.push({ ...move, place, count: 1 })
  }
  return marks
}

/** Those around an event, in order: as many before it (itself included) as after it. */
export function marksAround(marks: readonly TravelMark[], offset: number, each: number): TravelMark[] {
  const after = marks.findIndex((mark) => mark.offset > offset)
  const split = after === -1 ? marks.length : after
  return marks.slice(Math.max(0, split - each), split + each)
}
