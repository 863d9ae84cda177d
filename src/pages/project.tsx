import type { FC } from 'hono/jsx'
import { sprintOf } from '../domain/project/sprint.ts'
import { isOpenCycle } from '../domain/project/tdd-machine.ts'
import { countAgents } from '../domain/project/words-at.ts'
import type { PageSection, Shown } from '../live/live-page.ts'
import { ActivityRow } from '../../views/activity/activity-row.tsx'
import { Activity, ActivityList, ActivityTotal } from '../../views/activity/activity.tsx'
import { ADDRESSES } from '../../views/atoms/part-href.ts'
import { FlowCard } from '../../views/flow/flow-card.tsx'
import { Approvals } from '../../views/project/approvals.tsx'
import { BacklogCard } from '../../views/project/backlog.tsx'
import { Comparison } from '../../views/project/comparison.tsx'
import { Doubts } from '../../views/project/doubts.tsx'
import { KeptEvents, type KeptEventsProps } from '../../views/project/kept-events.tsx'
import { Notices } from '../../views/project/notices.tsx'
import { ProjectCard } from '../../views/project/project-card.tsx'
import { ProjectHeading } from '../../views/project/project-heading.tsx'
import { SprintCard, storyStands } from '../../views/project/sprint.tsx'
import { WorkflowCard } from '../../views/project/workflow.tsx'
import { type Frame, Layout } from '../../views/shell/layout.tsx'
import { PanelFrame } from '../../views/shell/panel-frame.tsx'
import { TimeTravel } from '../../views/shell/time-travel.tsx'
import { type Drawn, NOTHING_ELSE, pageOfProject } from './page-of-project.ts'
import { keptEvents } from './past.ts'
import { agentsSection, boardSection, timelineSection } from './project-members.tsx'
import { otherMoment, travelOf } from './travel.ts'

/** The page looks back, or stands alone in a file. */
const isFixed = ({ at, isAlone }: Shown) => at !== undefined || isAlone === true

const mayAct = (shown: Shown) => !isFixed(shown) && shown.rights?.act === true

function stands({ view: { state }, summary: { staleMinutes } }: Shown, now: number): string {
  const sprint = sprintOf(state)
  return sprint ? storyStands(sprint, state, { now, staleMinutes }).join() : ''
}

/** Also shown in an exported file. */
const STANDING = [
  {
    id: 'heading',
    isBeside: true,
    reads: ({ project, summary, view }) => [project, summary.attention, view.state],
    render: (shown, now) => (
      <ProjectHeading
        {...{ project: shown.project, state: shown.view.state, attention: shown.summary.attention, now }}
        isPast={isFixed(shown)}
      />
    ),
  },
  {
    id: 'notices',
    reads: ({ view: { state } }) => [state.notices, state.errors],
    render: ({ view: { state } }, now) => <Notices notices={state.notices} errors={state.errors} now={now} />,
  },
  {
    id: 'doubts',
    reads: ({ view: { state } }) => [state.words, state.losses, state.cycles, state.workflow],
    render: (shown, now) => <Doubts project={shown.project.name} state={shown.view.state} now={now} isPast={!mayAct(shown)} />,
  },
  {
    id: 'approvals',
    ages: true,
    reads: ({ view: { state } }) => [state.approvals, state.unlistedApprovals],
    render: ({ view }, now) => <Approvals state={view.state} now={now} />,
  },
  {
    id: 'workflow',
    reads: ({ view }) => [view.state.workflow],
    render: ({ view }, now) => <WorkflowCard workflow={view.state.workflow} now={now} />,
  },
  {
    id: 'sprint',
    ages: true,
    reads: (shown, now) => {
      const { sprints, backlog, cycleFiles, ci, parallel, usage } = shown.view.state
      return [sprints, backlog, cycleFiles, ci, parallel, usage, stands(shown, now)]
    },
    render: ({ view, summary }, now) => <SprintCard state={view.state} now={now} staleMinutes={summary.staleMinutes} />,
  },
  {
    id: 'backlog',
    reads: ({ view }) => [view.state.backlog],
    render: ({ project, view }) => <BacklogCard project={project.name} backlog={view.state.backlog} />,
  },
  boardSection,
  agentsSection,
  {
    id: 'activity-total',
    reads: ({ view }) => [view.state.offset],
    render: ({ view }) => <ActivityTotal total={view.state.offset} />,
  },
] as const satisfies readonly PageSection[]

/** Left out of exported files: links to other pages, folders and owners. */
const LEADING_ON = [
  timelineSection,
  {
    id: 'flow',
    reads: ({ view: { state } }) => [state.flowDays, state.storyCosts],
    render: ({ project, view: { state }, at }, now) => (
      <FlowCard project={project.name} state={state} now={now} at={at === undefined ? undefined : String(state.offset)} />
    ),
  },
  {
    id: 'project',
    isBeside: true,
    ages: true,
    reads: ({ project, view: { state }, summary: { staleMinutes } }, now) => [
      project,
      countAgents(state.agents.values(), 'working', { now, staleMinutes }),
      state.cycles.values().filter(isOpenCycle).toArray().length,
    ],
    render: (shown, now) => (
      <ProjectCard
        {...{ project: shown.project, state: shown.view.state, now, staleMinutes: shown.summary.staleMinutes }}
        mayAct={mayAct(shown)}
        mayManage={!isFixed(shown) && shown.rights?.manage === true}
      />
    ),
  },
] as const satisfies readonly PageSection[]

type SectionId = (typeof STANDING)[number]['id'] | (typeof LEADING_ON)[number]['id']

export const projectPage = pageOfProject({
  address: ADDRESSES.project,
  asks: NOTHING_ELSE,
  sections: (_, { isAlone }): readonly PageSection<SectionId>[] => (isAlone ? STANDING : [...STANDING, ...LEADING_ON]),
  list: (_, project) => ({
    id: 'activity-list',
    row: (event, now) => <ActivityRow project={project} event={event} now={now} />,
    whole: (events, now) => <ActivityList project={project} events={events} now={now} />,
  }),
  elsewhere: otherMoment,
  async frame(visit, drawn) {
    const [kept, travelled] = [await keptEvents(visit.deps, visit.shown.project.name), await travelOf(visit)]
    return <ProjectDocument {...visit.layout} shown={visit.shown} drawn={drawn} kept={kept} {...travelled} />
  },
})

type ContentProps = { shown: Shown; now: number; drawn: Drawn<SectionId> }
type DocumentProps = Frame & ContentProps & Partial<Awaited<ReturnType<typeof travelOf>>> & { kept: KeptEventsProps }

/** The document of a project's page, with `travel` and `differences` for a past moment. */
export const ProjectDocument: FC<DocumentProps> = ({ shown, drawn, kept, travel, differences, ...frame }) => {
  const { name } = shown.project
  const scripts = travel ? ['timeline.js', 'time-travel.js'] : ['timeline.js']
  return (
    <Layout {...frame} title={name} description={`Where ${name} stands, live.`} scripts={scripts}>
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href="/">Projects</a> <span aria-hidden="true">›</span> <span aria-current="page">{name}</span>
      </nav>
      {travel ? <TimeTravel travel={travel} /> : null}
      {differences ? <Comparison differences={differences} /> : null}
      <ProjectContent shown={shown} now={frame.now} drawn={drawn} />
      <KeptEvents {...kept} />
      <PanelFrame />
    </Layout>
  )
}

/** The content of a project's page. */
export const ProjectContent: FC<ContentProps> = ({ shown: { project, view, isAlone = false }, now, drawn }) => (
  <>
    {drawn.heading}
    <OnThisPage isAlone={isAlone} />
    {drawn.notices}
    {drawn.doubts}
    {drawn.approvals}
    <div class="beside">
      {drawn.workflow}
      {drawn.sprint}
    </div>
    {drawn.board}
    {drawn.agents}
    {drawn.timeline}
    {drawn.flow}
    {drawn.backlog}
    {drawn.project}
    <Activity project={project.name} events={view.recent} total={drawn['activity-total']} now={now} isAlone={isAlone} />
  </>
)

const OnThisPage: FC<{ isAlone: boolean }> = ({ isAlone }) => (
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
