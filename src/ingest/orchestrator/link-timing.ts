/** How patient a link is, in ms. */
export const LINK_TIMING = {
  connectMs: 10_000,
  firstDelayMs: 500,
  longestDelayMs: 30_000,
  /** A connection that lived so long was a good one: the next loss begins with the first delay again. */
  stableMs: 10_000,
  /** How long live frames wait for the history after a connect. */
  historyMs: 2_000,
  /** How long held frames wait for the next connection's history after a loss. */
  rejoinMs: 5_000,
  answerMs: 2_000,
  /** Orchestrators ping every 20 s: after this time without a frame they are asked, which finds what was never broadcast. */
  silentMs: 60_000,
  /** How long after that question not even a pong may come. */
  muteMs: 10_000,
  healthMs: 1_000,
  /** Questions for other reasons than silence are gathered for so long. */
  againMs: 500,
  /** Of what is lost all the time the project's log hears so often. */
  lossesMs: 60_000,
}

export type LinkTiming = typeof LINK_TIMING

const JITTER = 0.25

/** How long to wait before the next dial: twice as long after each that failed, up to a bound, and never all at once. */
export function retryDelayMs({ firstDelayMs, longestDelayMs }: LinkTiming, attempts: number): number {
  const steady = Math.min(firstDelayMs * 2 ** Math.max(attempts - 1, 0), longestDelayMs)
  return steady * (1 + JITTER * (2 * Math.random() - 1))
}
