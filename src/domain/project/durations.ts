/**
 * How often a duration fell into each range, [range, count] in order of the ranges: as many entries as ranges that occur,
 * however many durations. Ranges grow by the same factor, so that a minute and a week are told equally well.
 */
export type Durations = readonly (readonly [range: number, count: number])[]

/** What is measured in time: a story's cycle, a failing test until it passes, a question until a person decides it. */
export type FlowKind = 'cycleTime' | 'redToGreen' | 'approvalWait'

/** What ended on a day (UTC, days since 1970): stories completed, and how long things had taken. */
export type FlowDay = { day: number; completed: number } & Record<FlowKind, Durations>

/** One duration and the event that ended it: for whoever stored that event and counts it once. */
export type Measured = { offset: number; kind: FlowKind; ms: number }

/** What a story has cost as far as reported; `at` and `offset` are of the last report. */
export type StoryCost = { costUsd: number; at: number; offset: number }

/** What a project's state keeps of its flow. */
export type FlowState = {
  /** Instant of the first event whose end of anything was counted: later than the project's first where an earlier version read that one. */
  flowSince: number | undefined
  /** What ended on each of the last 90 days that had anything, oldest first. */
  flowDays: FlowDay[]
  /** The last 64 durations that ended. */
  measured: Measured[]
  /** By story, of the 200 that cost something last. */
  storyCosts: Map<string, StoryCost>
}

const PER_DOUBLING = 4
/** Range 0 is everything below a second; the last one begins at 94 days, longer than figures are kept. */
const LAST_RANGE = 23 * PER_DOUBLING

/** The range of a duration in ms. */
function rangeOf(ms: number): number {
  if (ms < 1_000) return 0
  return Math.min(LAST_RANGE, 1 + Math.floor(Math.log2(ms / 1_000) * PER_DOUBLING))
}

/** What stands for a range: the ms that are as far from its beginning as from its end, by factor; at most 9.1 % off. */
const middleOf = (range: number) => (range === 0 ? 0 : 1_000 * 2 ** ((range - 0.5) / PER_DOUBLING))

/** With one more duration, in ms. By index and by copy: this is a part of folding every event. */
export function withDuration(durations: Durations, ms: number): Durations {
  const range = rangeOf(ms)
  let place = durations.length - 1
  while (place >= 0 && (durations[place]?.[0] ?? 0) > range) place--
  const known = durations[place]
  const next = durations.slice()
  if (known?.[0] === range) next[place] = [range, known[1] + 1]
  else next.splice(place + 1, 0, [range, 1])
  return next
}

/** Both together. */
export function merged(one: Durations, other: Durations): Durations {
  const counts = new Map(one)
  for (const [range, count] of other) counts.set(range, (counts.get(range) ?? 0) + count)
  return [...counts].sort(([first], [second]) => first - second)
}

/** How many there are. */
export function countOf(durations: Durations): number {
  return durations.reduce((sum, [, count]) => sum + count, 0)
}

/**
 * The duration in ms that a share (0 to 1) of all does not exceed, by nearest rank, at most 9.1 % off; below a second it is 0.
 * Undefined of none.
 */
export function quantile(durations: Durations, share: number): number | undefined {
  const rank = Math.max(1, Math.ceil(share * countOf(durations)))
  let seen = 0
  for (const [range, count] of durations) {
    seen += count
    if (seen >= rank) return middleOf(range)
  }
  return undefined
}

/** How many are shorter than each limit (ms, ascending) and not than the one before; the last count is of those beyond all. */
export function spread(durations: Durations, limits: readonly number[]): number[] {
  const counts = Array.from({ length: limits.length + 1 }, () => 0)
  for (const [range, count] of durations) {
    const place = limits.findIndex((limit) => middleOf(range) < limit)
    const index = place === -1 ? limits.length : place
    counts[index] = (counts[index] ?? 0) + count
  }
  return counts
}
