import type { PartTarget } from '../../views/atoms/part-href.ts'
import { AgentFamily, AgentHead, type AgentProps, AgentWork, familyOf } from '../../views/agent/agent-detail.tsx'
import { StoryFacts, storyFile } from '../../views/story/story-facts.tsx'
import { StoryPhases } from '../../views/story/story-phases.tsx'
import { StoryHead, type StoryProps, StoryWork } from '../../views/story/story-detail.tsx'
import { storyWordAt } from '../domain/project/words-at.ts'
import { agentIdOf } from '../domain/project/agent.ts'
import type { StoredEvent } from '../domain/events/event.ts'
import type { Agent } from '../domain/project/project-state.ts'
import type { LivePage } from './live-page.ts'
import { replace } from './frame.ts'
import { openSectionPage, type PageSection } from './section-page.ts'
import { isDue, type Shown } from './project-page.tsx'
import { PartEventList, PartEventRow, PartGap } from '../../views/event/part-events.tsx'

type Keyed = Extract<PartTarget, { key: string }>

/** Whether an event tells of a story or an agent. */
export function isAbout({ page, key }: Keyed): (event: StoredEvent) => boolean {
  if (page === 'story') return (event) => 'story_id' in event && event.story_id === key
  return (event) => ('agent_type' in event || 'agent_id' in event) && agentIdOf(event) === key
}

/** The page of a story or an agent; everyone who watches it shares it. */
export function openPartPage(first: Shown, target: Keyed, now: () => number): LivePage {
  const project = first.project.name
  return openSectionPage(first, {
    sections: target.page === 'story' ? storySections(target.key, now) : agentSections(target.key, now),
    now,
    list: {
      id: 'part-event-list',
      isIn: isAbout(target),
      row: (event, at) => <PartEventRow project={project} event={event} now={at} />,
      gap: (_, rows) => replace('part-gap', <PartGap isThere />) + rows,
      whole: (events, at) => <PartEventList project={project} events={events} now={at} />,
    },
  })
}

const storySections = (storyId: string, clock: () => number): PageSection[] => {
  const props = ({ project, view, summary }: Shown, now: number): StoryProps => ({
    ...{ project: project.name, storyId, state: view.state, now },
    staleMinutes: summary.staleMinutes,
  })
  const cycle = ({ view }: Shown) => view.state.cycles.get(storyId)
  const work = ({ view: { state } }: Shown) =>
    [...state.agents.values(), ...state.approvals.values()].filter((one) => one.storyId === storyId)
  // Its word also depends on what holds for all stories: whether the workflow rests, and what the orchestrator says of all cycles.
  const word = (shown: Shown) => {
    const [story, now] = [cycle(shown), clock()]
    return story && storyWordAt(shown.view.state, story, { now, staleMinutes: shown.summary.staleMinutes })
  }
  const workAt = (shown: Shown) => [...work(shown), isDue(shown, clock())]
  const words = (shown: Shown) => [...workAt(shown), word(shown)?.word, word(shown)?.since]
  return [
    {
      id: 'part-head',
      ages: true,
      reads: (shown) => [cycle(shown), shown.view.state.backlog, ...words(shown)],
      render: (...at) => <StoryHead {...props(...at)} />,
    },
    {
      id: 'part-phases',
      ages: true,
      reads: (shown) => [cycle(shown), ...words(shown)],
      render: (...at) => <StoryPhases {...props(...at)} />,
    },
    { id: 'part-work', ages: true, reads: workAt, render: (...at) => <StoryWork {...props(...at)} /> },
    {
      id: 'part-facts',
      reads: ({ view: { state } }) => [state.backlog, state.ci, state.storyCosts.get(storyId), storyFile(state, storyId)],
      render: (...at) => <StoryFacts {...props(...at)} />,
    },
  ]
}

const agentSections = (agentId: string, clock: () => number): PageSection[] => {
  let last: Agent | undefined
  // One that was forgotten after it ended is shown as it was last.
  const agentOf = ({ view }: Shown) => (last = view.state.agents.get(agentId) ?? last)
  const family = (shown: Shown) => {
    const agent = agentOf(shown)
    const members = agent ? familyOf(agent, shown.view.state.agents).flatMap(({ agent: member, depth }) => [member, depth]) : []
    return [...members, isDue(shown, clock())]
  }
  const drawn = (draw: (props: AgentProps) => unknown) => (shown: Shown, now: number) => {
    const agent = agentOf(shown)
    return agent
      ? draw({ project: shown.project.name, agent, agents: shown.view.state.agents, now, staleMinutes: shown.summary.staleMinutes })
      : ''
  }
  return [
    {
      id: 'part-head',
      ages: true,
      reads: (shown) => [agentOf(shown), isDue(shown, clock())],
      render: drawn((props) => <AgentHead {...props} />),
    },
    { id: 'part-work', reads: (shown) => [agentOf(shown)], render: drawn((props) => <AgentWork {...props} />) },
    { id: 'part-family', ages: true, reads: family, render: drawn((props) => <AgentFamily {...props} />) },
  ]
}
