import type { FC } from 'hono/jsx'

type TravelClockProps = { href: string; now: number; isCompared?: boolean }

/** A time to go to, in UTC: a plain form, whose answer leads to the address of that moment. */
export const TravelClock: FC<TravelClockProps> = ({ href, now, isCompared = false }) => (
  <form class="travel__clock" action={href} method="get">
    <label for="travel-on">Time in UTC</label>
    <input id="travel-on" type="datetime-local" name="on" step="1" required value={new Date(now).toISOString().slice(0, 19)} />
    {isCompared ? <input type="hidden" name="compare" value="now" /> : null}
    <button class="button" type="submit">
      Go
    </button>
  </form>
)
