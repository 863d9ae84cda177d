import type { Context } from 'hono'
import type { StoredEvent } from '../domain/events/event.ts'
import type { Project } from '../domain/registry/project-registry.ts'
import type { ProjectSummary } from '../domain/summary/project-summary.ts'
import { RefusedError } from '../domain/refused.ts'
import { LogUnavailableError } from '../event-log/event-log.ts'
import { madeFrom, positionOf } from '../live/position.ts'
import type { LiveTarget } from '../live/topic.ts'
import type { Frame } from '../../views/shell/layout.tsx'
import { askedMoment } from './asked-moment.ts'
import type { Env, WebDeps } from './env.ts'
import { findProject } from './find-project.ts'
import { pageFrame } from './page-frame.ts'
import { pastOf } from './past.ts'
import type { ProjectView } from '../projection/projections.ts'

/** What a page of a project shows: the newest, or what was at `?at=`. */
export type Viewed = {
  project: Project
  view: ProjectView
  summary: ProjectSummary
  /** The instant by which ages are told, ms since 1970: that of the moment, where the page looks back. */
  now: number
  /** What the address asks for; undefined for the newest. */
  at: string | undefined
  /** What the page is told of the request: with the websocket of `target`, or looking back without one. */
  frame(target: LiveTarget): Frame
}

/** How many of the newest events a page that looks back shows. */
const RECENT = 50

/** Answers a page of a project, under the project's own name in whatever case it was asked for, newest or as of `?at=`. */
export const projectPage =
  (deps: WebDeps, render: (c: Context<Env>, viewed: Viewed) => Response | Promise<Response>) =>
  async (c: Context<Env>): Promise<Response> => {
    const name = c.req.param('name') ?? ''
    const at = askedMoment(c)
    const project = await findProject(deps, name)
    if (project.name !== name) return c.redirect(underItsName(c.req.url, project.name), 301)
    return render(c, at === undefined ? await newest(c, deps, project) : await past(c, deps, { project, at }))
  }

/** The same address with the project's name as it is written. */
function underItsName(address: string, name: string): string {
  const { pathname, search } = new URL(address)
  return pathname.replace(/^\/projects\/[^/]+/, `/projects/${encodeURIComponent(name)}`) + search
}

async function newest(c: Context<Env>, deps: WebDeps, project: Project): Promise<Viewed> {
  const view = await newestView(deps, project.name)
  const summary = deps.projections.summary(project.name)
  if (!summary) throw new RefusedError('SERVICE_UNAVAILABLE', 'This project is still being read. Load the page again in a moment.')
  const stands = { since: positionOf(view), made: madeFrom(view), lastEventAt: view.state.lastEventAt }
  const frame = (target: LiveTarget) => pageFrame(c, deps, { target, ...stands })
  return { project, view, summary, now: Date.now(), at: undefined, frame }
}

async function past(c: Context<Env>, deps: WebDeps, { project, at }: { project: Project; at: string }): Promise<Viewed> {
  const { view, summary, now } = await pastOf(c, deps, { project, at })
  const recent = await eventsUpTo(deps, project.name, view.state.offset)
  return { project, view: { ...view, recent }, summary, now, at, frame: () => ({ ...pageFrame(c, deps), now, isPast: true, at }) }
}

async function eventsUpTo({ eventLog }: WebDeps, project: string, offset: number): Promise<StoredEvent[]> {
  if (offset === 0) return []
  const { events } = await eventLog.read(project, { after: Math.max(0, offset - RECENT), upTo: offset, limit: RECENT })
  return events
}

/** With everything that was acknowledged before; what is known, while the log is away. */
async function newestView({ projections }: WebDeps, name: string): Promise<ProjectView> {
  try {
    return await projections.fresh(name)
  } catch (error) {
    const known = projections.loaded(name)
    if (known && error instanceof LogUnavailableError) return known
    throw error
  }
}
