import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { type Bar, MIXED } from '../../src/domain/timeline/lane.ts'
import { liveRange, openAxis, placeOf, ticksOf } from '../../views/timeline/axis.ts'
import { drawnBars, drawnMarks } from '../../views/timeline/drawn-bars.ts'
import { parseTimelineQuery, timelineSearch } from '../../views/timeline/query.ts'

const BEGAN = Date.UTC(2026, 10, 23, 13)
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const at = (minute: number) => BEGAN + minute * MINUTE_MS

type Minutes = readonly (readonly [number, number])[]
const axisOf = (busy: Minutes, { quiet = 10, to = 65, isFolded = true } = {}) =>
  openAxis({
    from: at(0),
    to: at(to),
    now: at(60),
    busy: busy.map(([first, last]) => [at(first), at(last)] as const),
    quietMs: isFolded ? quiet * MINUTE_MS : undefined,
  })
const bar = (start: number, end: number | undefined, over: Partial<Bar> = {}): Bar => ({
  ...{ state: 'design', start: at(start), end: end === undefined ? undefined : at(end), since: at(start) },
  ...{ number: start, steps: 1, by: undefined, isUnexpected: false },
  ...over,
})

describe('the axis', () => {
  const quietOf = (axis: ReturnType<typeof axisOf>) =>
    axis.stretches.filter(({ isQuiet }) => isQuiet).map(({ start, end }) => [(start - BEGAN) / MINUTE_MS, (end - BEGAN) / MINUTE_MS])

  test('folds pauses that are long, at the beginning and until now too, and leaves a margin of them', () => {
    const axis = axisOf([
      [12, 20],
      [25, 26],
      [40, 45],
    ])
    expect(quietOf(axis)).toEqual([
      [2, 10],
      [28, 38],
      [47, 58],
    ])
    expect(axis.stretches.filter(({ isQuiet }) => isQuiet).map(({ quietMs }) => quietMs / MINUTE_MS)).toEqual([12, 14, 15])
    expect(placeOf(axis, at(38)) - placeOf(axis, at(28))).toBeCloseTo(2.4)
    expect([placeOf(axis, at(-5)), placeOf(axis, at(90))]).toEqual([0, 100])
  })

  test('folds none where none is wanted, where all is busy, and where nothing happened at all', () => {
    expect(quietOf(axisOf([[12, 20]], { isFolded: false }))).toEqual([])
    expect(quietOf(axisOf([[0, 60]]))).toEqual([])
    expect(quietOf(axisOf([]))).toEqual([])
    expect(quietOf(axisOf([[-30, -20]]))).toEqual([])
  })

  test('folds only the longest of very many', () => {
    const many = Array.from({ length: 28 }, (_, index) => [index * 2, index * 2] as const)
    const axis = axisOf(many, { quiet: 1 })
    expect(axis.stretches.filter(({ isQuiet }) => isQuiet)).toHaveLength(10)
  })

  test('whatever happened when, time goes from left to right, from 0 to 100', () => {
    const minute = fc.integer({ min: -20, max: 60 })
    fc.assert(
      fc.property(fc.array(fc.tuple(minute, fc.integer({ min: 0, max: 8 }))), fc.array(minute), (spans, moments) => {
        let last = -Infinity
        const busy = spans
          .toSorted(([one], [other]) => one - other)
          .map(([start, length]) => [Math.max(start, last), (last = Math.max(start, last) + length)] as const)
        const axis = axisOf(busy)
        const places = moments.toSorted((one, other) => one - other).map((moment) => placeOf(axis, at(moment)))
        expect(places).toEqual(places.toSorted((one, other) => one - other))
        expect(axis.stretches.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(100)
        expect(axis.stretches.every(({ width }) => width > 0)).toBe(true)
      }),
    )
  })

  test('has round ticks that do not run into each other, and names the day where it changes', () => {
    const ticks = ticksOf(axisOf([[0, 60]]))
    expect(ticks.map(({ at }) => new Date(at).toISOString().slice(11, 16))).toEqual(
      expect.arrayContaining(['13:10', '13:20', '13:30', '13:40', '13:50']),
    )
    const day = openAxis({ from: at(-720), to: at(780), now: at(720), busy: [], quietMs: undefined })
    expect(ticksOf(day).filter(({ isDay }) => isDay)).toEqual([expect.objectContaining({ at: at(660) })])
    const week = openAxis({ from: at(0), to: at(10_080), now: at(10_000), busy: [], quietMs: undefined })
    for (const axis of [day, week, axisOf([[59, 60]])]) {
      const places = ticksOf(axis).map(({ x }) => x)
      for (const [index, x] of places.entries()) expect(x - (places[index - 1] ?? -Infinity)).toBeGreaterThanOrEqual(8)
      expect(places.length).toBeGreaterThan(2)
    }
  })

  test('of a live window stands still for a while and has room to grow', () => {
    fc.assert(
      fc.property(fc.integer({ min: BEGAN, max: BEGAN + HOUR_MS }), (now) => {
        const { from, to } = liveRange(now, HOUR_MS)
        expect(now - from).toBeGreaterThanOrEqual(HOUR_MS)
        expect(to - now).toBeGreaterThan(MINUTE_MS)
        expect(to - from).toBeLessThan(1.06 * HOUR_MS)
      }),
    )
    expect(liveRange(BEGAN + 1_000, HOUR_MS)).toEqual(liveRange(BEGAN + 60_000, HOUR_MS))
  })
})

describe('bars', () => {
  const axis = axisOf([[0, 60]], { to: 60 })

  test('are clipped to the window, and what lies outside is not drawn', () => {
    const drawn = drawnBars([bar(-30, -10), bar(-10, 6), bar(30, undefined), bar(70, 80)], axis, 80)
    expect(drawn.map(({ x, width, isRunning }) => [x, width, isRunning])).toEqual([
      [0, 10, false],
      [50, 50, true],
    ])
  })

  test('are one where neighbours are too narrow to see; a wide one stays what it is', () => {
    const narrow = Array.from({ length: 10 }, (_, index) =>
      bar(10 + index * 0.02, 10.02 + index * 0.02, { state: index % 2 ? 'test_red' : 'design' }),
    )
    const drawn = drawnBars([bar(0, 10), ...narrow, bar(10.2, undefined, { state: 'commit' })], axis, 80)
    expect(drawn.map(({ bar: { state, steps } }) => [state, steps])).toEqual([
      ['design', 1],
      [MIXED, 10],
      ['commit', 1],
    ])
  })

  test('are never more than asked for, and stand for all', () => {
    const many = Array.from({ length: 150 }, (_, index) => bar(index * 0.4, (index + 1) * 0.4))
    const drawn = drawnBars(many, axis, 16)
    expect(drawn.length).toBeLessThanOrEqual(16)
    expect(drawn.reduce((sum, { bar: { steps } }) => sum + steps, 0)).toBe(150)
  })

  test('of a moment are wide enough to be pointed at', () => {
    expect(drawnBars([bar(20, 20)], axis, 80)[0]?.width).toBeGreaterThan(0)
  })
})

test('marks at one place are counted together', () => {
  const axis = axisOf([[0, 60]], { to: 60 })
  const mark = (minute: number) => ({ kind: 'error', at: at(minute), offset: minute, text: '', storyId: undefined }) as const
  const drawn = drawnMarks([mark(-5), mark(10), mark(10.1), mark(10.2), mark(40)], axis)
  expect(drawn.map(({ marks }) => marks.length)).toEqual([3, 1])
})

test.each([
  ['', ''],
  ['by=story&window=1h', ''],
  ['window=15m&by=agent', '?by=agent&window=15m'],
  ['gaps=show&by=moon&window=toString&x=1', '?gaps=show'],
  ['window=7d', '?window=7d'],
])('the query "%s" is spelled "%s"', (asked, spelled) => {
  expect(timelineSearch(parseTimelineQuery(new URLSearchParams(asked)))).toBe(spelled)
})
