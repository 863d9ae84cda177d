import type { FC } from 'hono/jsx'
import { flowFigures } from '../../src/domain/summary/flow-figures.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { FinishedStories } from '../flow/finished-stories.tsx'
import { FLOW_DAYS, type FlowDays, flowSearch } from '../flow/query.ts'
import { Costs, StateTimes } from '../flow/states-and-costs.tsx'
import { Throughput } from '../flow/throughput.tsx'
import { Timings } from '../flow/timings.tsx'
import type { Frame } from '../shell/layout.tsx'
import { atMoment, partHref } from '../atoms/part-href.ts'
import { PartPage } from './part.tsx'

type FlowProps = Frame & { project: string; state: ProjectState; days: FlowDays; at: string | undefined }

/** GET /projects/:name/flow — how long things take, how many are done, and what they cost. */
export const FlowPage: FC<FlowProps> = ({ project, state, days, at, ...frame }) => {
  const figures = flowFigures(state, frame.now, days)
  return (
    <PartPage {...frame} project={project} name="Flow" kind="page">
      <div class="heading heading--part">
        <h1 tabindex={-1}>Flow</h1>
        <nav class="neighbours" aria-label="Days">
          {FLOW_DAYS.map((choice) => (
            <a class="button" href={daysHref(project, choice, at)} {...(choice === days ? { 'aria-current': 'true' } : {})}>
              {choice} days
            </a>
          ))}
        </nav>
      </div>
      <Timings project={project} figures={figures} questions={state} now={frame.now} />
      <div class="wide">
        <Throughput figures={figures} days={days} />
      </div>
      <StateTimes times={figures.stateTimes} since={state.firstEventAt} now={frame.now} />
      <Costs project={project} figures={figures} />
      <FinishedStories project={project} state={state} now={frame.now} />
    </PartPage>
  )
}

const daysHref = (name: string, days: FlowDays, at: string | undefined) =>
  atMoment(partHref({ page: 'flow', name, search: flowSearch(days) }), at)
