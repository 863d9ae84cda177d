/* When a websocket that was closed is dialled again: what its close code asks for, and how often that was in vain. */

const SOON = { firstMs: 250, mostMs: 10_000 }
/** By close code: the service could not serve it now, or went away and tells everybody at once. */
const WAITS = {
  1011: { firstMs: 2_000, mostMs: 30_000 },
  1012: { firstMs: 1_200, mostMs: 10_000 },
  1013: { firstMs: 1_000, mostMs: 10_000 },
  1014: { firstMs: 2_000, mostMs: 30_000 },
}
const FULL = { firstMs: 5_000, mostMs: 60_000 }
const TRY_LATER = 1013

/** Not for this reader, or not for this page: asking again would be answered the same. */
const isFinal = (code) => code === 1008 || (code >= 4400 && code < 4500)

/** The service has as many viewers as it takes; the same code with another reason is for a moment only. */
export const isFull = ({ code, reason }) => code === TRY_LATER && reason === 'full'

/** The service asked for time: it is given that, whoever comes back to the page meanwhile. */
export const asksForTime = ({ code }) => code in WAITS

/**
 * How long to wait, in ms, after the attempt number `tries` in a row that brought no first frame; undefined: for ever. Spread by
 * half to both sides, so that those who were closed together do not come back together.
 */
export function waitAfter({ code, reason, tries }, random = Math.random) {
  if (isFinal(code)) return undefined
  const { firstMs, mostMs } = isFull({ code, reason }) ? FULL : (WAITS[code] ?? SOON)
  return Math.min(mostMs, firstMs * 2 ** (tries - 1)) * (0.5 + random())
}
