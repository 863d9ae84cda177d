import type { FC } from 'hono/jsx'
import { Clock } from './since.tsx'

/**
 * Whether the page can be trusted right now. The server says what is true without a socket: as of when the page was made.
 * The page's script sets `data-state` (live, reconnecting, paused, past) and the words once it knows more.
 */
export const LivePill: FC<{ isLive: boolean; lastEventAt?: number | undefined; now: number }> = ({ isLive, lastEventAt, now }) => (
  <p id="live" class="pill" data-state={isLive ? 'connecting' : 'still'} data-rendered-at={now} data-last-event-at={lastEventAt ?? ''}>
    <span class="pill__dot" aria-hidden="true" />
    <span>
      <strong id="live-word">As of</strong>
      <span id="live-detail">
        {' '}
        <Clock at={now} /> UTC
      </span>
    </span>
  </p>
)
