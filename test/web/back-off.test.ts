import { expect, test } from 'bun:test'
import { join } from 'node:path'

type Closed = { code: number; reason: string; tries: number }
type BackOff = { waitAfter(closed: Closed, random?: () => number): number | undefined }

// The page's script is written for browsers and has no types.
const { waitAfter } = (await import(join(import.meta.dir, '../../static/back-off.js'))) as BackOff
const wait = (code: number, tries: number, reason = '') => waitAfter({ code, reason, tries }, () => 0.5)

test('a lost connection is dialled soon, and less often with each attempt that was in vain', () => {
  expect([1, 2, 3, 4, 7, 50].map((tries) => wait(1006, tries))).toEqual([250, 500, 1_000, 2_000, 10_000, 10_000])
})

test.each([1011, 1012, 1013, 1014])('code %d says later, and is not dialled at once', (code) => {
  expect(wait(code, 1)).toBeGreaterThanOrEqual(1_000)
  expect(wait(code, 3)).toBeGreaterThan(wait(code, 2)!)
})

test('a service that is full is left in peace for longer than one that is not ready', () => {
  expect([wait(1013, 1, 'full'), wait(1013, 1, 'later'), wait(1013, 9, 'full')]).toEqual([5_000, 1_000, 60_000])
})

test.each([1008, 4401, 4403])('code %d is not asked again', (code) => {
  expect(wait(code, 1)).toBeUndefined()
})

test('those who were closed together do not come back together', () => {
  const waits = Array.from({ length: 200 }, () => waitAfter({ code: 1012, reason: '', tries: 1 })!)
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(800)
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(600)
})
