import type { FC } from 'hono/jsx'
import type { FlowFigures } from '../../src/domain/flow-figures.ts'
import { ChartTable } from './chart-table.tsx'

const DAY_MS = 86_400_000
const WIDTH = 720
const HEIGHT = 72
/** How wide a day is drawn at most. */
const WIDEST = 48

/** A day since 1970 as text. */
const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** Stories completed on each day, today last. */
export const Throughput: FC<{ figures: Pick<FlowFigures, 'throughput' | 'completed'> }> = ({ figures: { throughput, completed } }) => (
  <section id="flow-throughput" class="card" aria-labelledby="flow-throughput-title">
    <header class="card__head">
      <h2 id="flow-throughput-title">Stories completed</h2>
      <p>
        {completed.toLocaleString('en')} in {throughput.length} {throughput.length === 1 ? 'day' : 'days'} (UTC),{' '}
        {perDay(completed, throughput.length)} a day
      </p>
    </header>
    {completed === 0 ? <p class="nothing">None was completed in these days.</p> : <ThroughputChart throughput={throughput} />}
  </section>
)

const perDay = (completed: number, days: number): string => (completed / Math.max(1, days)).toFixed(1)

const ThroughputChart: FC<Pick<FlowFigures, 'throughput'>> = ({ throughput }) => {
  const highest = Math.max(1, ...throughput.map(({ completed }) => completed))
  const step = Math.min(WIDEST, WIDTH / throughput.length)
  const [first, last] = [throughput[0]?.day ?? 0, throughput.at(-1)?.day ?? 0]
  return (
    <>
      <svg class="flow__chart flow__chart--wide" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img">
        <title>{`At most ${highest} on a day`}</title>
        {throughput.map(({ day, completed }, index) => {
          const height = completed === 0 ? 1 : Math.max(3, Math.round((completed / highest) * (HEIGHT - 4)))
          return (
            <rect
              class={completed === 0 ? 'flow__bar flow__bar--none' : 'flow__bar'}
              x={(index * step + step * 0.12).toFixed(1)}
              y={HEIGHT - height}
              width={(step * 0.76).toFixed(1)}
              height={height}
              rx="1.5"
            >
              <title>{`${dayText(day)}: ${completed}`}</title>
            </rect>
          )
        })}
      </svg>
      <p class="flow__ends" aria-hidden="true">
        <span>{dayText(first)}</span>
        {first === last ? null : <span>{dayText(last)}</span>}
      </p>
      <ChartTable
        columns={['Day', 'Completed']}
        rows={throughput.toReversed().map(({ day, completed }) => [dayText(day), completed] as const)}
      />
    </>
  )
}
