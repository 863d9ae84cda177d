import { expect, test } from 'bun:test'
import { openSteadyClock, type ClockStep } from '../../src/domain/steady-clock.ts'

const T0 = Date.UTC(2026, 10, 23, 20, 30)
const [SECOND, MINUTE, DAY] = [1_000, 60_000, 86_400_000]

/** A machine whose clocks the test moves. */
function machine(told?: number, ahead = 0) {
  const steps: string[] = []
  const at = { wall: T0 + ahead, ran: 5_000.125, slept: 0 }
  const sources = { wall: () => at.wall, elapsed: () => at.ran, awake: () => at.ran + at.slept }
  const onStep = ({ kind, ms }: ClockStep) => void steps.push(`${kind} ${Math.round(ms / MINUTE)}`)
  const now = openSteadyClock(sources, told === undefined ? { onStep } : { told, onStep })
  return {
    now: () => now() - T0,
    steps,
    runs(ms: number) {
      at.wall += ms
      at.ran += ms
    },
    sets: (ms: number) => void (at.wall += ms),
    sleeps(ms: number) {
      at.wall += ms
      at.slept += ms
    },
  }
}

test.each([10 * DAY, 2 * MINUTE, -3 * DAY, -2 * MINUTE])('a clock that is set %d ms for two seconds moves no time', (step) => {
  const { now, sets, runs, steps } = machine()
  runs(MINUTE)
  sets(step)
  expect(now()).toBe(MINUTE)
  runs(2 * SECOND)
  expect(now()).toBe(MINUTE + 2 * SECOND)
  sets(-step)
  expect(now()).toBe(MINUTE + 2 * SECOND)
  expect(steps).toEqual([`doubted ${step / MINUTE}`, `back ${step / MINUTE}`])
})

test('a clock that was set and stays so is believed after ten minutes', () => {
  const { now, sets, runs, steps } = machine()
  sets(DAY)
  expect(now()).toBe(0)
  runs(9 * MINUTE)
  expect(now()).toBe(9 * MINUTE)
  runs(2 * MINUTE)
  expect(now()).toBe(DAY + 11 * MINUTE)
  expect(steps).toEqual(['doubted 1440', 'believed 1440'])
})

test('times are whole, whatever parts of a ms the other clock tells', () => {
  const { now, sets, runs } = machine()
  sets(DAY)
  for (let step = 0; step < 10; step++) {
    runs(1.375)
    expect(Number.isInteger(now())).toBe(true)
  }
})

test('another step begins the ten minutes anew', () => {
  const { now, sets, runs } = machine()
  sets(DAY)
  now()
  runs(9 * MINUTE)
  sets(DAY)
  now()
  runs(9 * MINUTE)
  expect(now()).toBe(18 * MINUTE)
})

test('a clock that is set right little by little is followed, and one that runs ahead by a minute a minute is not', () => {
  const slow = machine()
  for (let step = 0; step < 100; step++) {
    slow.runs(MINUTE)
    slow.sets(SECOND)
    expect(slow.now()).toBe((step + 1) * (MINUTE + SECOND))
  }
  const fast = machine()
  for (let step = 0; step < 100; step++) {
    fast.runs(SECOND)
    fast.sets(MINUTE / 2)
    expect(fast.now()).toBeLessThanOrEqual((step + 1) * SECOND + 2 * MINUTE)
  }
})

test('a machine that slept is believed at once', () => {
  const { now, sleeps, runs, steps } = machine()
  runs(MINUTE)
  sleeps(8 * 60 * MINUTE)
  expect(now()).toBe(481 * MINUTE)
  expect(steps).toEqual([])
})

test('who starts while the clock is wrong takes the time of whoever told it', () => {
  const late = machine(T0, 40 * DAY)
  late.runs(SECOND)
  expect(late.now()).toBe(SECOND)
  late.sets(-40 * DAY)
  expect(late.now()).toBe(SECOND)
  expect(machine(T0 - SECOND).now()).toBe(0)
})
