import type { Random } from './random.ts'
import type { World } from './world.ts'

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
