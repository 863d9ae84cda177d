import type { Context } from 'hono'
import { Hono } from 'hono'
import { isForeignId } from '../../domain/events/names.ts'
import type { ProjectState } from '../../domain/project/project-state.ts'
import { RefusedError } from '../../domain/refused.ts'
import { isAbout } from '../../live/part-pages.tsx'
import { findEvents } from '../../projection/find-events.ts'
import { AgentFamily, AgentHead, AgentWork } from '../../../views/agent/agent-detail.tsx'
import { PART_ROWS, PartEvents } from '../../../views/event/part-events.tsx'
import { StoryFacts } from '../../../views/story/story-facts.tsx'
import { StoryPhases } from '../../../views/story/story-phases.tsx'
import { StoryHead, StoryWork } from '../../../views/story/story-detail.tsx'
import { flowSearch, parseFlowDays } from '../../../views/flow/query.ts'
import { FlowPage } from '../../../views/pages/flow.tsx'
import type { Frame } from '../../../views/shell/layout.tsx'
import { PartPage } from '../../../views/pages/part.tsx'
import { partHref } from '../../../views/atoms/part-href.ts'
import type { Env, WebDeps } from '../env.ts'
import { pageFrame } from '../page-frame.ts'
import { readLong } from '../read-long.ts'
import { projectPage, type Viewed } from '../viewed.ts'

/** What the list of a part looks at of the log, at most: some ten milliseconds. */
const SCAN_LIMIT = 3_000
const OFFSET = /^[1-9]\d{0,15}$/

/** GET /projects/:name/stories/:id and …/agents/:id — one story, one agent. An id that no path can hold stands in `?id=`. */
export function partRoutes(deps: WebDeps) {
  const story = projectPage(deps, (c, viewed) => storyPage(c, deps, viewed))
  const agent = projectPage(deps, (c, viewed) => agentPage(c, deps, viewed))
  return new Hono<Env>()
    .get('/projects/:name/stories/:id', story)
    .get('/projects/:name/stories', story)
    .get('/projects/:name/agents/:id', agent)
    .get('/projects/:name/agents', agent)
    .get('/projects/:name/flow', projectPage(deps, flowPage))
}

async function storyPage(c: Context<Env>, deps: WebDeps, viewed: Viewed) {
  const { project, view, now } = viewed
  const target = { page: 'story', name: project.name, key: keyOf(c) } as const
  const events = await eventsOf(c, deps, { viewed, target })
  if (!isKnownStory(view.state, target.key) && events.events.length === 0) throw noSuch('story', target.key)
  const props = { project: project.name, storyId: target.key, state: view.state, now, staleMinutes: viewed.summary.staleMinutes }
  return c.html(
    <PartPage
      {...frameOf(c, deps, { viewed, target })}
      project={project.name}
      name={target.key}
      kind="story"
      among={{ id: 'board', word: 'Board' }}
    >
      <StoryHead {...props} />
      <StoryPhases {...props} />
      <StoryWork {...props} />
      <StoryFacts {...props} />
      <PartEvents project={project.name} {...events} now={now} />
    </PartPage>,
  )
}

async function agentPage(c: Context<Env>, deps: WebDeps, viewed: Viewed) {
  const { project, view, now } = viewed
  const target = { page: 'agent', name: project.name, key: keyOf(c) } as const
  const agent = view.state.agents.get(target.key)
  if (!agent) throw noSuch('agent', target.key)
  const props = { project: project.name, agent, agents: view.state.agents, now, staleMinutes: viewed.summary.staleMinutes }
  const events = await eventsOf(c, deps, { viewed, target })
  return c.html(
    <PartPage
      {...frameOf(c, deps, { viewed, target })}
      project={project.name}
      name={agent.agentType}
      kind="agent"
      among={{ id: 'agents', word: 'Agents' }}
    >
      <AgentHead {...props} />
      <AgentWork {...props} />
      <AgentFamily {...props} />
      <PartEvents project={project.name} {...events} now={now} />
    </PartPage>,
  )
}

function flowPage(c: Context<Env>, { project, view, at, frame }: Viewed) {
  const days = parseFlowDays(new URL(c.req.url).searchParams)
  const target = { page: 'flow', name: project.name, search: flowSearch(days) } as const
  return c.html(<FlowPage {...frame(target)} project={project.name} state={view.state} days={days} at={at} />)
}

function keyOf(c: Context<Env>): string {
  const key = c.req.param('id') ?? c.req.query('id') ?? ''
  if (isForeignId(key)) return key
  throw new RefusedError('NOT_FOUND', 'The address names nothing. Begin at the project.')
}

type Asked = { viewed: Viewed; target: Parameters<typeof isAbout>[0] }

/** A list of older events stands still, and the page with it. */
function frameOf(c: Context<Env>, deps: WebDeps, { viewed, target }: Asked): Frame {
  return viewed.at === undefined && beforeOf(c) !== undefined ? pageFrame(c, deps) : viewed.frame(target)
}

/** The newest events that tell of it, up to the moment that the page shows, or below `?before=`. */
async function eventsOf(c: Context<Env>, deps: WebDeps, { viewed: { project, view }, target }: Asked) {
  const [end, before] = [view.state.offset + 1, beforeOf(c)]
  const search = { before: Math.min(end, before ?? end), matches: isAbout(target), limit: PART_ROWS, scanLimit: SCAN_LIMIT }
  const { events, next } = await readLong(c, deps, ({ eventLog, turns }) => findEvents(eventLog, project.name, { ...search, turns }))
  return { events, next, before, href: partHref(target) }
}

function beforeOf(c: Context<Env>): number | undefined {
  const before = c.req.query('before')
  if (before === undefined || OFFSET.test(before)) return before === undefined ? undefined : Number(before)
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
