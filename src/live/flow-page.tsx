import { Costs, StateTimes } from '../../views/flow/states-and-costs.tsx'
import { Throughput } from '../../views/flow/throughput.tsx'
import { Timings } from '../../views/flow/timings.tsx'
import { flowFigures } from '../domain/flow-figures.ts'
import type { FlowDays } from '../../views/flow/query.ts'
import type { LivePage } from './feed.ts'
import type { Shown } from './project-page.tsx'
import { openSectionPage, type PageSection } from './section-page.ts'

/** A project's flow: what ended is counted where it ends, so that most changes of a project leave this page alone. */
export function openFlowPage(first: Shown, days: FlowDays, now: () => number): LivePage {
  const figures = ({ view }: Shown, at: number) => flowFigures(view.state, at, days)
  const reads = ({ view }: Shown) => [view.state.flowDays]
  const sections: PageSection[] = [
    { id: 'flow-timings', reads, render: (...at) => <Timings figures={figures(...at)} /> },
    { id: 'flow-throughput', reads, render: (...at) => <Throughput figures={figures(...at)} /> },
    {
      id: 'flow-states',
      reads: ({ view }) => [view.state.workflow],
      render: (shown, at) => <StateTimes times={figures(shown, at).stateTimes} since={shown.view.state.firstEventAt} now={at} />,
    },
    {
      id: 'flow-costs',
      reads: ({ view }) => [view.state.storyCosts],
      render: (shown, at) => <Costs project={shown.project.name} figures={figures(shown, at)} />,
    },
  ]
  return openSectionPage(first, { sections, now })
}
