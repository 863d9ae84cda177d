import type { FC } from 'hono/jsx'
import { waitsForPerson } from '../../src/domain/summary/attention.ts'
import type { ProjectSummary } from '../../src/domain/summary/project-summary.ts'
import type { OverviewFigures } from './overview-figures.ts'
import { isFiltered, overviewHref, type OverviewQuery, pageSize } from './overview-query.ts'
import { WallTile } from './wall-tile.tsx'
import { eventsInLastHour, Histogram } from '../atoms/sparkline.tsx'

const LARGE_TILES = 3
/** Two lines of small ones: beside large ones there are two in a line, else three. */
const FEW = { besideLarge: 4, alone: 6 }

export type WallProps = {
  rows: readonly ProjectSummary[]
  total: number
  query: OverviewQuery
  figures: OverviewFigures
  now: number
}

/** The first that wait for a person stand large, and only where they come first. */
export const isLarge = (rows: readonly ProjectSummary[], index: number): boolean =>
  index < LARGE_TILES && rows.slice(0, index + 1).every(({ attention }) => waitsForPerson(attention.word))

/** What the wall shows between its clock and its foot. Sent whole when members or their order change. */
export const Wall: FC<WallProps> = ({ rows, total, query, figures, now }) => {
  const large = rows.filter((_, index) => isLarge(rows, index))
  const small = rows.slice(large.length)
  const isFew = small.length + 1 <= (large.length > 0 ? FEW.besideLarge : FEW.alone)
  const tiles = (summaries: readonly ProjectSummary[], isLarge: boolean) =>
    summaries.map((summary) => <WallTile summary={summary} isLarge={isLarge} now={now} />)
  return (
    <section id="wall" class="wall__cards" aria-label="Projects">
      {rows.length === 0 ? <EmptyWall query={query} /> : null}
      {large.length > 0 ? (
        <ul id="wall-large" class="tiles tiles--large">
          {tiles(large, true)}
        </ul>
      ) : null}
      <ul id="wall-small" class={`tiles tiles--small${isFew ? ' tiles--few' : ''}`}>
        {tiles(small, false)}
        <LastHour figures={figures} now={now} />
      </ul>
      <Turn total={total} query={query} />
    </section>
  )
}

const EmptyWall: FC<{ query: OverviewQuery }> = ({ query }) => (
  <p class="wall__nothing">
    {isFiltered(query) ? 'No project matches these filters.' : 'No project yet. A project appears here with its first event.'}
  </p>
)

export const LastHour: FC<{ figures: OverviewFigures; now: number }> = ({ figures, now }) => {
  const events = eventsInLastHour(figures.minutes, now)
  return (
    <li id="wall-hour" class="tile tile--hour">
      <h2 class="tile__name">Last hour</h2>
      <span class="tile__word">
        {events.toLocaleString('en')} {events === 1 ? 'event' : 'events'}
      </span>
      <Histogram minutes={figures.minutes} now={now} />
    </li>
  )
}

const pagesOf = (total: number, query: OverviewQuery): number => Math.max(1, Math.ceil(total / pageSize(query)))

export const wallAfter = (total: number, query: OverviewQuery): string =>
  overviewHref(query, { page: query.page < pagesOf(total, query) ? query.page + 1 : 1 })

/** Which page is on, and which one comes next (static/wall.js turns to it). */
const Turn: FC<{ total: number; query: OverviewQuery }> = ({ total, query }) => {
  const pages = pagesOf(total, query)
  return (
    <p id="wall-turn" class="wall__turn" data-next={wallAfter(total, query)} data-pages={pages}>
      Page {Math.min(query.page, pages)} of {pages}, {total} {total === 1 ? 'project' : 'projects'}
      {pages > 1 ? <span class="wall__progress" aria-hidden="true" /> : null}
    </p>
  )
}
