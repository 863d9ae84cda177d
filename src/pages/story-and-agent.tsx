import type { Child } from 'hono/jsx'
import type { StoredEvent } from '../domain/events/event.ts'
import { isForeignId } from '../domain/events/names.ts'
import { agentIdOf } from '../domain/project/agent.ts'
import type { Agent, ProjectState } from '../domain/project/project-state.ts'
import { storyWordAt } from '../domain/project/words-at.ts'
import { RefusedError } from '../domain/refused.ts'
import { replace } from '../live/frame.ts'
import type { EventList, Shown } from '../live/live-page.ts'
import { findEvents } from '../projection/find-events.ts'
import { AgentFamily, AgentHead, type AgentProps, AgentWork, familyOf } from '../../views/agent/agent-detail.tsx'
import { ADDRESSES, agentHref, storyHref } from '../../views/atoms/part-href.ts'
import { PART_ROWS, PartEventList, PartEventRow, PartEvents, PartGap } from '../../views/event/part-events.tsx'
import { PartPage } from '../../views/pages/part.tsx'
import { StoryFacts, storyFile } from '../../views/story/story-facts.tsx'
import { StoryPhases } from '../../views/story/story-phases.tsx'
import { StoryHead, type StoryProps, StoryWork } from '../../views/story/story-detail.tsx'
import { readLong } from './past.ts'
import { type Asks, pageOfProject, type Visit } from './page-of-project.ts'

const SCAN_LIMIT = 3_000
const OFFSET = /^[1-9]\d{0,15}$/

type IsAbout = (event: StoredEvent) => boolean

/** Pages named by a foreign id. */
const BY_ID: Asks<string> = {
  read: (_, { id = '' }) => (isForeignId(id) ? id : undefined),
  write: (id) => ({ names: { id } }),
}

/** A story: its phase and their durations, who works on it, and its events. */
export const storyPage = pageOfProject({
  address: ADDRESSES.story,
  asks: BY_ID,
  sections(id) {
    const cycle = ({ view }: Shown) => view.state.cycles.get(id)
    const work = ({ view: { state } }: Shown) => [...state.agents.values(), ...state.approvals.values()].filter((one) => one.storyId === id)
    // Its attention also depends on the workflow and on what the orchestrator reports for all cycles.
    const words = (shown: Shown, now: number) => {
      const story = cycle(shown)
      const word = story && storyWordAt(shown.view.state, story, { now, staleMinutes: shown.summary.staleMinutes })
      return [...work(shown), word?.word, word?.since]
    }
    const props = ({ project, view, summary: { staleMinutes } }: Shown, now: number): StoryProps => ({
      ...{ project: project.name, storyId: id, state: view.state, now, staleMinutes },
    })
    return [
      {
        id: 'part-head',
        ages: true,
        reads: (shown, now) => [cycle(shown), shown.view.state.backlog, ...words(shown, now)],
        render: (...at) => <StoryHead {...props(...at)} />,
      },
      {
        id: 'part-phases',
        ages: true,
        reads: (shown, now) => [cycle(shown), ...words(shown, now)],
        render: (...at) => <StoryPhases {...props(...at)} />,
      },
      { id: 'part-work', ages: true, reads: work, render: (...at) => <StoryWork {...props(...at)} /> },
      {
        id: 'part-facts',
        reads: ({ view: { state } }) => [state.backlog, state.ci, state.storyCosts.get(id), storyFile(state, id)],
        render: (...at) => <StoryFacts {...props(...at)} />,
      },
    ]
  },
  list: (id, project) => eventList(project, isAboutStory(id)),
  isStill: (search) => search.has('before'),
  async frame(visit, drawn) {
    const { shown, asked, layout } = visit
    const events = await eventsOf(visit, isAboutStory(asked))
    if (!isKnownStory(shown.view.state, asked) && events.events.length === 0) throw noSuch('story', asked)
    const { name } = shown.project
    return (
      <PartPage {...layout} project={name} name={asked} kind="story" among={{ id: 'board', word: 'Board' }}>
        {Object.values(drawn)}
        <PartEvents project={name} {...events} href={storyHref(name, asked)} now={visit.now} />
      </PartPage>
    )
  },
})

/** An agent: what it does and did, and its relatives. */
export const agentPage = pageOfProject({
  address: ADDRESSES.agent,
  asks: BY_ID,
  sections(id) {
    let last: Agent | undefined
    // An agent that was forgotten after its end is shown as it was.
    const agentOf = ({ view }: Shown) => (last = view.state.agents.get(id) ?? last)
    const family = (shown: Shown) => {
      const agent = agentOf(shown)
      return agent ? familyOf(agent, shown.view.state.agents).flatMap(({ agent: member, depth }) => [member, depth]) : []
    }
    const drawn = (draw: (props: AgentProps) => Child) => (shown: Shown, now: number) => {
      const [agent, { staleMinutes }] = [agentOf(shown), shown.summary]
      return agent ? draw({ project: shown.project.name, agent, agents: shown.view.state.agents, now, staleMinutes }) : ''
    }
    return [
      { id: 'part-head', ages: true, reads: (shown) => [agentOf(shown)], render: drawn((props) => <AgentHead {...props} />) },
      { id: 'part-work', reads: (shown) => [agentOf(shown)], render: drawn((props) => <AgentWork {...props} />) },
      { id: 'part-family', ages: true, reads: family, render: drawn((props) => <AgentFamily {...props} />) },
    ]
  },
  list: (id, project) => eventList(project, isAboutAgent(id)),
  isStill: (search) => search.has('before'),
  async frame(visit, drawn) {
    const { shown, asked, layout } = visit
    const agent = shown.view.state.agents.get(asked)
    if (!agent) throw noSuch('agent', asked)
    const events = await eventsOf(visit, isAboutAgent(asked))
    const { name } = shown.project
    return (
      <PartPage {...layout} project={name} name={agent.agentType} kind="agent" among={{ id: 'agents', word: 'Agents' }}>
        {Object.values(drawn)}
        <PartEvents project={name} {...events} href={agentHref(name, asked)} now={visit.now} />
      </PartPage>
    )
  },
})

/** After a burst the events in memory are too few for a complete list. */
const eventList = (project: string, isIn: IsAbout): EventList => ({
  id: 'part-event-list',
  isIn,
  row: (event, now) => <PartEventRow project={project} event={event} now={now} />,
  gap: (_, rows) => replace('part-gap', <PartGap isThere />) + rows,
  whole: (events, now) => <PartEventList project={project} events={events} now={now} />,
})

const isAboutStory =
  (id: string): IsAbout =>
  (event) =>
    'story_id' in event && event.story_id === id

const isAboutAgent =
  (id: string): IsAbout =>
  (event) =>
    ('agent_type' in event || 'agent_id' in event) && agentIdOf(event) === id

/** The newest matching events up to the page's moment, or below `?before=`. */
async function eventsOf({ shown: { project, view }, request, deps }: Visit<string>, matches: IsAbout) {
  const [end, before] = [view.state.offset + 1, beforeOf(request.url.searchParams)]
  const search = { before: Math.min(end, before ?? end), matches, limit: PART_ROWS, scanLimit: SCAN_LIMIT }
  const found = await readLong(deps, request, ({ eventLog, turns }) => findEvents(eventLog, project.name, { ...search, turns }))
  return { ...found, before }
}

function beforeOf(search: URLSearchParams): number | undefined {
  const before = search.get('before')
  if (before === null || OFFSET.test(before)) return before === null ? undefined : Number(before)
  throw new RefusedError('VALIDATION_ERROR', `before must be an offset, such as 100, not "${before.slice(0, 40)}".`, { field: 'before' })
}

function isKnownStory({ cycles, backlog, agents, approvals, sprints }: ProjectState, id: string): boolean {
  if (cycles.has(id) || backlog?.stories.some((story) => story.id === id)) return true
  if ([...agents.values(), ...approvals.values()].some(({ storyId }) => storyId === id)) return true
  return [...sprints.values()].some(({ storyIds }) => storyIds.includes(id))
}

function noSuch(what: 'story' | 'agent', id: string): RefusedError {
  const next =
    what === 'agent'
      ? 'The last 200 that ended are kept: its events may still be in the activity of the project.'
      : 'A story appears with its first report.'
  return new RefusedError('NOT_FOUND', `There is no ${what} "${id.slice(0, 60)}" in this project. ${next}`)
}
