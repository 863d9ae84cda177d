import type { FC } from 'hono/jsx'
import { agentIdOf } from '../../src/domain/project/agent.ts'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { markedText } from '../../src/domain/events/plain-text.ts'
import { eventLine } from './event-line.tsx'
import { agentHref, eventHref, projectHref, storyHref } from '../atoms/part-href.ts'
import { shorten } from '../atoms/shorten.ts'
import { EventIcon } from './event-icon.tsx'
import { Fact, Facts } from '../atoms/facts.tsx'
import { Identifier, Marked, visibleText } from '../atoms/foreign-text.tsx'
import { PartLink } from '../atoms/part-link.tsx'
import { Clock, Since } from '../atoms/since.tsx'
import { foremost } from '../../src/domain/bounded.ts'

type EventProps = {
  project: string
  event: StoredEvent
  /** The first and the last offset of the log. */
  first: number
  head: number
  now: number
}

/** Fields that the page tells in places of their own. */
const TOLD = new Set(['offset', 'id', 'type', 'timestamp', 'received_at'])
const FIELDS_SHOWN = 60
/** More than the log keeps of a text. */
const TEXT_SHOWN = 20_000
const JSON_SHOWN = 20_000

export const EventHead: FC<EventProps> = ({ project, event, first, head, now }) => {
  const { icon, who, what, isUnexpected } = eventLine(event)
  return (
    <div id="event-head" class="heading heading--part">
      <h1 tabindex={-1}>Event {event.offset.toLocaleString('en')}</h1>
      <p class="heading__line event-said">
        <EventIcon name={icon} />
        <span>
          <strong>
            <bdi>{visibleText(who, 60)}</bdi>
          </strong>{' '}
          {what}
          {isUnexpected ? <span class="unexpected">unexpected step</span> : null}
        </span>
      </p>
      <ul class="facts">
        <li>
          <code>{visibleText(event.type, 60)}</code>
        </li>
        <li>
          <Since at={event.received_at} now={now} />
        </li>
      </ul>
      <nav class="neighbours" aria-label="Neighbouring events">
        <Neighbour project={project} offset={event.offset - 1} isThere={event.offset > first} rel="prev" />
        <Neighbour project={project} offset={event.offset + 1} isThere={event.offset < head} rel="next" />
        <a class="button" href={`${projectHref(project)}?at=${event.offset}`}>
          The project after it
        </a>
      </nav>
    </div>
  )
}

const Neighbour: FC<{ project: string; offset: number; isThere: boolean; rel: 'prev' | 'next' }> = ({ project, offset, isThere, rel }) =>
  isThere ? (
    <PartLink class="button" href={eventHref(project, offset)} rel={rel}>
      {rel === 'prev' ? 'Event before' : 'Event after'}
    </PartLink>
  ) : null

export const EventPlace: FC<EventProps> = ({ project, event }) => {
  const storyId = 'story_id' in event && typeof event.story_id === 'string' ? event.story_id : undefined
  const agentId = 'agent_type' in event || 'agent_id' in event ? agentOf(event) : undefined
  return (
    <section class="card wide" aria-labelledby="event-place-title">
      <header class="card__head">
        <h2 id="event-place-title">In the log</h2>
      </header>
      <Facts>
        <Fact name="Offset">{String(event.offset)}</Fact>
        <Fact name="Id">
          <Identifier id={event.id} />
        </Fact>
        <Fact name="Received">
          <>
            <Clock at={event.received_at} isDated /> <span data-clock-zone>UTC</span>, {new Date(event.received_at).toISOString()}
          </>
        </Fact>
        <Fact name="Time that the reporter gave">{typeof event.timestamp === 'string' ? event.timestamp : 'none'}</Fact>
        <Fact name="Story">
          {storyId === undefined ? undefined : (
            <PartLink href={storyHref(project, storyId)}>
              <Identifier id={storyId} />
            </PartLink>
          )}
        </Fact>
        <Fact name="Agent">
          {agentId === undefined ? undefined : (
            <PartLink href={agentHref(project, agentId)}>
              <Identifier id={agentId} />
            </PartLink>
          )}
        </Fact>
      </Facts>
    </section>
  )
}

function agentOf(event: StoredEvent): string | undefined {
  const { agent_id, agent_type, story_id }: Record<string, unknown> = event
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return agentIdOf({ ...event, agent_id: text(agent_id), agent_type: text(agent_type), story_id: text(story_id) })
}

/** Every field as it was reported, made safe to look at. */
export const EventFields: FC<{ event: StoredEvent }> = ({ event }) => {
  const fields = Object.entries(event).filter(([name, value]) => !TOLD.has(name) && value !== undefined && value !== null)
  const { kept, left } = foremost(fields, FIELDS_SHOWN)
  return (
    <section class="card wide" aria-labelledby="event-fields-title">
      <header class="card__head">
        <h2 id="event-fields-title">What was reported</h2>
      </header>
      {fields.length === 0 ? <p class="nothing">Nothing but its type.</p> : null}
      <dl class="fields">
        {kept.map(([name, value]) => (
          <div>
            <dt>
              <code dir="auto">{visibleText(name, 60)}</code>
            </dt>
            <dd dir="auto">
              <Marked text={fieldText(value)} />
            </dd>
          </div>
        ))}
      </dl>
      {left.length > 0 ? <p class="nothing">{left.length} more fields: they are in the JSON below.</p> : null}
    </section>
  )
}

function fieldText(value: unknown): string {
  return bounded(typeof value === 'string' ? value : JSON.stringify(value, null, 2), TEXT_SHOWN)
}

function bounded(text: string, limit: number): string {
  const { head, hidden, tail } = shorten(markedText(text, 'command'), limit)
  return hidden > 0 ? `${head}\n… ${hidden} more characters …\n${tail}` : head
}

export const EventJson: FC<{ project: string; event: StoredEvent }> = ({ project, event }) => (
  <section class="card wide" aria-labelledby="event-json-title">
    <header class="card__head">
      <h2 id="event-json-title">JSON</h2>
      <p class="card__aside">
        <a href={`/api/v1/projects/${encodeURIComponent(project)}/events?after=${event.offset - 1}&limit=1`}>In the API</a>
      </p>
    </header>
    <pre class="json" tabindex={0} aria-label="The event as JSON">
      <Marked text={bounded(JSON.stringify(event, null, 2), JSON_SHOWN)} />
    </pre>
  </section>
)
