import { readFileSync } from 'node:fs'
import { openSteadyClock, type Step } from '../domain/steady-clock.ts'
import type { Logger } from '../telemetry/logger.ts'

const LOOK_EVERY_MS = 10_000
const DAY_MS = 86_400_000

export type KeptTime = { /** From then on steps are told to this log; those before it, at once. */ tellTo(log: Logger): void }

/**
 * Makes every reading of the time in this program, `Date.now`, one that no step of the machine's clock moves by more than a minute before it
 * has stood: received times are kept for good, and one from the future would hide all silence after it. In this one place, so that
 * nothing is left that reads the other clock. `told` is the supervisor's time.
 */
export function keepTimeSteady(told?: number): KeptTime {
  const wall = Date.now
  const untold: Step[] = []
  let tell = (step: Step): void => void untold.push(step)
  const onStep = (step: Step) => tell(step)
  const sources = { wall: () => wall(), elapsed: () => performance.now(), awake: uptimeMs }
  Date.now = openSteadyClock(sources, told === undefined ? { onStep } : { told, onStep })
  // Where nobody asks for hours, a step is as old as the last look.
  setInterval(Date.now, LOOK_EVERY_MS).unref()
  return {
    tellTo(log) {
      tell = (step) => void log[step.kind === 'doubted' ? 'warn' : 'info'](wordsOf(step))
      for (const step of untold.splice(0)) tell(step)
    },
  }
}

/** Linux counts the time that it slept as well. */
function uptimeMs(): number | undefined {
  try {
    return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000
  } catch {
    // Elsewhere a machine that slept is one whose clock was set: it is believed after ten minutes.
    return undefined
  }
}

function wordsOf({ kind, ms }: Step): string {
  const step = `${ms > 0 ? 'ahead' : 'back'} by ${spanText(Math.abs(ms))}`
  if (kind === 'doubted')
    return `the clock of this machine was set ${step}: it counts once it has stood for ten minutes, until then time goes on as before`
  if (kind === 'believed') return `the clock of this machine was set ${step} ten minutes ago and counts from now on`
  return `the clock of this machine, which was set ${step}, is right again`
}

function spanText(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${Math.round(ms / DAY_MS)} days`
  return ms >= 7_200_000 ? `${Math.round(ms / 3_600_000)} hours` : `${Math.round(ms / 60_000)} minutes`
}
