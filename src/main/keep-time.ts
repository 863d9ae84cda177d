import { readFileSync } from 'node:fs'
import { openSteadyClock, type ClockStep } from '../domain/steady-clock.ts'
import type { Logger } from '../telemetry/logger.ts'

const LOOK_EVERY_MS = 10_000
const DAY_MS = 86_400_000

type KeptTime = { /** From then on steps are told to this log; those before it, at once. */ tellTo(log: Logger): void }

/** Replaces `Date.now` by a steady clock: received times are kept for good, and a future one would hide all later silence. */
export function keepTimeSteady(told?: number): KeptTime {
  const wall = Date.now
  const untold: ClockStep[] = []
  let tell = (step: ClockStep): void => void untold.push(step)
  const onStep = (step: ClockStep) => tell(step)
  const sources = { wall: () => wall(), elapsed: () => performance.now(), awake: uptimeMs }
  Date.now = openSteadyClock(sources, told === undefined ? { onStep } : { told, onStep })
  setInterval(Date.now, LOOK_EVERY_MS).unref()
  return {
    tellTo(log) {
      tell = (step) => void log[step.kind === 'doubted' ? 'warn' : 'info'](wordsOf(step))
      for (const step of untold.splice(0)) tell(step)
    },
  }
}

/** On Linux it includes sleep. */
function uptimeMs(): number | undefined {
  try {
    return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000
  } catch {
    // Elsewhere a sleep looks like a set clock, believed after ten minutes.
    return undefined
  }
}

function wordsOf({ kind, ms }: ClockStep): string {
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
