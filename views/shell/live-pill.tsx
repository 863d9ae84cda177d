import type { FC } from 'hono/jsx'
import { Clock } from '../atoms/since.tsx'

/** Why what the page shows is not the newest: the log is away, announcements are, or `projects` of those shown cannot be reached. */
export type PageTrouble = { kind: 'log' | 'bus' | 'part'; since: number; projects?: number }

type LivePillProps = {
  isLive: boolean
  isPast?: boolean | undefined
  lastEventAt?: number | undefined
  now: number
  trouble?: PageTrouble | undefined
}

/** Whether the page can be trusted now. Without a socket it shows when the page was made; the page's script sets `data-state`. */
export const LivePill: FC<LivePillProps> = ({ isLive, isPast = false, lastEventAt, now, trouble }) => (
  <p
    id="live"
    class="pill"
    data-state={isPast ? 'past' : trouble ? `trouble-${trouble.kind}` : isLive ? 'connecting' : 'still'}
    data-rendered-at={now}
    data-last-event-at={lastEventAt ?? ''}
    data-trouble={trouble?.kind}
    data-trouble-since={trouble?.since}
    data-trouble-projects={trouble?.projects}
  >
    <span class="pill__dot" aria-hidden="true" />
    <span>
      <strong id="live-word">{isPast ? 'Looking back' : trouble ? WORDS[trouble.kind] : 'As of'}</strong>
      <span id="live-detail">{isPast ? <Past at={now} /> : <Detail now={now} trouble={trouble} />}</span>
    </span>
  </p>
)

const WORDS = { log: 'The event log is away', bus: 'Updates may be some seconds late', part: 'Partly live' }

/** With the day: a moment to look back at may be long over. */
const Past: FC<{ at: number }> = ({ at }) => (
  <>
    {' '}
    at <Clock at={at} isDated /> <span data-clock-zone>UTC</span>
  </>
)

const Detail: FC<{ now: number; trouble: PageTrouble | undefined }> = ({ now, trouble }) => {
  if (trouble?.kind === 'log')
    return (
      <>
        , showing <Clock at={trouble.since} now={now} /> UTC
      </>
    )
  if (trouble?.kind === 'part') return <>, {trouble.projects} projects away</>
  if (trouble) return null
  return (
    <>
      {' '}
      <Clock at={now} now={now} /> UTC
    </>
  )
}
