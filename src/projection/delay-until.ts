/** The longest that a timer waits. */
const TIMER_LIMIT_MS = 2 ** 31 - 1

/** How long a timer is to wait so that it fires after an instant (ms since 1970), or as long as one may. */
export const delayUntil = (at: number, now: number): number => Math.min(Math.max(at - now, 0) + 1, TIMER_LIMIT_MS)
