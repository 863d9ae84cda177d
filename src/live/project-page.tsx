import type { Project } from '../domain/registry/project-registry.ts'
import { hasAged } from '../domain/project/words-at.ts'
import type { ProjectSummary } from '../domain/summary/project-summary.ts'
import { agentsAtWork } from '../domain/summary/liveness.ts'
import { FlowCard } from '../../views/flow/flow-card.tsx'
import { ActivityList, ActivityTotal } from '../../views/activity/activity.tsx'
import { ActivityRow } from '../../views/activity/activity-row.tsx'
import { Approvals } from '../../views/project/approvals.tsx'
import { BacklogCard } from '../../views/project/backlog.tsx'
import { Doubts } from '../../views/project/doubts.tsx'
import { Notices } from '../../views/project/notices.tsx'
import { ProjectCard } from '../../views/project/project-card.tsx'
import { ProjectHeading } from '../../views/project/project-heading.tsx'
import { SprintCard } from '../../views/project/sprint.tsx'
import { WorkflowCard } from '../../views/project/workflow.tsx'
import { CompactTimeline } from '../../views/timeline/compact.tsx'
import type { LivePage } from './live-page.ts'
import { frameText, replace, upsert } from './frame.ts'
import { agentParts, allMembers, boardParts, type Place } from './project-members.tsx'
import { eventsAfter, missedRows, positionOf, readSince, standing } from './position.ts'
import { openResumeFrames } from './resume-frames.ts'
import type { ProjectView } from '../projection/projections.ts'

/** A project as its page shows it; fixed where nothing can be changed from the page, as in a replay. */
export type Shown = { project: Project; summary: ProjectSummary; view: ProjectView; isFixed?: boolean | undefined }

/** One project's page. Everyone who watches the project shares it. */
export function openProjectPage(first: Shown, now: () => number): LivePage {
  let shown = first
  let current = first
  let shownAt = now()
  const resumes = openResumeFrames(now)

  const head = (content: string) => ({
    content,
    since: positionOf(current.view),
    lastEventAt: current.view.state.lastEventAt,
  })

  return {
    project: first.project.name,
    ...standing(() => current.view),
    take({ project, summary, view }) {
      current = { project, summary, view, isFixed: first.isFixed }
      resumes.clear()
      return true
    },
    flush() {
      if (shown === current) return undefined
      const from = positionOf(shown.view)
      const content =
        shown.view.epoch === current.view.epoch
          ? changedParts({ before: shown, after: current, shownAt }, now())
          : allParts(current, from, now())
      const events = eventsAfter(from, current.view)
      shown = current
      shownAt = now()
      return frameText({ ...head(content), now: now(), events })
    },
    resume: (since = '') =>
      resumes.frame({ key: missedRows(current.view, since), events: eventsAfter(since, current.view) }, () => {
        const at = placeOf(current, now())
        const isHere = since === positionOf(current.view) && !hasAged(current.view.state, at)
        if (isHere) return head(heading(current, at.now) + projectCard(current, at.now))
        const rows = activityParts(current.view, since, at)
        return head(resumes.shared(() => stateParts(current, now())) + rows.join(''))
      }),
  }
}

/** Whether words of a page have changed since, without any event: somebody fell silent, or a question expired. */
export const isDue = ({ summary }: Shown, now: number): boolean => (summary.nextLookAt ?? Infinity) <= now

const heading = ({ project, summary, view }: Shown, now: number): string =>
  replace('heading', <ProjectHeading project={project} state={view.state} attention={summary.attention} now={now} />)

/** None in a replay: whoever gets the file has no business with folders and owners. */
const projectCard = ({ project, view, summary: { staleMinutes }, isFixed }: Shown, now: number): string =>
  isFixed ? '' : replace('project', <ProjectCard project={project} state={view.state} now={now} staleMinutes={staleMinutes} />)

type State = ProjectView['state']
/** What a part is drawn for: the project, and the moment by which ages are told. */
const placeOf = ({ project, summary, isFixed }: Shown, now: number): Place => ({
  ...{ project: project.name, now, isFixed },
  staleMinutes: summary.staleMinutes,
})

type Section = {
  id: string
  reads: readonly (keyof State)[]
  /** It shows words that change without an event: it is rendered anew when the time for that has come. */
  ages?: true
  /** What it shows of parts that are replaced more often than that changes. */
  shows?(state: State): string
  render(state: State, at: Place): unknown
}

/** Who works on which story, as bars of the timeline tell it. */
const workers = ({ agents }: State): string =>
  agentsAtWork(agents)
    .working.map(({ storyId = '', agentId }) => `${storyId}\n${agentId}`)
    .join('\n')

/** Parts of the page that are rendered anew when one of the things that they show was replaced. */
const SECTIONS: readonly Section[] = [
  {
    id: 'notices',
    reads: ['notices', 'errors'],
    render: ({ notices, errors }, { now }) => <Notices notices={notices} errors={errors} now={now} />,
  },
  {
    id: 'doubts',
    reads: ['words', 'losses', 'cycles', 'workflow'],
    render: (state, { project, now, isFixed }) => <Doubts project={project} state={state} now={now} isPast={isFixed} />,
  },
  {
    id: 'approvals',
    reads: ['approvals', 'unlistedApprovals'],
    ages: true,
    render: (state, { now }) => <Approvals state={state} now={now} />,
  },
  { id: 'workflow', reads: ['workflow'], render: ({ workflow }, { now }) => <WorkflowCard workflow={workflow} now={now} /> },
  {
    id: 'sprint',
    reads: ['sprints', 'backlog', 'cycles', 'approvals', 'agents', 'cycleFiles', 'ci', 'parallel', 'usage', 'workflow'],
    ages: true,
    render: (state, { now, staleMinutes }) => <SprintCard state={state} now={now} staleMinutes={staleMinutes} />,
  },
  {
    id: 'timeline',
    reads: ['transitions', 'cycles', 'workflow', 'approvals', 'decisions', 'errors', 'ci', 'commands'],
    shows: workers,
    ages: true,
    render: (state, { project, now }) => <CompactTimeline project={project} state={state} now={now} />,
  },
  {
    id: 'flow',
    reads: ['flowDays', 'storyCosts'],
    render: (state, { project, now }) => <FlowCard project={project} state={state} now={now} />,
  },
  { id: 'backlog', reads: ['backlog'], render: ({ backlog }, { project }) => <BacklogCard project={project} backlog={backlog} /> },
]

function changedParts({ before, after, shownAt }: { before: Shown; after: Shown; shownAt: number }, now: number): string {
  const [was, is] = [before.view.state, after.view.state]
  const at = placeOf(after, now)
  const looks = {
    was,
    is,
    wasAt: { now: shownAt, staleMinutes: before.summary.staleMinutes },
    isAt: at,
    isDue: isDue(before, now),
  }
  const parts = [heading(after, now)]
  for (const { id, reads, ages, shows, render } of SECTIONS) {
    const isOld = (ages && looks.isDue) || reads.some((part) => was[part] !== is[part]) || shows?.(was) !== shows?.(is)
    if (isOld) parts.push(replace(id, render(is, at)))
  }
  const isCardOld = looks.isDue || before.project !== after.project || was.agents !== is.agents || was.cycles !== is.cycles
  if (isCardOld) parts.push(projectCard(after, now))
  if (looks.isDue || was !== is) parts.push(...boardParts(looks, at), ...agentParts(looks, at))
  parts.push(...activityParts(after.view, positionOf(before.view), at))
  return parts.join('')
}

function allParts(after: Shown, since: string | undefined, now: number): string {
  return stateParts(after, now) + activityParts(after.view, since, placeOf(after, now)).join('')
}

/** All but the activity, whose rows depend on those that a viewer has. */
function stateParts(after: Shown, now: number): string {
  const { state } = after.view
  const at = placeOf(after, now)
  const parts = [heading(after, now), ...SECTIONS.map(({ id, render }) => replace(id, render(state, at))), projectCard(after, now)]
  return [...parts, ...allMembers(state, at)].join('')
}

/** New rows on top of those that are there; all rows where the gap is longer than what is at hand. */
function activityParts({ epoch, state, recent }: ProjectView, since: string | undefined, at: Place): string[] {
  const known = readSince(since)
  const from = known.epoch === epoch ? known.offset : Number.NaN
  if (from === state.offset) return []
  const total = replace('activity-total', <ActivityTotal total={state.offset} />)
  const rows = recent.filter(({ offset }) => offset > from)
  // A page from another epoch or beyond our head holds rows that never happened here.
  const isContinuous = from < state.offset && (recent[0]?.offset ?? 1) <= from + 1
  if (!isContinuous) return [total, replace('activity-list', <ActivityList {...at} events={recent} />)]
  return [total, upsert('activity-list', rows.map((event) => String(<ActivityRow {...at} event={event} />)).join(''))]
}
