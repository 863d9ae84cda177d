import type { FC } from 'hono/jsx'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { domId } from '../atoms/dom-id.ts'
import { eventLine } from '../event/event-line.tsx'
import { eventHref, storyHref } from '../atoms/part-href.ts'
import { EventIcon } from '../event/event-icon.tsx'
import { Identifier, visibleText } from '../atoms/foreign-text.tsx'
import { PartLink } from '../atoms/part-link.tsx'
import { Clock, Since } from '../atoms/since.tsx'

type ActivityRowProps = {
  event: StoredEvent
  now: number
  project: string
  isOfPart?: boolean
}

/** One event as one line. Keyed by its offset: sent twice, it shows once. */
export const ActivityRow: FC<ActivityRowProps> = ({ event, now, project, isOfPart }) => {
  const { icon, who, what, storyId, isUnexpected } = eventLine(event)
  return (
    <li id={domId('event', isOfPart ? `part-${event.offset}` : event.offset)} class={`event event--${icon}`} data-offset={event.offset}>
      <span class="event__clock">
        <PartLink href={eventHref(project, event.offset)}>
          <Clock at={event.received_at} now={now} />
        </PartLink>
      </span>
      <span class="event__age">
        <Since at={event.received_at} now={now} />
      </span>
      <EventIcon name={icon} />
      <strong class="event__who">
        <bdi>{visibleText(who, 40)}</bdi>
      </strong>
      <span class="event__what">
        {what}
        {isUnexpected ? <span class="unexpected">unexpected step</span> : null}
      </span>
      <span class="event__story">
        {storyId ? (
          <PartLink href={storyHref(project, storyId)}>
            <Identifier id={storyId} />
          </PartLink>
        ) : null}
      </span>
    </li>
  )
}
