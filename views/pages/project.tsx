import type { FC } from 'hono/jsx'
import type { StoredEvent } from '../../src/domain/event.ts'
import { Activity } from '../fragments/activity.tsx'
import { Agents } from '../fragments/agents.tsx'
import { Approvals } from '../fragments/approvals.tsx'
import { BacklogCard } from '../fragments/backlog.tsx'
import { Board } from '../fragments/board.tsx'
import { Notices } from '../fragments/notices.tsx'
import { PanelFrame } from '../fragments/panel-frame.tsx'
import { ProjectHeading, type ProjectView } from '../fragments/project-heading.tsx'
import { SprintCard } from '../fragments/sprint.tsx'
import { WorkflowCard } from '../fragments/workflow.tsx'
import { type Frame, Layout } from '../layout.tsx'
import { CompactTimeline } from '../timeline/compact.tsx'

type ProjectProps = Frame & Omit<ProjectView, 'now'> & { recent: readonly StoredEvent[] }

/** GET /projects/:name — one project: what it asks, where it stands, who works, what happened. */
export const ProjectPage: FC<ProjectProps> = ({ project, state, attention, recent, ...frame }) => (
  <Layout {...frame} title={project.name} description={`Where ${project.name} stands, live.`} scripts={['timeline.js']}>
    <nav class="crumbs" aria-label="Breadcrumb">
      <a href="/">Projects</a> <span aria-hidden="true">›</span> <span aria-current="page">{project.name}</span>
    </nav>
    <ProjectHeading project={project} state={state} attention={attention} now={frame.now} />
    <Sections />
    <Notices notices={state.notices} errors={state.errors} now={frame.now} />
    <Approvals approvals={state.approvals} now={frame.now} />
    <div class="beside">
      <WorkflowCard workflow={state.workflow} now={frame.now} />
      <SprintCard state={state} now={frame.now} />
    </div>
    <Board project={project.name} state={state} now={frame.now} />
    <Agents project={project.name} state={state} now={frame.now} />
    <CompactTimeline project={project.name} state={state} now={frame.now} isPast={frame.isPast} />
    <BacklogCard project={project.name} backlog={state.backlog} />
    <Activity project={project.name} events={recent} total={state.offset} now={frame.now} />
    <PanelFrame />
  </Layout>
)

/** The parts of the page, each with its own address. */
const Sections: FC = () => (
  <nav class="sections" aria-label="On this page">
    <a href="#workflow">Workflow</a>
    <a href="#sprint">Sprint</a>
    <a href="#board">Board</a>
    <a href="#agents">Agents</a>
    <a href="#timeline">Timeline</a>
    <a href="#backlog">Backlog</a>
    <a href="#activity">Activity</a>
  </nav>
)
