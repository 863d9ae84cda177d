/** How much of what a writer rewrites was stored lately. `at` is of `performance.now()`. */
export type Pace = { bytes: number; at: number }

/** So many bytes in so many ms. */
export type Bound = { bytes: number; perMs: number }

/** Nothing was stored yet. */
export const newPace = (): Pace => ({ bytes: 0, at: 0 })

/**
 * For how many ms so many bytes have to wait so that no more is stored than the bound allows; 0 where they are stored now. What
 * is larger than the bound itself is stored once everything before it has its time.
 */
export function waitFor(pace: Pace, bytes: number, { now, bound }: { now: number; bound: Bound }): number {
  const left = Math.max(0, pace.bytes - ((now - pace.at) / bound.perMs) * bound.bytes)
  const over = left + bytes - bound.bytes
  if (left > 0 && over > 0) return Math.ceil((Math.min(left, over) / bound.bytes) * bound.perMs)
  pace.bytes = left + bytes
  pace.at = now
  return 0
}
