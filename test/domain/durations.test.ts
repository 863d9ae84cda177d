import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { countOf, type Durations, merged, quantile, spread, withDuration } from '../../src/domain/project/durations.ts'

const SECOND = 1_000
const DAY = 86_400_000
const EMPTY: Durations = []
const of = (list: readonly number[]) => list.reduce(withDuration, EMPTY)
const duration = fc.oneof(fc.nat(5 * SECOND), fc.nat(3_600 * SECOND), fc.nat(90 * DAY))

test('quantiles are those of the sorted list, to a tenth', () => {
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 200 }), fc.constantFrom(0, 0.5, 0.9, 1), (list, share) => {
      const exact = list.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * list.length) - 1)]!
      const told = quantile(of(list), share)!
      if (exact < SECOND) expect(told).toBe(0)
      else expect(Math.abs(told / exact - 1)).toBeLessThan(0.091)
    }),
  )
})

test('of two lists together they are those of the one long list, and none is lost', () => {
  fc.assert(
    fc.property(fc.array(duration), fc.array(duration), (one, other) => {
      const both = merged(of(one), of(other))
      expect(both).toEqual(of([...one, ...other]))
      expect(countOf(both)).toBe(one.length + other.length)
    }),
  )
})

test('they take no more room than there are ranges, however many and however long', () => {
  const many = of(Array.from({ length: 20_000 }, (_, index) => index ** 3))
  expect(many.length).toBeLessThanOrEqual(93)
  expect(of([Number.MAX_SAFE_INTEGER])).toHaveLength(1)
})

test('are spread over ranges that a person reads', () => {
  expect(spread(of([0, 30 * SECOND, 90 * SECOND, 2 * DAY]), [60 * SECOND, DAY])).toEqual([2, 1, 1])
  expect(spread(EMPTY, [1, 2])).toEqual([0, 0, 0])
})

test('of no duration there is no quantile', () => expect(quantile(EMPTY, 0.5)).toBeUndefined())
