import { dayOf } from '../domain/project/flow.ts'
import { flowFigures } from '../domain/summary/flow-figures.ts'
import type { Shown } from '../live/live-page.ts'
import { ADDRESSES, addressOf, atMoment } from '../../views/atoms/part-href.ts'
import { FinishedStories, finishedCycles } from '../../views/flow/finished-stories.tsx'
import { FLOW_DAYS, type FlowDays, flowSearch, parseFlowDays } from '../../views/flow/query.ts'
import { Costs, StateTimes } from '../../views/flow/states-and-costs.tsx'
import { Throughput } from '../../views/flow/throughput.tsx'
import { Timings } from '../../views/flow/timings.tsx'
import { PartPage } from '../../views/pages/part.tsx'
import { pageOfProject } from './page-of-project.ts'

// The window moves with the first event of a day.
const ended = ({ view: { state } }: Shown) => [state.flowDays, dayOf(state.lastEventAt ?? 0)]

/** How long things take, how many are done, and what they cost. Counted when something ends, so most changes send nothing. */
export const flowPage = pageOfProject({
  address: ADDRESSES.flow,
  asks: { read: parseFlowDays, write: (days: FlowDays) => ({ search: flowSearch(days) }) },
  sections(days) {
    const figures = ({ view }: Shown, now: number) => flowFigures(view.state, now, days)
    return [
      {
        id: 'flow-timings',
        ages: true,
        reads: (shown) => [...ended(shown), shown.view.state.approvals, shown.view.state.unlistedApprovals],
        render: (shown, now) => (
          <Timings project={shown.project.name} figures={figures(shown, now)} questions={shown.view.state} now={now} />
        ),
      },
      { id: 'flow-throughput', reads: ended, render: (...at) => <Throughput figures={figures(...at)} days={days} /> },
      {
        id: 'flow-states',
        reads: ({ view }) => [view.state.workflow, view.state.firstEventAt],
        render: (shown, now) => <StateTimes times={figures(shown, now).stateTimes} since={shown.view.state.firstEventAt} now={now} />,
      },
      {
        id: 'flow-costs',
        reads: ({ view }) => [view.state.storyCosts],
        render: (shown, now) => <Costs project={shown.project.name} figures={figures(shown, now)} />,
      },
      {
        id: 'flow-finished',
        reads({ view: { state } }) {
          const { kept, total } = finishedCycles(state)
          return [...kept, total, state.storyCosts]
        },
        render: (shown, now) => <FinishedStories project={shown.project.name} state={shown.view.state} now={now} />,
      },
    ]
  },
  frame: ({ shown: { project, at }, asked, layout }, drawn) => (
    <PartPage {...layout} project={project.name} name="Flow" kind="page">
      <div class="heading heading--part">
        <h1 tabindex={-1}>Flow</h1>
        <nav class="neighbours" aria-label="Days">
          {FLOW_DAYS.map((days) => (
            <a class="button" href={daysHref(project.name, days, at)} {...(days === asked ? { 'aria-current': 'true' } : {})}>
              {days} days
            </a>
          ))}
        </nav>
      </div>
      {drawn['flow-timings']}
      <div class="wide">{drawn['flow-throughput']}</div>
      {drawn['flow-states']}
      {drawn['flow-costs']}
      {drawn['flow-finished']}
    </PartPage>
  ),
})

const daysHref = (name: string, days: FlowDays, at: string | undefined) =>
  atMoment(addressOf(ADDRESSES.flow, { name }, flowSearch(days)), at)
