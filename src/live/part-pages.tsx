import type { PartTarget } from '../../views/part-href.ts'
import { AgentFamily, AgentHead, type AgentProps, AgentWork, familyOf } from '../../views/fragments/agent-detail.tsx'
import { StoryFacts, storyFile } from '../../views/fragments/story-facts.tsx'
import { StoryPhases } from '../../views/fragments/story-phases.tsx'
import { StoryHead, type StoryProps, StoryWork } from '../../views/fragments/story-detail.tsx'
import { agentIdOf } from '../domain/agent.ts'
import type { StoredEvent } from '../domain/event.ts'
import type { Agent } from '../domain/project-state.ts'
import type { LivePage } from './live-page.ts'
import { replace } from './frame.ts'
import { openSectionPage, type PageSection } from './section-page.ts'
import type { Shown } from './project-page.tsx'
import { PartEventList, PartEventRow, PartGap } from '../../views/fragments/part-events.tsx'

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
    sections: target.page === 'story' ? storySections(target.key) : agentSections(target.key),
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

const storySections = (storyId: string): PageSection[] => {
  const props = ({ project, view }: Shown, now: number): StoryProps => ({ project: project.name, storyId, state: view.state, now })
  const cycle = ({ view }: Shown) => view.state.cycles.get(storyId)
  const work = ({ view: { state } }: Shown) =>
    [...state.agents.values(), ...state.approvals.values()].filter((one) => one.storyId === storyId)
  return [
    {
      id: 'part-head',
      reads: (shown) => [cycle(shown), shown.view.state.backlog, ...work(shown)],
      render: (...at) => <StoryHead {...props(...at)} />,
    },
    { id: 'part-phases', reads: (shown) => [cycle(shown), ...work(shown)], render: (...at) => <StoryPhases {...props(...at)} /> },
    { id: 'part-work', reads: work, render: (...at) => <StoryWork {...props(...at)} /> },
    {
      id: 'part-facts',
      reads: ({ view: { state } }) => [state.backlog, state.ci, state.storyCosts.get(storyId), storyFile(state, storyId)],
      render: (...at) => <StoryFacts {...props(...at)} />,
    },
  ]
}

const agentSections = (agentId: string): PageSection[] => {
  let last: Agent | undefined
  // One that was forgotten after it ended is shown as it was last.
  const agentOf = ({ view }: Shown) => (last = view.state.agents.get(agentId) ?? last)
  const family = (shown: Shown) => {
    const agent = agentOf(shown)
    return agent ? familyOf(agent, shown.view.state.agents).flatMap(({ agent: member, depth }) => [member, depth]) : []
  }
  const drawn = (draw: (props: AgentProps) => unknown) => (shown: Shown, now: number) => {
    const agent = agentOf(shown)
    return agent ? draw({ project: shown.project.name, agent, agents: shown.view.state.agents, now }) : ''
  }
  return [
    { id: 'part-head', reads: (shown) => [agentOf(shown)], render: drawn((props) => <AgentHead {...props} />) },
    { id: 'part-work', reads: (shown) => [agentOf(shown)], render: drawn((props) => <AgentWork {...props} />) },
    { id: 'part-family', reads: family, render: drawn((props) => <AgentFamily {...props} />) },
  ]
}
