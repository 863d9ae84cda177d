import type { FC } from 'hono/jsx'
import type { StoredEvent } from '../../src/domain/event.ts'
import { Narrow } from '../activity/narrow.tsx'
import type { ActivityQuery } from '../activity/query.ts'
import { ActivityList, ActivityTotal, NewEvents, Older } from '../fragments/activity.tsx'
import { PanelFrame } from '../fragments/panel-frame.tsx'
import type { Frame } from '../layout.tsx'
import { PartPage } from './part.tsx'

export type ActivityPageProps = {
  project: string
  query: ActivityQuery
  /** Newest first. */
  events: readonly StoredEvent[]
  total: number
  /** The page begins below this offset; undefined for one that begins at the newest. */
  before: number | undefined
  /** Where a search for older ones goes on; undefined where nothing older is left. */
  next: number | undefined
}

/** Rows of a page of activity. */
export const PAGE_ROWS = 100

/** GET /projects/:name/activity — what happened, narrowed and paged by its address. */
export const ActivityPage: FC<Frame & ActivityPageProps> = ({ project, query, events, total, before, next, ...frame }) => (
  <PartPage {...frame} project={project} name="Activity" kind="page" among={{ id: 'activity', word: 'Project' }}>
    <div class="heading heading--part">
      <h1 tabindex={-1}>Activity</h1>
    </div>
    <section id="activity" class="card wide" aria-labelledby="activity-title">
      <header class="card__head">
        <h2 id="activity-title">{before === undefined ? 'Newest first' : `Before offset ${before.toLocaleString('en')}`}</h2>
        <ActivityTotal total={total} />
        <NewEvents />
      </header>
      <Narrow project={project} query={query} before={before} />
      <ActivityList project={project} events={events} now={frame.now} limit={PAGE_ROWS} />
      <p class="nothing activity__none">{noneWords(query, next)}</p>
      {next !== undefined && events.length < PAGE_ROWS ? (
        <p class="nothing older-note">Looked down to offset {next.toLocaleString('en')}.</p>
      ) : null}
      <Older project={project} query={query} before={next} />
    </section>
    <PanelFrame />
  </PartPage>
)

function noneWords({ kind, text }: ActivityQuery, next: number | undefined): string {
  if (kind === undefined && text === undefined) return 'Nothing was reported yet.'
  return next === undefined ? 'Nothing matches. Choose another kind, or search for less.' : 'Nothing matches so far: older events may.'
}
