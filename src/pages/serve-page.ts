import type { StoredEvent } from '../domain/events/event.ts'
import { RefusedError } from '../domain/refused.ts'
import type { Project } from '../domain/registry/project-registry.ts'
import { LogUnavailableError } from '../event-log/event-log.ts'
import { SILENCE_SECONDS } from '../live/heartbeats.ts'
import { madeFrom, positionOf } from '../live/position.ts'
import type { Shown } from '../live/live-page.ts'
import { findProject } from '../projection/find-project.ts'
import { troubleOf } from '../projection/outages.ts'
import type { ProjectView } from '../projection/projections.ts'
import { mayWords } from '../../views/settings/settings.tsx'
import type { Frame } from '../../views/shell/layout.tsx'
import { livePath, underItsName } from './address.ts'
import { attentionPath } from './attention.tsx'
import type { PageDeps, PageRequest } from './page.ts'
import { pastOf } from './past.ts'

export type Viewed = { shown: Shown; now: number }

const RECENT = 50
const REFRESH_SECONDS = 15

/** The requested project, now or at `?at=`; or a redirect to its registered spelling. */
export async function viewProject(request: PageRequest, deps: PageDeps): Promise<Viewed | { to: string; status: 301 }> {
  const { url, at, project: name } = request
  const project = await findProject(deps, name)
  if (project.name !== name) return { to: underItsName(url.pathname, project.name) + url.search, status: 301 }
  const viewed = at === undefined ? await newest(deps, project) : await past(deps, { project, at, signal: request.signal })
  return { ...viewed, shown: { ...viewed.shown, rights: deps.rightsOn(project, request.viewer) } }
}

async function newest(deps: PageDeps, project: Project): Promise<Viewed> {
  const view = await newestView(deps, project.name)
  const summary = deps.projections.summary(project.name)
  if (!summary) throw new RefusedError('SERVICE_UNAVAILABLE', 'This project is still being read. Load the page again in a moment.')
  return { shown: { project, summary, view }, now: deps.now() }
}

async function past(deps: PageDeps, { project, at, signal }: { project: Project; at: string; signal: AbortSignal }): Promise<Viewed> {
  const { view, summary, now } = await pastOf(deps, { project, at, signal })
  const recent = await eventsUpTo(deps, project.name, view.state.offset)
  return { shown: { project, summary, view: { ...view, recent }, at }, now }
}

async function eventsUpTo({ eventLog }: PageDeps, project: string, offset: number): Promise<StoredEvent[]> {
  if (offset === 0) return []
  const { events } = await eventLog.read(project, { after: Math.max(0, offset - RECENT), upTo: offset, limit: RECENT })
  return events
}

/** With everything acknowledged so far; from memory while the log is away. */
async function newestView({ projections }: PageDeps, name: string): Promise<ProjectView> {
  try {
    return await projections.fresh(name)
  } catch (error) {
    const known = projections.loaded(name)
    if (known && error instanceof LogUnavailableError) return known
    throw error
  }
}

type Live = { topic: string; project?: string; since: string; made?: string; lastEventAt: number | undefined }

/** What every page gets about its request; with `live`, the websocket that keeps it current. */
export function pageFrame({ cookie, viewer, csrf }: Pick<PageRequest, 'cookie' | 'viewer' | 'csrf'>, deps: PageDeps, live?: Live): Frame {
  const { overview, files, settings, outages } = deps
  const { counts } = overview
  const [theme, density] = [cookie('theme'), cookie('density')]
  return {
    counts,
    csrf,
    viewer: viewer.via === 'open' ? undefined : { name: viewer.name, may: mayWords(viewer.roles), canSignOut: viewer.via === 'session' },
    now: deps.now(),
    density: density === 'compact' || density === 'detailed' ? density : undefined,
    theme: theme === 'light' || theme === 'dark' ? theme : undefined,
    asset: files.href,
    build: files.build,
    trouble: live && troubleOf(outages(), live.project),
    attentionPath: attentionPath(counts),
    silenceSeconds: SILENCE_SECONDS,
    isOpenToOthers: settings.isOpenToOthers,
    ...(live
      ? { live: { path: livePath(live.topic, live.since, live.made), lastEventAt: live.lastEventAt }, refreshSeconds: REFRESH_SECONDS }
      : {}),
  }
}

/** The same for a page of a project; without a topic it stands still. */
export function projectFrame(request: PageRequest, deps: PageDeps, { shown, now, topic }: Viewed & { topic: string | undefined }): Frame {
  if (shown.at !== undefined) return { ...pageFrame(request, deps), now, isPast: true, at: shown.at }
  if (topic === undefined) return { ...pageFrame(request, deps), now }
  const { project, view, rights } = shown
  const stands = { since: positionOf(view), made: madeFrom(view, rights), lastEventAt: view.state.lastEventAt }
  return { ...pageFrame(request, deps, { topic, project: project.name, ...stands }), now }
}
