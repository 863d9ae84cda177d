import { describe, expect, test } from 'bun:test'
import { clockTime, relativeTime, type TimeForm } from '../../views/atoms/relative-time.ts'

const MIN = 60
const H = 3600
const D = 86_400

const TABLE: [TimeForm, seconds: number, text: string][] = [
  ['ago', -5, 'now'],
  ['ago', 0, 'now'],
  ['ago', 4, '4 s ago'],
  ['ago', 59, '59 s ago'],
  ['ago', 60, '1 min ago'],
  ['ago', 23 * MIN, '23 min ago'],
  ['ago', H + 22 * MIN, '1 h 22 min ago'],
  ['ago', 3 * H, '3 h ago'],
  ['ago', 19 * H, '19 h ago'],
  ['ago', 2 * D, '2 d ago'],
  ['waiting', 9, '9 s'],
  ['waiting', 3 * MIN + 5, '3 min 05 s'],
  ['waiting', 12 * MIN + 40, '12 min 40 s'],
  ['waiting', 3 * H + 2 * MIN, '3 h 02 min'],
  ['waiting', 2 * D + 4 * H, '2 d 4 h'],
  ['age', 40, '40 s'],
  ['age', 52 * MIN, '52 min'],
  ['age', 3 * H + 2 * MIN, '3 h 02 min'],
  ['age', 19 * H + 5 * MIN, '19 h'],
  ['age', 400 * D, '400 d'],
]

test.each(TABLE)('%s: %d s reads as %s', (form, seconds, text) => {
  const now = 1_800_000_000_000
  expect(relativeTime(now - seconds * 1000, now, form)).toBe(text)
})

describe('a time of day says its day where that is not today:', () => {
  const at = (text: string) => Date.parse(text)
  const inBerlin = (instant: number) => (instant < at('2026-10-25T01:00:00Z') ? 2 : 1) * 3_600_000

  test.each([
    ['2026-11-30T02:40:47Z', '2026-11-30T23:59:59Z', '02:40:47'],
    ['2026-11-30T00:00:00Z', '2026-11-29T23:59:59Z', '30 Nov 00:00:00'],
    ['2026-12-31T02:40:47Z', '2026-11-30T09:00:00Z', '31 Dec 02:40:47'],
    ['2027-01-01T00:00:00Z', '2026-12-31T23:59:59Z', '1 Jan 2027 00:00:00'],
    ['1970-01-01T00:00:00Z', '2026-12-31T23:59:59Z', '1 Jan 1970 00:00:00'],
  ])('%s at %s', (instant, now, text) => {
    expect(clockTime(at(instant), { now: at(now) })).toBe(text)
  })

  test('today is the reader’s day, on both sides of a change to winter time', () => {
    const now = at('2026-10-25T23:30:00Z')
    expect(clockTime(at('2026-10-25T22:30:00Z'), { now, aheadOfUtc: inBerlin })).toBe('25 Oct 23:30:00')
    expect(clockTime(at('2026-10-24T22:30:00Z'), { now: at('2026-10-25T20:00:00Z'), aheadOfUtc: inBerlin })).toBe('00:30:00')
  })

  test('a date is said always where a page looks back', () => {
    expect(clockTime(at('2026-11-30T02:40:47Z'), { now: at('2026-11-30T03:00:00Z'), isDated: true })).toBe('2026-11-30 02:40:47')
  })

  test('an instant that no date can hold takes no page down', () => {
    expect(clockTime(Number.MAX_SAFE_INTEGER, { now: at('2026-11-30T03:00:00Z') })).toBe('1 Jan 1970 00:00:00')
  })
})
