import type { Context } from 'hono'
import { Hono } from 'hono'
import { readLanes } from '../../projection/timeline-cache.ts'
import { parseTimelineQuery, timelineSearch, WINDOWS } from '../../../views/timeline/query.ts'
import { TimelinePage } from '../../../views/pages/timeline.tsx'
import { timelineView } from '../../../views/timeline/view.ts'
import type { Env, WebDeps } from '../env.ts'
import { readLong } from '../read-long.ts'
import { projectPage, type Viewed } from '../viewed.ts'

/** GET /projects/:name/timeline?by=&window=&gaps=&at= — what its stories and agents went through. */
export function timelineRoutes(deps: WebDeps) {
  return new Hono<Env>().get(
    '/projects/:name/timeline',
    projectPage(deps, async (c, viewed) => {
      const query = parseTimelineQuery(new URL(c.req.url).searchParams)
      const { ms } = WINDOWS[query.window]
      const { lanes, keptSince } = await lanesAt(c, deps, { viewed, windowMs: ms })
      const { project, summary, now, at, frame } = viewed
      // What would end a little before now is now.
      const laterAt = at !== undefined && now + ms < Date.now() - ms / 8 ? now + ms : undefined
      const view = timelineView({ project: project.name, lanes, keptSince, query, now, staleMinutes: summary.staleMinutes, at, laterAt })
      return c.html(<TimelinePage {...frame({ page: 'timeline', name: project.name, search: timelineSearch(query) })} view={view} />)
    }),
  )
}

/** Of a moment that is over the lanes are read for this one page; the newest are shared. */
function lanesAt(c: Context<Env>, deps: WebDeps, { viewed: { project, view, now, at }, windowMs }: { viewed: Viewed; windowMs: number }) {
  if (at === undefined) return deps.lanes.lanesOf(project.name, windowMs)
  const lanes = { from: now - windowMs, windowMs, upTo: view.state.offset }
  return readLong(c, deps, (reading) => readLanes(reading, project.name, lanes))
}
