import type { FC } from 'hono/jsx'
import { Moment } from '../atoms/since.tsx'

export type KeptEventsProps = {
  /** How long events are kept, and how many of a project; 0 is for good. */
  days: number
  events: number
  /** The first that is left (its offset, and its instant in ms since 1970), where earlier ones were removed. */
  first?: { offset: number; at: number | undefined } | undefined
}

/** What of the log is kept, and where it begins when something was removed. */
export const KeptEvents: FC<KeptEventsProps> = ({ days, events, first }) => (
  <p id="kept-events" class="kept-events">
    {rule(days, events)}
    {first === undefined ? null : (
      <>
        {' '}
        Events before offset {first.offset.toLocaleString('en')} were removed
        {first.at === undefined ? null : (
          <>
            ; the first that is left came at <Moment at={first.at} />
          </>
        )}
        . What they led to is part of the state.
      </>
    )}
  </p>
)

function rule(days: number, events: number): string {
  const limits = [
    days > 0 ? `for ${days} ${days === 1 ? 'day' : 'days'}` : '',
    events > 0 ? `up to ${events.toLocaleString('en')} of a project` : '',
  ].filter(Boolean)
  return limits.length === 0 ? 'All events are kept.' : `Events are kept ${limits.join(', ')}.`
}
