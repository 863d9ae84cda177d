import { FinishedStories, finishedCycles } from '../../views/flow/finished-stories.tsx'
import { Costs, StateTimes } from '../../views/flow/states-and-costs.tsx'
import { Throughput } from '../../views/flow/throughput.tsx'
import { Timings } from '../../views/flow/timings.tsx'
import { dayOf } from '../domain/project/flow.ts'
import { flowFigures } from '../domain/summary/flow-figures.ts'
import type { FlowDays } from '../../views/flow/query.ts'
import type { LivePage } from './live-page.ts'
import { isDue, type Shown } from './project-page.tsx'
import { openSectionPage, type PageSection } from './section-page.ts'

/** A project's flow: what ended is counted where it ends, so that most changes of a project leave this page alone. */
export function openFlowPage(first: Shown, days: FlowDays, now: () => number): LivePage {
  const figures = ({ view }: Shown, at: number) => flowFigures(view.state, at, days)
  // The window moves on with the first event of a day.
  const ended = ({ view: { state } }: Shown) => [state.flowDays, dayOf(state.lastEventAt ?? 0)]
  const sections: PageSection[] = [
    {
      id: 'flow-timings',
      ages: true,
      reads: (shown) => [...ended(shown), shown.view.state.approvals, shown.view.state.unlistedApprovals, isDue(shown, now())],
      render: (shown, at) => <Timings project={shown.project.name} figures={figures(shown, at)} questions={shown.view.state} now={at} />,
    },
    { id: 'flow-throughput', reads: ended, render: (...at) => <Throughput figures={figures(...at)} days={days} /> },
    {
      id: 'flow-states',
      reads: ({ view }) => [view.state.workflow, view.state.firstEventAt],
      render: (shown, at) => <StateTimes times={figures(shown, at).stateTimes} since={shown.view.state.firstEventAt} now={at} />,
    },
    {
      id: 'flow-costs',
      reads: ({ view }) => [view.state.storyCosts],
      render: (shown, at) => <Costs project={shown.project.name} figures={figures(shown, at)} />,
    },
    {
      id: 'flow-finished',
      reads({ view: { state } }) {
        const { kept, total } = finishedCycles(state)
        return [...kept, total, state.storyCosts]
      },
      render: (shown, at) => <FinishedStories project={shown.project.name} state={shown.view.state} now={at} />,
    },
  ]
  return openSectionPage(first, { sections, now })
}
