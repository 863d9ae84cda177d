const SLOW_MS = 100

/**
 * The codes that are worth telling apart; the rest is one bucket, so that the label stays bounded. A socket that is closed because
 * it is too slow looks lost: only the frame that it did not get, a moment before, tells.
 */
export function closeReason(code: number, sinceDropMs: number): string {
  if (code === 1006 && sinceDropMs < SLOW_MS) return 'slow'
  const known: Record<number, string> = {
    1000: 'left',
    1001: 'left',
    1005: 'left',
    1006: 'lost',
    1008: 'refused',
    1012: 'restart',
    1013: 'full',
  }
  return known[code] ?? 'other'
}
