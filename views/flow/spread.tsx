import type { FC } from 'hono/jsx'
import { spread } from '../../src/domain/project/durations.ts'
import type { Timing } from '../../src/domain/summary/flow-figures.ts'
import { ChartTable } from './chart-table.tsx'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Where the bars end, ms; the last one has no end. */
const LIMITS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 24 * HOUR]
const LIMIT_WORDS = ['below 1 min', '1 to 5 min', '5 to 15 min', '15 to 60 min', '1 to 4 h', '4 to 24 h', '1 day or more']
const SHORT_WORDS = ['1 min', '5 min', '15 min', '1 h', '4 h', '1 d', '']
/** The first bar begins at a second, the last one ends at a month: so far as places in them are told apart. */
const EDGES = [1_000, ...LIMITS, 30 * 24 * HOUR]

const STEP = 40
const HEIGHT = 62
/** The line from the median to the 85th percentile stands above the bars. */
const RANGE_Y = 8

/** How durations are spread, as bars, with a line from the one that half do not exceed to the one that 85 % do not. */
export const Spread: FC<{ id: string; timing: Timing }> = ({ id, timing }) => {
  const counts = spread(timing.durations, LIMITS)
  const highest = Math.max(1, ...counts)
  return (
    <>
      <svg class="flow__chart" viewBox={`0 0 ${STEP * counts.length} ${HEIGHT + 18}`} role="img">
        <title>{spreadWords(counts)}</title>
        <Range {...timing} />
        {counts.map((count, index) => {
          const height = count === 0 ? 1 : Math.max(3, Math.round((count / highest) * (HEIGHT - RANGE_Y - 22)))
          return (
            <>
              <rect
                class={count === 0 ? 'flow__bar flow__bar--none' : 'flow__bar'}
                x={index * STEP + 4}
                y={HEIGHT - height}
                width={STEP - 8}
                height={height}
                rx="1.5"
              />
              {count === 0 ? null : (
                <text class="flow__count" x={index * STEP + STEP / 2} y={HEIGHT - height - 4} text-anchor="middle">
                  {count}
                </text>
              )}
              <text class="flow__tick" x={(index + 1) * STEP} y={HEIGHT + 14} text-anchor="middle">
                {SHORT_WORDS[index]}
              </text>
            </>
          )
        })}
      </svg>
      <ChartTable id={id} columns={['Took', 'How many']} rows={counts.map((count, index) => [LIMIT_WORDS[index] ?? '', count] as const)} />
    </>
  )
}

const Range: FC<Pick<Timing, 'medianMs' | 'p85Ms'>> = ({ medianMs, p85Ms }) => {
  if (medianMs === undefined || p85Ms === undefined) return null
  const [median, most] = [barPlaceOf(medianMs), barPlaceOf(p85Ms)]
  return (
    <g class="flow__range">
      <path d={`M${median} ${RANGE_Y}H${most}M${most} ${RANGE_Y - 5}v10`} />
      <circle cx={median} cy={RANGE_Y} r="4" />
    </g>
  )
}

/** Where a duration lies across the bars: within one of them by factor, as between them. */
function barPlaceOf(ms: number): string {
  const place = LIMITS.findIndex((limit) => ms < limit)
  const index = place === -1 ? LIMITS.length : place
  const [from, to] = [EDGES[index] ?? 1, EDGES[index + 1] ?? ms]
  const share = Math.log(Math.max(ms, from) / from) / Math.log(to / from)
  return ((index + Math.min(1, share)) * STEP).toFixed(1)
}

const spreadWords = (counts: readonly number[]): string =>
  counts.flatMap((count, index) => (count === 0 ? [] : [`${count} ${LIMIT_WORDS[index]}`])).join(', ')
