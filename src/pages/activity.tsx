import type { StoredEvent } from '../domain/events/event.ts'
import { RefusedError } from '../domain/refused.ts'
import { replace } from '../live/frame.ts'
import { findEvents, findNewer } from '../projection/find-events.ts'
import { ActivityRow } from '../../views/activity/activity-row.tsx'
import { ActivityGap, activityHref, ActivityList, ActivityTotal, Newer, NewEvents, Older } from '../../views/activity/activity.tsx'
import { Narrow } from '../../views/activity/narrow.tsx'
import {
  type ActivityPlace,
  type ActivityQuery,
  activitySearch,
  isAskedFor,
  isNarrowed,
  parseActivityQuery,
} from '../../views/activity/query.ts'
import { ADDRESSES } from '../../views/atoms/part-href.ts'
import { PartPage } from '../../views/pages/part.tsx'
import { PanelFrame } from '../../views/shell/panel-frame.tsx'
import type { PageRequest } from './page.ts'
import { readLong } from './past.ts'
import { pageOfProject, type Visit } from './page-of-project.ts'

export const PAGE_ROWS = 100
/** Bounds the cost of a page; a search continues from there. */
const SCAN_LIMIT = 10_000
const OFFSET = /^\d{1,15}$/

/** Whether an address asks for a part of the log that does not begin at the newest. */
export const isPartOfPast = (search: URLSearchParams): boolean => search.has('before') || search.has('after')

/** Activity, filtered and paged by its address. A page that begins at the newest is kept current with matching events. */
export const activityPage = pageOfProject({
  address: ADDRESSES.activity,
  asks: { read: parseActivityQuery, write: (query: ActivityQuery) => ({ search: activitySearch(query) }) },
  sections: () => [
    {
      id: 'activity-total',
      reads: ({ view }) => [view.state.offset],
      render: ({ view }) => <ActivityTotal total={view.state.offset} />,
    },
  ],
  list: (query, project) => ({
    id: 'activity-list',
    row: (event, now) => <ActivityRow project={project} event={event} now={now} />,
    whole: (events, now) => <ActivityList project={project} events={events} now={now} />,
    // The events in memory are too few to tell which match, so they are searched for.
    ...(isNarrowed(query) && {
      isIn: isAskedFor(query),
      gap: ({ state }) => replace('activity-gap', <ActivityGap head={state.offset} />),
    }),
  }),
  isStill: isPartOfPast,
  async frame(visit, drawn) {
    const { shown, asked: query, now, layout } = visit
    const { events, older, newer, isNewest } = await partOfLog(visit, isAskedFor(query))
    const [project, total] = [shown.project.name, shown.view.state.offset]
    return (
      <PartPage {...layout} project={project} name="Activity" kind="page">
        <div class="heading heading--part">
          <h1 tabindex={-1}>Activity</h1>
        </div>
        <section id="activity" class="card wide" aria-labelledby="activity-title">
          <header class="card__head">
            <h2 id="activity-title">{isNewest ? 'Newest first' : placeWords(events)}</h2>
            {drawn['activity-total']}
            <NewEvents />
          </header>
          <Narrow project={project} query={query} isNewest={isNewest} />
          <Newer hrefOf={activityHref(project, query)} offset={newer} />
          <ActivityList project={project} events={events} now={now} limit={PAGE_ROWS} />
          <p class="nothing activity__none">{noneWords(query, older)}</p>
          {older !== undefined && events.length < PAGE_ROWS ? (
            <p class="nothing older-note">Looked down to offset {older.toLocaleString('en')}.</p>
          ) : null}
          <Older hrefOf={activityHref(project, query)} offset={older} />
          <ActivityGap head={total} />
        </section>
        <PanelFrame />
      </PartPage>
    )
  },
})

/** A part of the log up to what the page shows as the newest, newest first, and where it goes on in both directions. */
export async function partOfLog({ shown: { project, view }, request, deps }: Visit<unknown>, matches: (event: StoredEvent) => boolean) {
  const [before, after] = [readOffset(request, 'before'), readOffset(request, 'after')]
  const isNewest = before === undefined && after === undefined
  const end = view.state.offset
  return readLong(deps, request, async ({ eventLog, turns }) => {
    const search = { matches, limit: PAGE_ROWS, scanLimit: SCAN_LIMIT, turns }
    if (after !== undefined) {
      const { events, next, first } = await findNewer(eventLog, project.name, { ...search, after })
      // A page of the past ends at its moment.
      const newer = next !== undefined && next < end ? next : undefined
      return { events: events.filter(({ offset }) => offset <= end), newer, older: after >= first ? after + 1 : undefined, isNewest }
    }
    const { events, next } = await findEvents(eventLog, project.name, { ...search, before: Math.min(before ?? Infinity, end + 1) })
    return { events, older: next, newer: before !== undefined && before <= end ? before - 1 : undefined, isNewest }
  })
}

function readOffset({ url }: PageRequest, field: keyof ActivityPlace): number | undefined {
  const text = url.searchParams.get(field)
  if (text === null) return undefined
  if (OFFSET.test(text)) return Number(text)
  throw new RefusedError('VALIDATION_ERROR', `${field} must be an offset, not "${text.slice(0, 40)}".`, { field })
}

function placeWords(events: readonly StoredEvent[]): string {
  const [last, first] = [events[0], events.at(-1)]
  return last && first ? `Events ${first.offset.toLocaleString('en')} to ${last.offset.toLocaleString('en')}` : 'Nothing here'
}

function noneWords({ kind, text }: ActivityQuery, older: number | undefined): string {
  if (kind === undefined && text === undefined) return 'Nothing was reported yet.'
  return older === undefined ? 'Nothing matches. Choose another kind, or search for less.' : 'Nothing matches so far: older events may.'
}
