const SLOW_MS = 100

/**
 * Why a socket is not served. The upgrade is accepted and the socket closed, because a browser reads a close code and its reason,
 * but not the status of a refused upgrade: of those who come later, who is one too many (`full`) stays away longer.
 */
export const REFUSALS = {
  full: { code: 1013, reason: 'full' },
  later: { code: 1013, reason: 'later' },
  not_yours: { code: 4403, reason: 'not yours' },
} as const
export type Refusal = keyof typeof REFUSALS

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
    4401: 'signed_out',
    4403: 'not_yours',
  }
  return known[code] ?? 'other'
}
