import { ForeignText, visibleText } from '../atoms/foreign-text.tsx'
import type { EventOf, Line } from './line.ts'

type OwnLineEvent = EventOf<'state_told' | 'reports_lost' | 'losses_seen'>

/** What the service itself noted: an opinion that moved nothing, a gap in what was reported, and that somebody saw it. */
export function ownLine(event: OwnLineEvent): Line {
  switch (event.type) {
    case 'state_told':
      return {
        icon: 'step',
        who: event.told_by,
        what: (
          <>
            says <code dir="auto">{visibleText(event.state, 60)}</code>, which moves nothing
          </>
        ),
        storyId: event.story_id,
      }
    case 'reports_lost':
      return {
        icon: 'failed',
        who: event.told_by,
        what: (
          <>
            {lostWords(event.count)}: <ForeignText text={event.reason} limit={160} />
            {event.detail === undefined ? null : ' ('}
            {event.detail === undefined ? null : <ForeignText text={event.detail} limit={160} />}
            {event.detail === undefined ? null : ')'}
          </>
        ),
      }
    case 'losses_seen':
      return { icon: 'done', who: 'Losses', what: 'were looked at' }
  }
}

export function lostWords(count: number | null, isMore = count === null): string {
  if (count === null || count === 0) return 'an unknown number of reports is missing'
  return `${count.toLocaleString('en')}${isMore ? ' and more' : ''} ${count === 1 && !isMore ? 'report is' : 'reports are'} missing`
}
