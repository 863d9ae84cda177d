type ClockSources = {
  wall(): number
  /** Monotonic; stands still while the machine sleeps. */
  elapsed(): number
  /** Monotonic, and counts sleep; undefined where the system has none. */
  awake(): number | undefined
}

export type ClockStep = { kind: 'doubted' | 'believed' | 'back'; ms: number }

const STEP_MS = 60_000
const BELIEVED_AFTER_MS = 600_000

/** The time in ms since 1970: the wall clock, but after a step of over a minute the monotonic one until the step lasted ten minutes. */
export function openSteadyClock(
  { wall, elapsed, awake }: ClockSources,
  { told, onStep }: { told?: number; onStep(step: ClockStep): void },
) {
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
    const expected = Math.round(anchor.at + ran - anchor.ran)
    const ms = says - expected
    if (Math.abs(ms) <= STEP_MS) {
      if (doubt) onStep({ kind: 'back', ms: doubt.ms })
      // Anchoring at every call would let many small steps add up to a large one.
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
