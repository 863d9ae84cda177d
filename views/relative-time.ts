/**
 * How a distance in time reads: `ago` for what happened ("1 h 22 min ago"), `waiting` to the second because somebody
 * waits ("12 min 40 s"), `age` for how old a thing is ("3 h 02 min").
 */
export type TimeForm = 'ago' | 'waiting' | 'age'

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** The distance from `at` to `now` (both ms since 1970) as text; an instant that lies ahead reads as now. */
export function relativeTime(at: number, now: number, form: TimeForm = 'ago'): string {
  const seconds = Math.max(0, Math.floor((now - at) / 1000))
  if (form === 'waiting') return duration(seconds)
  if (form === 'age') return age(seconds)
  return seconds < 1 ? 'now' : `${ago(seconds)} ago`
}

function ago(seconds: number): string {
  if (seconds < MINUTE) return `${seconds} s`
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`
  if (seconds < 3 * HOUR) return hours(seconds)
  return seconds < 2 * DAY ? `${Math.floor(seconds / HOUR)} h` : `${Math.floor(seconds / DAY)} d`
}

function duration(seconds: number): string {
  if (seconds < MINUTE) return `${seconds} s`
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ${pad(seconds % MINUTE)} s`
  return seconds < DAY ? hours(seconds) : days(seconds)
}

function age(seconds: number): string {
  if (seconds < MINUTE) return `${seconds} s`
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`
  if (seconds < 10 * HOUR) return hours(seconds)
  return seconds < 2 * DAY ? `${Math.floor(seconds / HOUR)} h` : `${Math.floor(seconds / DAY)} d`
}

function hours(seconds: number): string {
  return `${Math.floor(seconds / HOUR)} h ${pad(Math.floor((seconds % HOUR) / MINUTE))} min`
}

function days(seconds: number): string {
  return `${Math.floor(seconds / DAY)} d ${Math.floor((seconds % DAY) / HOUR)} h`
}

function pad(count: number): string {
  return String(count).padStart(2, '0')
}
