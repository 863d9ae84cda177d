import { readFileSync } from 'node:fs'

/** Ticks of /proc/PID/stat in a second. */
const TICKS = 100

/** Seconds of processor time, user and system, that a running program has used so far. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

/** The same of a program and those that it started. */
export function cpuSecondsOfAll(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return cpuSeconds(pid) + children.reduce((sum, child) => sum + cpuSeconds(Number(child)), 0)
}

/** Resident memory of a running program. */
export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}

/** The value below which a part (0 to 1) of the values lies; NaN where there are none. */
export function quantile(values: Iterable<number>, part: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** The longest time, in ms, for which the event loop did not come round until the watch was ended. */
export function watchLoop(): () => number {
  let [last, longest] = [performance.now(), 0]
  const timer = setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }, 1)
  return () => {
    clearInterval(timer)
    return longest
  }
}

/** ms since 1970 with fractions: the same clock in every process of the machine. */
export const clock = (): number => performance.timeOrigin + performance.now()

/** The last column of a table: an aim, and whether it was met. */
export const atMost = (value: number, limit: number, unit: string): string =>
  `≤ ${limit} ${unit}: ${value <= limit ? 'met' : 'MISSED'}`.replace(' :', ':')

export const atLeast = (value: number, limit: number, unit: string): string =>
  `≥ ${limit.toLocaleString('en')} ${unit}: ${value >= limit ? 'met' : 'MISSED'}`

/** Calls something at a steady rate until the time is over, whether the call before is finished or not; resolves when all are. */
export async function atRate(perSecond: number, seconds: number, call: (index: number) => Promise<void>): Promise<void> {
  const beganAt = performance.now()
  const calls: Promise<void>[] = []
  for (let index = 0; index < perSecond * seconds; index++) {
    const wait = beganAt + (index * 1_000) / perSecond - performance.now()
    if (wait > 0) await Bun.sleep(wait)
    calls.push(call(index))
  }
  await Promise.all(calls)
}
