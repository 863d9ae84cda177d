import type { Context } from 'hono'
import { Hono } from 'hono'
import { lastEventOf, overviewContent, positionOf as overviewPosition } from '../../live/overview-content.ts'
import { overviewHref, type OverviewQuery, parseOverviewQuery } from '../../../views/overview/overview-query.ts'
import { OnboardingPage } from '../../../views/pages/onboarding.tsx'
import { OverviewPage } from '../../../views/pages/overview.tsx'
import { ProjectPage } from '../../../views/pages/project.tsx'
import { WallPage } from '../../../views/pages/wall.tsx'
import { askedMoment } from '../asked-moment.ts'
import type { Env, WebDeps } from '../env.ts'
import { mustBeRead } from '../find-project.ts'
import { keptEvents } from '../kept-events.ts'
import { pageFrame } from '../page-frame.ts'
import { pastOverview } from '../past-overview.ts'
import { withRemembered } from '../remembered.ts'
import { otherMoment, timeOfForm, travelOf } from '../travel.ts'
import { projectPage } from '../viewed.ts'

/** GET / and GET /projects/:name — what people look at. Each shows what its websocket then keeps current. */
export function pageRoutes(deps: WebDeps) {
  return new Hono<Env>()
    .get('/', (c) => overview(c, deps))
    .get(
      '/projects/:name',
      projectPage(deps, async (c, viewed) => {
        const elsewhere = await otherMoment(c, deps, viewed)
        if (elsewhere) return c.redirect(elsewhere, 303)
        const { project, view, summary, frame } = viewed
        const kept = await keptEvents(deps, project.name)
        const travelled = await travelOf(c, deps, viewed)
        const shown = { project, state: view.state, attention: summary.attention, recent: view.recent, ...travelled }
        const { staleMinutes } = summary
        return c.html(
          <ProjectPage {...frame({ page: 'project', name: project.name })} {...shown} staleMinutes={staleMinutes} kept={kept} />,
        )
      }),
    )
}

async function overview(c: Context<Env>, deps: WebDeps) {
  mustBeRead(deps)
  const url = new URL(c.req.url)
  const asked = withRemembered(c, parseOverviewQuery(url.searchParams))
  const [on, at] = [c.req.query('on'), askedMoment(c)]
  if (on !== undefined) return c.redirect(overviewHref(asked, { at: timeOfForm(on) }), 303)
  return c.html(at === undefined ? newestOverview(c, deps, asked) : await overviewThen(c, deps, { asked, at }))
}

function newestOverview(c: Context<Env>, deps: WebDeps, query: OverviewQuery) {
  const { overview: index, links, startedAt } = deps
  const content = overviewContent({ index, links, now: Date.now }, query)
  const live = { target: { page: 'overview', query }, since: overviewPosition(content), lastEventAt: lastEventOf(content.rows) } as const
  const frame = pageFrame(c, deps, live)
  if (query.view === 'wall') return <WallPage {...frame} {...content} />
  if (content.figures.projects > 0) return <OverviewPage {...frame} {...content} />
  return <OnboardingPage {...frame} origin={new URL(c.req.url).origin} startedAt={startedAt} links={content.links} />
}

/** A wall that looks back is an overview: it does not turn its pages. */
async function overviewThen(c: Context<Env>, deps: WebDeps, { asked, at }: { asked: OverviewQuery; at: string }) {
  const query = { ...asked, view: asked.view === 'wall' ? undefined : asked.view }
  const { isWhole, forgotten, ...content } = await pastOverview(c, deps, { asked: query, at })
  return <OverviewPage {...pageFrame(c, deps)} {...content} isPast past={{ isWhole, forgotten }} />
}
