import { expect, test } from 'bun:test'
import { openTimeCheck } from '../../src/projection/retention.ts'

const T0 = Date.UTC(2026, 10, 23, 20, 30)
const DAY = 86_400_000

function setting(engine: number | undefined) {
  const said: string[] = []
  const at = { now: T0, ran: 0, engine }
  const check = openTimeCheck({
    engineTime: async () => at.engine,
    say: (line) => void said.push(line),
    now: () => at.now,
    elapsed: () => at.ran,
  })
  return { ...check, said, at }
}

test('a time that the engine confirms is sure', async () => {
  const { isSure, said, doubts } = setting(T0 + 60_000)
  expect(await isSure(T0 - 90 * DAY)).toBe(true)
  expect([said, doubts()]).toEqual([[], []])
})

test('without a clock of the engine the operator is asked once, and has a day', async () => {
  const { isSure, said, doubts, at } = setting(undefined)
  expect(await isSure(T0 - 90 * DAY)).toBe(false)
  at.ran += DAY - 1
  expect(await isSure(T0 - 90 * DAY)).toBe(false)
  expect(said).toEqual([
    expect.stringContaining('from 2026-08-25 on, is past its time by the clock of this machine, which says 2026-11-23'),
  ])
  expect(doubts()).toEqual(said)
  at.ran += 1
  expect(await isSure(T0 - 90 * DAY)).toBe(true)
})

test('an engine that says another time is never overruled, and when both agree all is well', async () => {
  const { isSure, said, doubts, at } = setting(T0 - 40 * DAY)
  expect(await isSure(T0 - 50 * DAY)).toBe(false)
  at.ran += 10 * DAY
  expect(await isSure(T0 - 50 * DAY)).toBe(false)
  expect(said).toEqual([expect.stringContaining('but not by that of the event log, which says 2026-10-14')])
  at.now = T0 - 40 * DAY
  expect(await isSure(T0 - 90 * DAY)).toBe(true)
  expect(doubts()).toEqual([])
})
