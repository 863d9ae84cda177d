import { raw } from 'hono/html'

export type Minutes = readonly (readonly [number, number])[]

type BarChart = { bars: number; minutesPerBar: number; width: number; height: number; step: number; stretches?: boolean }

const SPARKLINE: BarChart = { bars: 30, minutesPerBar: 2, width: 120, height: 24, step: 4 }
const HISTOGRAM: BarChart = { bars: 60, minutesPerBar: 1, width: 420, height: 44, step: 7, stretches: true }

type BarsProps = { minutes: Minutes; now: number }

export const Sparkline = ({ minutes, now }: BarsProps) => bars(SPARKLINE, minutes, now)

export const Histogram = ({ minutes, now }: BarsProps) => bars(HISTOGRAM, minutes, now)

function bars(chart: BarChart, minutes: Minutes, now: number) {
  const counts = countsPerBar(minutes, now, chart)
  const highest = Math.max(1, ...counts)
  let [past, newest] = ['', '']
  counts.forEach((count, index) => {
    const x = index * chart.step + chart.step / 2
    const bar = `M${x} ${chart.height}v-${Math.max(2, Math.round((count / highest) * chart.height))}`
    if (count === 0) return
    if (index === chart.bars - 1) newest = bar
    else past += bar
  })
  // Written as text, for every row of every flush has one; it holds numbers of our own and nothing else.
  const paths = `${path('bar bar--none', baseline(chart))}${path('bar', past)}${path('bar bar--now', newest)}`
  const fit = chart.stretches ? ' preserveAspectRatio="none"' : ''
  return raw(`<svg class="bars bars--${chart.bars}" viewBox="0 0 ${chart.width} ${chart.height}"${fit} aria-hidden="true">${paths}</svg>`)
}

const baseline = ({ step, width, height }: BarChart): string => `M${step / 2 - 1} ${height - 0.5}h${width - step + 2}`

function path(name: string, line: string): string {
  return line === '' ? '' : `<path class="${name}" d="${line}"></path>`
}

/** Counts of the last `bars` periods, oldest first; what lies before or ahead of them is left out. */
export function countsPerBar(minutes: Minutes, now: number, chart: Pick<BarChart, 'bars' | 'minutesPerBar'>): number[] {
  const counts = new Array<number>(chart.bars).fill(0)
  const thisMinute = Math.floor(now / 60_000)
  for (const [minute, count] of minutes) {
    const bar = chart.bars - 1 - Math.floor((thisMinute - minute) / chart.minutesPerBar)
    if (bar >= 0 && bar < chart.bars) counts[bar] = (counts[bar] ?? 0) + count
  }
  return counts
}

export function eventsInLastHour(minutes: Minutes, now: number): number {
  return countsPerBar(minutes, now, HISTOGRAM).reduce((sum, count) => sum + count, 0)
}
