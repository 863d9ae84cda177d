import type { Child, FC } from 'hono/jsx'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { Narrow } from './narrow.tsx'
import { type ActivityPlace, type ActivityQuery, activitySearch } from './query.ts'
import { ADDRESSES, addressOf } from '../atoms/part-href.ts'
import { PartLink } from '../atoms/part-link.tsx'
import { ActivityRow } from './activity-row.tsx'

/** Rows that a page begins with: older ones are a request away, and the page's script bounds what it keeps. */
const ACTIVITY_ROWS = 50

type ActivityListProps = {
  project: string
  events: readonly StoredEvent[]
  now: number
}

type ActivityProps = ActivityListProps & {
  total: Child
  isAlone?: boolean
}

export const Activity: FC<ActivityProps> = ({ project, events, total, now, isAlone = false }) => {
  const oldest = Math.min(...events.map(({ offset }) => offset))
  return (
    <section id="activity" class="card" aria-labelledby="activity-title">
      <header class="card__head">
        <h2 id="activity-title">Activity</h2>
        {total}
        <NewEvents />
        {isAlone ? null : (
          <p class="card__aside">
            <PartLink href={addressOf(ADDRESSES.chat, { name: project })}>Chat and commands</PartLink>
          </p>
        )}
      </header>
      {isAlone ? null : <Narrow project={project} query={{}} />}
      {isAlone ? null : <Newer hrefOf={activityHref(project, {})} offset={undefined} />}
      <ActivityList project={project} events={events} now={now} />
      <p class="nothing activity__none">Nothing was reported yet.</p>
      {isAlone ? null : <Older hrefOf={activityHref(project, {})} offset={oldest > 1 && events.length > 0 ? oldest : undefined} />}
    </section>
  )
}

export const NewEvents: FC = () => (
  <button id="activity-new" class="button" type="button" hidden>
    0 new
  </button>
)

export const ActivityTotal: FC<{ total: number }> = ({ total }) => (
  <p id="activity-total">
    {total.toLocaleString('en')} {total === 1 ? 'event' : 'events'}, times in <span data-clock-zone>UTC</span>
  </p>
)

export const ActivityList: FC<ActivityListProps & { limit?: number }> = ({ project, events, now, limit = ACTIVITY_ROWS }) => (
  <ol id="activity-list" class="activity" data-rows={ACTIVITY_ROWS} reversed>
    {events
      .toSorted((one, other) => other.offset - one.offset)
      .slice(0, limit)
      .map((event) => (
        <ActivityRow project={project} event={event} now={now} />
      ))}
  </ol>
)

type WayProps = { hrefOf(place: ActivityPlace): string; offset: number | undefined }

/** The way to older ones; the page's script takes it when it is scrolled to. It stays, hidden, where nothing older is left yet. */
export const Older: FC<WayProps> = ({ hrefOf, offset }) => (
  <p class="older" hidden={offset === undefined}>
    <PartLink id="activity-older" class="button" href={hrefOf({ before: offset ?? 1 })} rel="next">
      Older events
    </PartLink>
  </p>
)

export const Newer: FC<WayProps> = ({ hrefOf, offset }) => (
  <p class="older" hidden={offset === undefined}>
    <PartLink id="activity-newer" class="button" href={hrefOf({ after: offset ?? 0 })} rel="prev">
      Newer events
    </PartLink>
  </p>
)

export const activityHref =
  (name: string, query: ActivityQuery) =>
  (place: ActivityPlace): string =>
    addressOf(ADDRESSES.activity, { name }, activitySearch(query, place))

/** Tells the page's script that more happened up to `head` than a frame of a narrowed list could tell. */
export const ActivityGap: FC<{ head: number }> = ({ head }) => <p id="activity-gap" data-head={head} hidden />
