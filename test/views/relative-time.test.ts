import { expect, test } from 'bun:test'
import { relativeTime, type TimeForm } from '../../views/relative-time.ts'

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
