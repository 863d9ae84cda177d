import type { World } from './world.ts'

export type Random = { between(least: number, most: number): number; pick<T>(items: readonly [T, ...T[]]): T }

/** Deterministic random numbers (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    between: (least, most) => least + next() * (most - least),
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
  }
}

export type DemoReport = { type: string } & Record<string, unknown>
/** `at` in minutes of the hour. */
export type TimedReport = { at: number; report: DemoReport }

/** A project's run; each lane has its own clock. */
export type Stage = {
  world: World
  random: Random
  /** Minutes of the hour. */
  now: number
  told: TimedReport[]
  /** A minute of the hour as ISO 8601. */
  instant(minute: number): string
  /** Real minutes before the hour, as ISO 8601. */
  before(minutes: number): string
  sprint: string
  /** Known before the hour. */
  isKnown: boolean
}

/** Reports an event now. */
export function tell(stage: Stage, report: DemoReport): void {
  stage.told.push({ at: stage.now, report })
}

/** Advances the clock. */
export function pass(stage: Stage, least: number, most = least): void {
  stage.now += stage.random.between(least, most)
}

/** A lane with its own clock. */
export function laneFrom(stage: Stage, minute: number): Stage {
  return { ...stage, now: minute }
}
