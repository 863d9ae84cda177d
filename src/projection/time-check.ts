import type { TimeCheck } from './retention.ts'

type Deps = {
  /** What the engine of the log has for the time, ms since 1970; undefined where it has no clock of its own. */
  engineTime(): Promise<number | undefined>
  /** Says in a line what waits for what. */
  say(line: string): void
  now?: () => number
  elapsed?: () => number
}

/** Two clocks that are this close tell the same time. */
const AGREES_MS = 600_000
const DAY_MS = 86_400_000

/**
 * Tells whether the time may be believed where much is to be removed by it: where the engine's own clock says the same; where it has
 * none, once the operator was asked and a day went by. An engine that says another time is never overruled.
 */
export function openTimeCheck({ engineTime, say, now = Date.now, elapsed = () => performance.now() }: Deps) {
  let asked: { line: string; at: number } | undefined

  const isSure: TimeCheck = async (first) => {
    const other = await engineTime()
    if (other !== undefined && Math.abs(other - now()) <= AGREES_MS) {
      asked = undefined
      return true
    }
    if (!asked) {
      asked = { line: question({ first, now: now(), other }), at: elapsed() }
      say(asked.line)
    }
    return other === undefined && elapsed() - asked.at >= DAY_MS
  }
  return { isSure, doubts: () => (asked === undefined ? [] : [asked.line]) }
}

function question({ first, now, other }: { first: number; now: number; other: number | undefined }): string {
  const [today, oldest] = [now, first].map((at) => new Date(at).toISOString().slice(0, 10))
  const much = `more than a day of events, from ${oldest} on, is past its time by the clock of this machine, which says ${today}`
  return other === undefined
    ? `${much}: is that right? Nothing is removed until this program has run for a day; set the clock if it is wrong`
    : `${much}, but not by that of the event log, which says ${new Date(other).toISOString().slice(0, 10)}: nothing is removed until both agree`
}
