import type { Context } from 'hono'
import { Hono } from 'hono'
import { RefusedError } from '../../domain/refused.ts'
import { LogUnavailableError } from '../../event-log/event-log.ts'
import { lastEventOf, overviewContent, positionOf as overviewPosition } from '../../live/overview-content.ts'
import { positionOf as projectPosition } from '../../live/project-page.tsx'
import { parseOverviewQuery } from '../../../views/overview-query.ts'
import { OnboardingPage } from '../../../views/pages/onboarding.tsx'
import { OverviewPage } from '../../../views/pages/overview.tsx'
import { ProjectPage } from '../../../views/pages/project.tsx'
import { WallPage } from '../../../views/pages/wall.tsx'
import type { Env, WebDeps } from '../env.ts'
import { findProject, mustBeRead } from '../find-project.ts'
import { pageFrame } from '../page-frame.ts'
import { withView } from '../remembered-view.ts'

/** GET / and GET /projects/:name — what people look at. Each shows what its websocket then keeps current. */
export function pageRoutes(deps: WebDeps) {
  return new Hono<Env>()
    .get('/', (c) => c.html(overview(c, deps)))
    .get('/projects/:name', async (c) => {
      const project = await findProject(deps, c.req.param('name'))
      if (project.name !== c.req.param('name')) return c.redirect(`/projects/${encodeURIComponent(project.name)}`, 301)
      const view = await newestView(deps, project.name)
      const summary = deps.projections.summary(project.name)
      if (!summary) throw new RefusedError('SERVICE_UNAVAILABLE', 'This project is still being read. Load the page again in a moment.')
      const live = {
        target: { page: 'project', name: project.name },
        since: projectPosition(view),
        lastEventAt: view.state.lastEventAt,
      } as const
      const shown = { project, state: view.state, attention: summary.attention, recent: view.recent }
      return c.html(<ProjectPage {...pageFrame(c, deps, live)} {...shown} />)
    })
}

/** With everything that was acknowledged before; what is known, while the log is away. */
async function newestView({ projections }: WebDeps, name: string) {
  try {
    return await projections.fresh(name)
  } catch (error) {
    const known = projections.loaded(name)
    if (known && error instanceof LogUnavailableError) return known
    throw error
  }
}

function overview(c: Context<Env>, deps: WebDeps) {
  mustBeRead(deps)
  const url = new URL(c.req.url)
  const query = withView(c, parseOverviewQuery(url.searchParams))
  const { overview: index, links, startedAt } = deps
  const content = overviewContent({ index, links, now: Date.now }, query)
  const live = { target: { page: 'overview', query }, since: overviewPosition(content), lastEventAt: lastEventOf(content.rows) } as const
  const frame = pageFrame(c, deps, live)
  if (query.view === 'wall') return <WallPage {...frame} {...content} version={deps.version} />
  if (content.figures.projects > 0) return <OverviewPage {...frame} {...content} />
  return <OnboardingPage {...frame} origin={url.origin} startedAt={startedAt} links={content.links} />
}
