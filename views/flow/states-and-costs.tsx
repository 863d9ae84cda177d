import type { FC } from 'hono/jsx'
import type { FlowFigures, StateTime } from '../../src/domain/summary/flow-figures.ts'
import { ForeignText, Identifier, visibleText } from '../atoms/foreign-text.tsx'
import { Shape } from '../atoms/shape.tsx'
import { Since } from '../atoms/since.tsx'
import { dollars } from '../atoms/figures.ts'
import { storyHref } from '../atoms/part-href.ts'
import { workflowLook } from '../atoms/state-look.ts'
import { durationWords } from './timings.tsx'
import { bounded, foremost } from '../../src/domain/bounded.ts'

const STATES_SHOWN = 12
const COSTS_SHOWN = 10

/** Where the workflow spent its time, in all that is known of the project. */
export const StateTimes: FC<{ times: readonly StateTime[]; since: number | undefined; now: number }> = ({ times, since, now }) => {
  const msOf = ({ ms, currentSince }: StateTime) => ms + (currentSince === undefined ? 0 : Math.max(0, now - currentSince))
  const all = Math.max(
    1,
    times.reduce((sum, time) => sum + msOf(time), 0),
  )
  // The state that the workflow is in is shown however short it was.
  const worthOf = ({ currentSince }: StateTime) => (currentSince === undefined ? 'mild' : 'waits')
  const shown = bounded(times, { limit: STATES_SHOWN, worthOf, ageOf: msOf })
  return (
    <section id="flow-states" class="card" aria-labelledby="flow-states-title">
      <header class="card__head">
        <h2 id="flow-states-title">Time in state</h2>
        <p>
          {since === undefined ? (
            ''
          ) : (
            <>
              since the first event, <Since at={since} now={now} />
            </>
          )}
        </p>
      </header>
      {times.length === 0 ? <p class="nothing">The workflow has not moved yet.</p> : null}
      <ul class="shares">
        {shown.kept.map((time) => (
          <StateShare time={time} ms={msOf(time)} all={all} now={now} />
        ))}
      </ul>
      {shown.left.length > 0 ? <p class="nothing">{shown.left.length} shorter ones</p> : null}
    </section>
  )
}

const StateShare: FC<{ time: StateTime; ms: number; all: number; now: number }> = ({ time, ms, all, now }) => {
  const look = workflowLook(time.state)
  return (
    <li class={`share tone-${look.tone}`}>
      <span class="share__name">
        <Shape name={look.shape} />
        <bdi>{visibleText(look.word, 40)}</bdi>
      </span>
      <ShareBar share={ms / all} now={(ms - time.ms) / all} />
      <span class="share__figure">
        {durationWords(ms)}
        <small>
          {time.currentSince === undefined ? '' : `${durationWords(now - time.currentSince)} of it now, `}
          {time.entered === 1 ? 'once' : `${time.entered} times`}
        </small>
      </span>
    </li>
  )
}

/** A share of all; of it, `now` goes on and is drawn as an outline. */
const ShareBar: FC<{ share: number; now?: number }> = ({ share, now = 0 }) => (
  <svg class="share__bar" aria-hidden="true">
    <rect class="share__track" width="100%" height="10" rx="2" />
    <rect class="share__part share__part--now" width={percent(share)} height="10" rx="2" />
    <rect class="share__part" width={percent(share - now)} height="10" rx="2" />
  </svg>
)

const percent = (share: number): string => `${(100 * Math.max(0, Math.min(1, share))).toFixed(2)}%`

export const Costs: FC<{ project: string; figures: Pick<FlowFigures, 'costs' | 'medianCostUsd'> }> = ({ project, figures }) => {
  const { costs, medianCostUsd } = figures
  const dearest = foremost(costs, COSTS_SHOWN)
  const highest = Math.max(costs[0]?.costUsd ?? 0, 0.01)
  return (
    <section id="flow-costs" class="card" aria-labelledby="flow-costs-title">
      <header class="card__head">
        <h2 id="flow-costs-title">Cost per story</h2>
        <p>{medianCostUsd === undefined ? '' : `half below ${dollars(medianCostUsd)}`}</p>
      </header>
      {costs.length === 0 ? (
        <p class="nothing">
          <ForeignText text="No cost was reported. Send `usage` events with `cost_usd` and a `story_id` or `agent_id`." />
        </p>
      ) : null}
      <ul class="shares">
        {dearest.kept.map(({ storyId, costUsd }) => (
          <li class="share tone-idle">
            <a class="share__name" href={storyHref(project, storyId)}>
              <Identifier id={storyId} />
            </a>
            <ShareBar share={costUsd / highest} />
            <span class="share__figure">{dollars(costUsd)}</span>
          </li>
        ))}
      </ul>
      {dearest.left.length > 0 ? <p class="nothing">{dearest.left.length} cheaper ones</p> : null}
    </section>
  )
}
