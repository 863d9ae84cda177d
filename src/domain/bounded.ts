export type Worth = 'over' | 'mild' | 'on' | 'waits'

const ORDER: readonly Worth[] = ['over', 'mild', 'on', 'waits']

/** What goes last has the highest rank. */
export const rankOf = (worth: Worth): number => ORDER.indexOf(worth)

export type Bound<T> = {
  limit: number
  most?: number
  worthOf(entry: T): Worth
  /** Of two with the same worth the one with the lower age goes; default: the earlier in the list. */
  ageOf?(entry: T): number
}

export type Bounded<T> = {
  kept: T[]
  left: T[]
  total: number
}

/** Cuts a list to a bound, by worth and then by age. Returns what was removed too, so that callers can say how many are missing. */
export function bounded<T>(entries: readonly T[], { limit, most = limit, worthOf, ageOf }: Bound<NoInfer<T>>): Bounded<T> {
  const total = entries.length
  if (total <= limit) return { kept: [...entries], left: [], total }
  const ranked = entries.map((entry, place) => ({ entry, place, rank: rankOf(worthOf(entry)), age: ageOf ? ageOf(entry) : place }))
  ranked.sort((one, other) => one.rank - other.rank || one.age - other.age || one.place - other.place)
  const mayGo = ranked.filter(({ rank }) => rank < rankOf('waits')).length
  const going = Math.max(Math.min(total - limit, mayGo), total - Math.max(most, limit))
  const gone = ranked.slice(0, going)
  const places = new Set(gone.map(({ place }) => place))
  return { kept: entries.filter((_, place) => !places.has(place)), left: gone.map(({ entry }) => entry), total }
}

/** For entries of equal worth: the newest stay. */
export const equally = (): Worth => 'mild'

/** Keeps the first entries. */
export function foremost<T>(entries: readonly T[], limit: number): Bounded<T> {
  return { kept: entries.slice(0, limit), left: entries.slice(limit), total: entries.length }
}

/** Keeps the last entries. */
export function newest<T>(entries: readonly T[], limit: number): T[] {
  return entries.slice(Math.max(0, entries.length - limit))
}

/** The same in place, for a list that grows with each event. */
export function keepNewest(entries: unknown[], limit: number): void {
  // One by one: the fold calls this with each event, and splice makes a list of what goes.
  while (entries.length > limit) entries.shift()
}

/** `20 of 151`, or nothing to say where all are there. */
export function ofAll({ kept, total }: Pick<Bounded<unknown>, 'kept' | 'total'>): string | undefined {
  return kept.length === total ? undefined : `${kept.length} of ${total}`
}

/** Kept of each kind: `over` finished ones, `limit` in all, and beyond that up to `most` with worth `waits`. */
export const BOUNDS = {
  agents: { over: 200, limit: 1_000, most: 10_000 },
  cycles: { over: 500, limit: 2_000, most: 10_000 },
  errors: { over: 0, limit: 100, most: 1_000 },
  decisions: { over: 100, limit: 100, most: 10_000 },
  commands: { over: 50, limit: 50, most: 100 },
  notices: { over: 0, limit: 100, most: 1_000 },
  sprints: { over: 100, limit: 200, most: 400 },
  cycleFiles: { over: 0, limit: 500, most: 500 },
  fileClocks: { over: 0, limit: 1_000, most: 1_000 },
  words: { over: 0, limit: 4_000, most: 4_000 },
  losses: { over: 0, limit: 50, most: 500 },
} as const satisfies Record<string, { over: number; limit: number; most: number }>

export type BoundedKind = keyof typeof BOUNDS
