import type { World } from './world.ts'

/** Numbers that look like chance and are the same for the same seed. */
export type Random = { between(least: number, most: number): number; pick<T>(items: readonly [T, ...T[]]): T }

/** mulberry32: short, and even enough for a play. */
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

/** An event before it has an id and a time; times in it are told by the stage's clock. */
export type Report = { type: string } & Record<string, unknown>
/** `at` in minutes since the beginning of the hour. */
export type Told = { at: number; report: Report }

/** Where a project's play happens. Each lane has a clock of its own; what is told goes to the same list. */
export type Stage = {
  world: World
  random: Random
  /** Minutes since the beginning of the hour. */
  now: number
  told: Told[]
  /** The instant of a minute of the hour, as ISO 8601. */
  instant(minute: number): string
  /** The instant that was so many minutes of a real clock before the hour, as ISO 8601. */
  before(minutes: number): string
  /** The same sprint is not played twice. */
  sprint: string
  /** Whether it was heard of before the hour. */
  isKnown: boolean
}

/** Something happened now. */
export function tell(stage: Stage, report: Report): void {
  stage.told.push({ at: stage.now, report })
}

/** Time goes by. */
export function pass(stage: Stage, least: number, most = least): void {
  stage.now += stage.random.between(least, most)
}

/** The same place with a clock of its own, from a minute on. */
export function laneFrom(stage: Stage, minute: number): Stage {
  return { ...stage, now: minute }
}
