import type { FC } from 'hono/jsx'
import { overviewHref, type OverviewQuery } from './overview-query.ts'
import { TravelClock } from '../shell/travel-clock.tsx'
import { Clock } from '../atoms/since.tsx'

export type PastNoteProps = {
  query: OverviewQuery
  now: number
  isWhole: boolean
  forgotten: number
}

/** Which moment an overview of the past shows, of which projects, and the ways to another moment and to now. */
export const PastNote: FC<PastNoteProps> = ({ query, now, isWhole, forgotten }) => (
  <section id="time-travel" class="card travel" aria-labelledby="travel-title">
    <header class="travel__head">
      <h2 id="travel-title">
        Looking back at <Clock at={now} isDated /> <span data-clock-zone>UTC</span>
      </h2>
      <p class="travel__word">
        {isWhole ? 'Projects that had reported by then' : 'Projects of this page, by name; heading and bars are of these alone'}
        {forgotten === 0 ? '' : `; of ${forgotten === 1 ? '1 project' : `${forgotten} projects`} that time is no longer kept`}
      </p>
      <a id="travel-live" class="button button--ink" href={overviewHref(query, { at: undefined })}>
        Back to live
      </a>
    </header>
    <TravelClock href="/" now={now} />
  </section>
)
