/** `ago` for what happened, `waiting` to the second, `age` for how old something is. */
export type TimeForm = 'ago' | 'waiting' | 'age'

type ClockForm = {
  now: number
  aheadOfUtc?: (at: number) => number
  isDated?: boolean
}

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

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const LAST_INSTANT = 8.64e15

/** The time of day at an instant (ms since 1970): "02:40:47" today, "1 Dec 02:40:47" on another day, with the year in another year. */
export function clockTime(at: number, { now, aheadOfUtc = () => 0, isDated = false }: ClockForm): string {
  const [day, time] = dayAndTime(at + aheadOfUtc(at))
  const [today] = dayAndTime(now + aheadOfUtc(now))
  if (isDated) return `${day} ${time}`
  if (day === today) return time
  const [year = '', month = '', date = ''] = day.split('-')
  const named = `${Number(date)} ${MONTHS[Number(month) - 1]}`
  return today.startsWith(year) ? `${named} ${time}` : `${named} ${year} ${time}`
}

// Instants come from the log's clock; one outside what Date can hold must not take the page down.
function dayAndTime(at: number): [string, string] {
  const iso = new Date(Math.abs(at) <= LAST_INSTANT ? at : 0).toISOString()
  const split = iso.indexOf('T')
  return [iso.slice(0, split), iso.slice(split + 1, split + 9)]
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
