import { type ActivityQuery, isAskedFor, isNarrowed } from '../../views/activity/query.ts'
import { ActivityGap, ActivityList, ActivityTotal } from '../../views/activity/activity.tsx'
import { ActivityRow } from '../../views/activity/activity-row.tsx'
import type { LivePage } from './live-page.ts'
import { replace } from './frame.ts'
import type { Shown } from './project-page.tsx'
import { openSectionPage } from './section-page.ts'
import type { ProjectView } from '../projection/projections.ts'

/** A project's activity, narrowed: only events that match are sent. */
export function openActivityPage(first: Shown, query: ActivityQuery, now: () => number): LivePage {
  const project = first.project.name
  // Where nothing is left out, what is at hand fills the list.
  const allAtHand = ({ recent }: ProjectView) => replace('activity-list', <ActivityList project={project} events={recent} now={now()} />)
  return openSectionPage(first, {
    sections: [
      {
        id: 'activity-total',
        reads: ({ view }) => [view.state.offset],
        render: ({ view }) => <ActivityTotal total={view.state.offset} />,
      },
    ],
    now,
    list: {
      id: 'activity-list',
      isIn: isAskedFor(query),
      row: (event, at) => <ActivityRow project={project} event={event} now={at} />,
      gap: isNarrowed(query) ? gap : allAtHand,
      whole: (events, at) => <ActivityList project={project} events={events} now={at} />,
    },
  })
}

/** What is at hand of the log is too little to tell which events match: the page asks for them. */
const gap = ({ state }: ProjectView): string => replace('activity-gap', <ActivityGap head={state.offset} />)
