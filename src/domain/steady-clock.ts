/** What a clock is read from; all in ms. */
export type ClockSources = {
  /** The machine's clock, since 1970: anybody may set it. */
  wall(): number
  /** Since some moment: it only moves forward, and stands while the machine sleeps. */
  elapsed(): number
  /** As `elapsed`, but goes on while the machine sleeps; undefined where nothing tells. */
  awake(): number | undefined
}

/** What became of the machine's clock; `ms` is how far it went ahead (or back, below 0) of the one that only moves forward. */
export type Step = { kind: 'doubted' | 'believed' | 'back'; ms: number }

/** Further than this the machine's clock is not followed at once. */
export const STEP_MS = 60_000
/** A clock that was set, and not by mistake, stays so. */
const BELIEVED_AFTER_MS = 600_000

/**
 * The time, ms since 1970: the machine's clock as long as it goes as fast as one that only moves forward. Where it steps by more
 * than a minute, ahead or back, that other one counts until the step has stood for ten minutes; at once where the machine slept for as long.
 * `told` is the time by somebody who has run for longer.
 */
export function openSteadyClock({ wall, elapsed, awake }: ClockSources, { told, onStep }: { told?: number; onStep(step: Step): void }) {
  const first = wall()
  const sleptUntil = (ran: number) => (awake() ?? ran) - ran
  let anchor = { at: told === undefined || Math.abs(told - first) <= STEP_MS ? first : told, ran: elapsed() }
  let slept = sleptUntil(anchor.ran)
  let doubt: { ms: number; since: number } | undefined

  function follow(at: number, ran: number): number {
    anchor = { at, ran }
    slept = sleptUntil(ran)
    doubt = undefined
    return at
  }

  return function now(): number {
    const [says, ran] = [wall(), elapsed()]
    // Times are stored in whole ms; what only moves forward is told in parts of them.
    const expected = Math.round(anchor.at + ran - anchor.ran)
    const ms = says - expected
    if (Math.abs(ms) <= STEP_MS) {
      if (doubt) onStep({ kind: 'back', ms: doubt.ms })
      // Not at every call: many small steps would make a large one.
      if (doubt || ran - anchor.ran >= STEP_MS) return follow(says, ran)
      return says
    }
    if (!doubt || Math.abs(ms - doubt.ms) > STEP_MS) {
      if (Math.abs(ms - (sleptUntil(ran) - slept)) <= STEP_MS) return follow(says, ran)
      doubt = { ms, since: ran }
      onStep({ kind: 'doubted', ms })
    }
    if (ran - doubt.since < BELIEVED_AFTER_MS) return expected
    onStep({ kind: 'believed', ms })
    return follow(says, ran)
  }
}
