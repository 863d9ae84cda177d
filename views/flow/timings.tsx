import type { FC } from 'hono/jsx'
import { spread } from '../../src/domain/durations.ts'
import type { FlowFigures, Timing } from '../../src/domain/flow-figures.ts'
import type { FlowKind } from '../../src/domain/flow.ts'
import { relativeTime } from '../relative-time.ts'
import { ChartTable } from './chart-table.tsx'

/** What is timed, in the order of a story's life, and what leads to it. */
export const KINDS: readonly { kind: FlowKind; word: string; meaning: string; none: string }[] = [
  {
    kind: 'cycleTime',
    word: 'Cycle time',
    meaning: 'from the first phase of a story to its last',
    none: 'No story was finished whose beginning was seen.',
  },
  { kind: 'redToGreen', word: 'Red to green', meaning: 'from a failing test to a passing one', none: 'No failing test has passed.' },
  {
    kind: 'approvalWait',
    word: 'Waiting for people',
    meaning: 'from a question to its decision',
    none: 'No question was decided.',
  },
]

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Where the bars of the spread end, ms; the last one has no end. */
const LIMITS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 24 * HOUR]
const LIMIT_WORDS = ['below 1 min', '1 to 5 min', '5 to 15 min', '15 to 60 min', '1 to 4 h', '4 to 24 h', '1 day or more']
const SHORT_WORDS = ['1 min', '5 min', '15 min', '1 h', '4 h', '1 d', '']

/** A duration as people say it. */
export const durationWords = (ms: number | undefined): string =>
  ms === undefined ? '–' : ms < 1_000 ? 'below 1 s' : relativeTime(0, ms, 'age')

/** The three timings, each with how its durations are spread. */
export const Timings: FC<{ figures: FlowFigures }> = ({ figures }) => (
  <div id="flow-timings" class="flow__timings">
    {KINDS.map(({ kind, word, meaning, none }) => (
      <section class="card" aria-labelledby={`flow-${kind}`}>
        <header class="card__head">
          <h2 id={`flow-${kind}`}>{word}</h2>
          <p>{meaning}</p>
        </header>
        {figures.timings[kind].count === 0 ? <p class="nothing">{none}</p> : <TimingFigures timing={figures.timings[kind]} />}
      </section>
    ))}
  </div>
)

const TimingFigures: FC<{ timing: Timing }> = ({ timing }) => (
  <>
    <dl class="known">
      <div>
        <dt>Half within</dt>
        <dd class="flow__figure">{durationWords(timing.medianMs)}</dd>
      </div>
      <div>
        <dt>85 % within</dt>
        <dd>{durationWords(timing.p85Ms)}</dd>
      </div>
      <div>
        <dt>Measured</dt>
        <dd>{timing.count.toLocaleString('en')}</dd>
      </div>
    </dl>
    <Spread counts={spread(timing.durations, LIMITS)} />
  </>
)

const STEP = 40
const HEIGHT = 48

const Spread: FC<{ counts: readonly number[] }> = ({ counts }) => {
  const highest = Math.max(1, ...counts)
  return (
    <>
      <svg class="flow__chart" viewBox={`0 0 ${STEP * counts.length} ${HEIGHT + 18}`} role="img">
        <title>{spreadWords(counts)}</title>
        {counts.map((count, index) => {
          const height = count === 0 ? 1 : Math.max(3, Math.round((count / highest) * (HEIGHT - 14)))
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
      <ChartTable columns={['Took', 'How many']} rows={counts.map((count, index) => [LIMIT_WORDS[index] ?? '', count] as const)} />
    </>
  )
}

const spreadWords = (counts: readonly number[]): string =>
  counts.flatMap((count, index) => (count === 0 ? [] : [`${count} ${LIMIT_WORDS[index]}`])).join(', ')
