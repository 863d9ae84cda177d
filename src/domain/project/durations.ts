/** A histogram by range; ranges grow by a constant factor, so a minute and a week are equally precise. */
export type Durations = readonly (readonly [range: number, count: number])[]

export type FlowKind = 'cycleTime' | 'redToGreen' | 'approvalWait'

/** What ended on a day (UTC, days since 1970), and how long it had taken. */
export type FlowDay = { day: number; completed: number } & Record<FlowKind, Durations>

/** A duration and the offset of the event that ended it, for metrics. */
export type Measured = { offset: number; kind: FlowKind; ms: number }

type StoryCost = { costUsd: number; at: number; offset: number }

export type FlowState = {
  /** When counting began: later than the first event where an older version read that one. */
  flowSince: number | undefined
  flowDays: FlowDay[]
  measured: Measured[]
  storyCosts: Map<string, StoryCost>
}

const PER_DOUBLING = 4
const LAST_RANGE = 23 * PER_DOUBLING

function rangeOf(ms: number): number {
  if (ms < 1_000) return 0
  return Math.min(LAST_RANGE, 1 + Math.floor(Math.log2(ms / 1_000) * PER_DOUBLING))
}

const middleOf = (range: number) => (range === 0 ? 0 : 1_000 * 2 ** ((range - 0.5) / PER_DOUBLING))

/** Adds a duration (ms). Written without iterators: it runs in the fold. */
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

/** The sum of two histograms. */
export function merged(one: Durations, other: Durations): Durations {
  const counts = new Map(one)
  for (const [range, count] of other) counts.set(range, (counts.get(range) ?? 0) + count)
  return [...counts].sort(([first], [second]) => first - second)
}

/** The number of durations. */
export function countOf(durations: Durations): number {
  return durations.reduce((sum, [, count]) => sum + count, 0)
}

/** The quantile (share 0 to 1) in ms by nearest rank, at most 9.1 % off; 0 below a second, undefined without any. */
export function quantile(durations: Durations, share: number): number | undefined {
  const rank = Math.max(1, Math.ceil(share * countOf(durations)))
  let seen = 0
  for (const [range, count] of durations) {
    seen += count
    if (seen >= rank) return middleOf(range)
  }
  return undefined
}

/** Counts between ascending limits (ms); the last count is beyond all of them. */
export function spread(durations: Durations, limits: readonly number[]): number[] {
  const counts = Array.from({ length: limits.length + 1 }, () => 0)
  for (const [range, count] of durations) {
    const place = limits.findIndex((limit) => middleOf(range) < limit)
    const index = place === -1 ? limits.length : place
    counts[index] = (counts[index] ?? 0) + count
  }
  return counts
}
