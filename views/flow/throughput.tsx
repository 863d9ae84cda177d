import type { FC } from 'hono/jsx'
import type { FlowFigures } from '../../src/domain/summary/flow-figures.ts'
import { ChartTable } from './chart-table.tsx'
import { dayText } from '../../src/domain/project/flow.ts'

const HEIGHT = 96
/** Above the highest bar stands its count. */
const TOP = 18
/** A project's first days are not drawn wider than those of a week. */
const FEWEST = 7
/** With more bars than these only the highest one has room for its count. */
const COUNTED = 31

type Days = FlowFigures['throughput']
type ThroughputProps = { figures: Pick<FlowFigures, 'throughput' | 'completed' | 'window'>; days: number }

/** Stories completed on each day, today last. Days on which nothing was counted yet are no days without a story. */
export const Throughput: FC<ThroughputProps> = ({ figures: { throughput, completed, window }, days }) => (
  <section id="flow-throughput" class="card" aria-labelledby="flow-throughput-title">
    <header class="card__head">
      <h2 id="flow-throughput-title">Stories completed</h2>
      <p>
        {completed.toLocaleString('en')} in {throughput.length} {throughput.length === 1 ? 'day' : 'days'} (UTC),{' '}
        {perDay(completed, throughput.length)} a day
      </p>
      {throughput.length < days ? <p class="card__aside">counted since {dayText(window.from)}</p> : null}
    </header>
    {completed === 0 ? (
      <p class="nothing">None was completed in these days. A story is when its cycle reaches commit, or is reported complete.</p>
    ) : (
      <ThroughputChart throughput={throughput} />
    )}
  </section>
)

const perDay = (completed: number, days: number): string => (completed / Math.max(1, days)).toFixed(1)

const ThroughputChart: FC<{ throughput: Days }> = ({ throughput }) => {
  const highest = throughput.reduce((most, day) => (day.completed >= most.completed ? day : most))
  const step = 100 / Math.max(FEWEST, throughput.length)
  const [first, last] = [throughput[0]?.day ?? 0, throughput.at(-1)?.day ?? 0]
  return (
    <>
      <svg class={`flow__days${throughput.length > FEWEST ? ' flow__days--many' : ''}`} height={HEIGHT} role="img">
        <title>{`Stories completed on each day: at most ${highest.completed}, on ${dayText(highest.day)}`}</title>
        {throughput.map((day, index) => (
          <DayBar
            {...day}
            {...{ x: index * step, step, highest: highest.completed }}
            isCounted={throughput.length <= COUNTED || day === highest}
            isHighest={day === highest}
          />
        ))}
      </svg>
      <p class="flow__ends" aria-hidden="true">
        <span>{dayText(first)}</span>
        {first === last || throughput.length < FEWEST ? null : <span>{dayText(last)}</span>}
      </p>
      <ChartTable
        id="flow-throughput-table"
        columns={['Day', 'Completed']}
        rows={throughput.toReversed().map(({ day, completed }) => [dayText(day), completed] as const)}
      />
    </>
  )
}

type DayBarProps = Days[number] & { x: number; step: number; highest: number; isCounted: boolean; isHighest: boolean }

const DayBar: FC<DayBarProps> = ({ day, completed, x, step, highest, isCounted, isHighest }) => {
  const height = completed === 0 ? 1 : Math.max(3, Math.round((completed / highest) * (HEIGHT - TOP)))
  return (
    <>
      <rect
        class={completed === 0 ? 'flow__bar flow__bar--none' : 'flow__bar'}
        x={`${(x + step * 0.12).toFixed(2)}%`}
        y={HEIGHT - height}
        width={`${(step * 0.76).toFixed(2)}%`}
        height={height}
        rx="1.5"
      >
        <title>{`${dayText(day)}: ${completed}`}</title>
      </rect>
      {completed > 0 && isCounted ? (
        <text
          class={`flow__count${isHighest ? ' flow__count--highest' : ''}`}
          x={`${(x + step / 2).toFixed(2)}%`}
          y={HEIGHT - height - 5}
          text-anchor="middle"
        >
          {completed}
        </text>
      ) : null}
    </>
  )
}
