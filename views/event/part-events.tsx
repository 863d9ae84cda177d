import type { FC } from 'hono/jsx'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { ActivityRow } from '../activity/activity-row.tsx'
import { PartLink } from '../atoms/part-link.tsx'

/** Rows that a part's page begins with, and keeps. */
export const PART_ROWS = 50

type PartEventsProps = {
  project: string
  events: readonly StoredEvent[]
  /** Where a search for older ones would go on; undefined where there are none. */
  next: number | undefined
  /** The address of the page whose list this is. */
  href: string
  /** The list begins below this offset, and not at the newest. */
  before: number | undefined
  now: number
}

export const PartEvents: FC<PartEventsProps> = ({ project, events, next, href, before, now }) => (
  <section id="part-events" class="card" aria-labelledby="part-events-title">
    <header class="card__head">
      <h2 id="part-events-title">What happened</h2>
      <p>
        times in <span data-clock-zone>UTC</span>
      </p>
    </header>
    <PartGap />
    <PartEventList project={project} events={events} now={now} />
    <p class="nothing activity__none">None {before === undefined ? '' : `before event ${before.toLocaleString('en')} `}that tells of it.</p>
    <p class="part-more">
      {before === undefined ? null : <PartLink href={`${href}#part-events`}>Newest</PartLink>}
      {next === undefined ? null : <PartLink href={olderHref(href, next)}>Older</PartLink>}
      {next === undefined || events.length === PART_ROWS ? null : (
        <span>Looked through the project's log as far back as event {next.toLocaleString('en')}.</span>
      )}
    </p>
  </section>
)

/** Stands above the list once a burst outran what a frame can tell. */
export const PartGap: FC<{ isThere?: boolean }> = ({ isThere = false }) => (
  <p id="part-gap" class="nothing" hidden={!isThere}>
    More happened at once than could be listed here. Load the page again to see all of it.
  </p>
)

const olderHref = (href: string, before: number) => `${href}${href.includes('?') ? '&' : '?'}before=${before}#part-events`

export const PartEventList: FC<Omit<PartEventsProps, 'next' | 'href' | 'before'>> = ({ project, events, now }) => (
  <ol id="part-event-list" class="activity" data-rows={PART_ROWS} reversed>
    {events.map((event) => (
      <PartEventRow project={project} event={event} now={now} />
    ))}
  </ol>
)

/** One of them; its id differs from that of the same event on the project's page, which may lie beside it. */
export const PartEventRow: FC<{ project: string; event: StoredEvent; now: number }> = ({ project, event, now }) => (
  <ActivityRow event={event} now={now} project={project} isOfPart />
)
