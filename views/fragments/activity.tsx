import type { FC } from 'hono/jsx'
import type { StoredEvent } from '../../src/domain/event.ts'
import { ActivityRow } from './activity-row.tsx'

/** Rows that a page holds: older ones are a request away, and the page's script drops what new ones push out. */
export const ACTIVITY_ROWS = 50

type ActivityProps = {
  project: string
  /** In any order. */
  events: readonly StoredEvent[]
  /** The log's head: how many events there are in all. */
  total: number
  now: number
}

/** What happened, newest first. */
export const Activity: FC<ActivityProps> = ({ project, events, total, now }) => (
  <section id="activity" class="card" aria-labelledby="activity-title">
    <header class="card__head">
      <h2 id="activity-title">Activity</h2>
      <ActivityTotal total={total} />
      <button id="activity-new" class="button" type="button" hidden>
        0 new
      </button>
    </header>
    <ActivityList project={project} events={events} now={now} />
    <p class="nothing activity__none">Nothing was reported yet.</p>
  </section>
)

/** How many events there are in all. */
export const ActivityTotal: FC<{ total: number }> = ({ total }) => (
  <p id="activity-total">
    {total.toLocaleString('en')} {total === 1 ? 'event' : 'events'}, times in <span data-clock-zone>UTC</span>
  </p>
)

/** The rows alone, for a frame that replaces them after a gap. */
export const ActivityList: FC<Omit<ActivityProps, 'total'>> = ({ project, events, now }) => (
  <ol id="activity-list" class="activity" data-rows={ACTIVITY_ROWS} reversed>
    {events
      .toSorted((one, other) => other.offset - one.offset)
      .slice(0, ACTIVITY_ROWS)
      .map((event) => (
        <ActivityRow project={project} event={event} now={now} />
      ))}
  </ol>
)
