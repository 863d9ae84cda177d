import type { FC } from 'hono/jsx'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { FlowCard } from '../flow/flow-card.tsx'
import type { Difference } from '../../src/domain/project/state-differences.ts'
import { Activity } from '../activity/activity.tsx'
import { Agents } from '../agent/agents.tsx'
import { Approvals } from '../project/approvals.tsx'
import { BacklogCard } from '../project/backlog.tsx'
import { Board } from '../project/board.tsx'
import { Comparison } from '../project/comparison.tsx'
import { Doubts } from '../project/doubts.tsx'
import { KeptEvents, type KeptEventsProps } from '../project/kept-events.tsx'
import { Notices } from '../project/notices.tsx'
import { PanelFrame } from '../shell/panel-frame.tsx'
import { ProjectCard } from '../project/project-card.tsx'
import { ProjectHeading, type ProjectView } from '../project/project-heading.tsx'
import { SprintCard } from '../project/sprint.tsx'
import { TimeTravel, type Travel } from '../shell/time-travel.tsx'
import { WorkflowCard } from '../project/workflow.tsx'
import { type Frame, Layout } from '../shell/layout.tsx'
import { CompactTimeline } from '../timeline/compact.tsx'

type ContentProps = ProjectView & {
  /** Minutes without a word after which somebody at work is silent. */
  staleMinutes: number
  recent: readonly StoredEvent[]
  /** The page looks back. */
  isPast?: boolean | undefined
  /** The project stands alone, in a file: there are no other pages to go to. */
  isAlone?: boolean
}

type PageProps = {
  kept?: KeptEventsProps
  /** Where it stands in the log, on a page that looks back, and what differs from now. */
  travel?: Travel | undefined
  differences?: readonly Difference[] | undefined
}

/** GET /projects/:name — one project: what it asks, where it stands, who works, what happened. */
export const ProjectPage: FC<Frame & Omit<ContentProps, 'isAlone'> & PageProps> = ({
  project,
  state,
  attention,
  recent,
  staleMinutes,
  kept,
  travel,
  differences,
  ...frame
}) => (
  <Layout
    {...frame}
    title={project.name}
    description={`Where ${project.name} stands, live.`}
    scripts={travel ? ['timeline.js', 'time-travel.js'] : ['timeline.js']}
  >
    <nav class="crumbs" aria-label="Breadcrumb">
      <a href="/">Projects</a> <span aria-hidden="true">›</span> <span aria-current="page">{project.name}</span>
    </nav>
    {travel ? <TimeTravel travel={travel} /> : null}
    {differences ? <Comparison differences={differences} /> : null}
    <ProjectContent {...{ project, state, attention, recent, staleMinutes }} now={frame.now} isPast={frame.isPast} />
    {kept ? <KeptEvents {...kept} /> : null}
    <PanelFrame />
  </Layout>
)

/** What the page says of the project. */
export const ProjectContent: FC<ContentProps> = ({ project, state, attention, recent, now, staleMinutes, isPast, isAlone = false }) => (
  <>
    <ProjectHeading project={project} state={state} attention={attention} now={now} isPast={isPast} />
    <Sections isAlone={isAlone} />
    <Notices notices={state.notices} errors={state.errors} now={now} />
    <Doubts project={project.name} state={state} now={now} isPast={isPast === true || isAlone} />
    <Approvals state={state} now={now} />
    <div class="beside">
      <WorkflowCard workflow={state.workflow} now={now} />
      <SprintCard state={state} now={now} staleMinutes={staleMinutes} />
    </div>
    <Board project={project.name} state={state} now={now} staleMinutes={staleMinutes} />
    <Agents project={project.name} state={state} now={now} staleMinutes={staleMinutes} />
    {isAlone ? null : <CompactTimeline project={project.name} state={state} now={now} isPast={isPast} />}
    {isAlone ? null : <FlowCard project={project.name} state={state} now={now} at={isPast ? String(state.offset) : undefined} />}
    <BacklogCard project={project.name} backlog={state.backlog} />
    {isAlone ? null : <ProjectCard project={project} state={state} now={now} staleMinutes={staleMinutes} isFixed={isPast === true} />}
    <Activity project={project.name} events={recent} total={state.offset} now={now} isAlone={isAlone} />
  </>
)

/** The parts of the page, each with its own address. */
const Sections: FC<{ isAlone: boolean }> = ({ isAlone }) => (
  <nav class="sections" aria-label="On this page">
    <a href="#workflow">Workflow</a>
    <a href="#sprint">Sprint</a>
    <a href="#board">Board</a>
    <a href="#agents">Agents</a>
    {isAlone ? null : <a href="#timeline">Timeline</a>}
    {isAlone ? null : <a href="#flow">Flow</a>}
    <a href="#backlog">Backlog</a>
    {isAlone ? null : <a href="#project">Project</a>}
    <a href="#activity">Activity</a>
  </nav>
)
