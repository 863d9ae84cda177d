import type { FC } from 'hono/jsx'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { Narrow } from '../activity/narrow.tsx'
import type { ActivityQuery } from '../activity/query.ts'
import { ActivityGap, ActivityList, ActivityTotal, Newer, NewEvents, Older } from '../activity/activity.tsx'
import { PanelFrame } from '../shell/panel-frame.tsx'
import type { Frame } from '../shell/layout.tsx'
import { PartPage } from './part.tsx'

export type ActivityPageProps = {
  project: string
  query: ActivityQuery
  /** Newest first. */
  events: readonly StoredEvent[]
  total: number
  /** The page begins at the newest. */
  isNewest: boolean
  /** Below which offset a search for older ones goes on; undefined where nothing older is left. */
  older: number | undefined
  /** Above which offset newer ones are; undefined where there are none. */
  newer: number | undefined
}

/** Rows of a page of activity. */
export const PAGE_ROWS = 100

/** GET /projects/:name/activity — what happened, narrowed and paged by its address. */
export const ActivityPage: FC<Frame & ActivityPageProps> = ({ project, query, events, total, isNewest, older, newer, ...frame }) => (
  <PartPage {...frame} project={project} name="Activity" kind="page">
    <div class="heading heading--part">
      <h1 tabindex={-1}>Activity</h1>
    </div>
    <section id="activity" class="card wide" aria-labelledby="activity-title">
      <header class="card__head">
        <h2 id="activity-title">{isNewest ? 'Newest first' : placeWords(events)}</h2>
        <ActivityTotal total={total} />
        <NewEvents />
      </header>
      <Narrow project={project} query={query} isNewest={isNewest} />
      <Newer project={project} query={query} offset={newer} />
      <ActivityList project={project} events={events} now={frame.now} limit={PAGE_ROWS} />
      <p class="nothing activity__none">{noneWords(query, older)}</p>
      {older !== undefined && events.length < PAGE_ROWS ? (
        <p class="nothing older-note">Looked down to offset {older.toLocaleString('en')}.</p>
      ) : null}
      <Older project={project} query={query} offset={older} />
      <ActivityGap head={total} />
    </section>
    <PanelFrame />
  </PartPage>
)

function placeWords(events: readonly StoredEvent[]): string {
  const [last, first] = [events[0], events.at(-1)]
  return last && first ? `Events ${first.offset.toLocaleString('en')} to ${last.offset.toLocaleString('en')}` : 'Nothing here'
}

function noneWords({ kind, text }: ActivityQuery, older: number | undefined): string {
  if (kind === undefined && text === undefined) return 'Nothing was reported yet.'
  return older === undefined ? 'Nothing matches. Choose another kind, or search for less.' : 'Nothing matches so far: older events may.'
}
