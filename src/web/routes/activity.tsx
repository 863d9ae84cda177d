import type { Context } from 'hono'
import { Hono } from 'hono'
import { RefusedError } from '../../domain/refused.ts'
import { findEvents } from '../../projection/find-events.ts'
import { activitySearch, isAskedFor, parseActivityQuery } from '../../../views/activity/query.ts'
import { ActivityPage, PAGE_ROWS } from '../../../views/pages/activity.tsx'
import type { Env, WebDeps } from '../env.ts'
import { pageFrame } from '../page-frame.ts'
import { projectPage, type Viewed } from '../viewed.ts'

/** What one page looks at of the log, at most; a search goes on from there. */
const SCAN_LIMIT = 10_000
const OFFSET = /^\d{1,15}$/

/** GET /projects/:name/activity?kind=&q=&before= — what happened. One that begins at the newest is kept current. */
export function activityRoutes(deps: WebDeps) {
  return new Hono<Env>().get(
    '/projects/:name/activity',
    projectPage(deps, (c, viewed) => activityPage(c, deps, viewed)),
  )
}

async function activityPage(c: Context<Env>, deps: WebDeps, viewed: Viewed) {
  const { project, view } = viewed
  const query = parseActivityQuery(new URL(c.req.url).searchParams)
  const before = readBefore(c.req.query('before'))
  const search = {
    before: Math.min(before ?? Infinity, view.state.offset + 1),
    matches: isAskedFor(query),
    limit: PAGE_ROWS,
    scanLimit: SCAN_LIMIT,
  }
  const { events, next } = await findEvents(deps.eventLog, project.name, search)
  const target = { page: 'activity', name: project.name, search: activitySearch(query) } as const
  // What lies in the past stays as it is: only the newest page has something to hear.
  const frame = before === undefined || viewed.at !== undefined ? viewed.frame(target) : pageFrame(c, deps)
  return c.html(
    <ActivityPage {...frame} project={project.name} query={query} events={events} total={view.state.offset} before={before} next={next} />,
  )
}

function readBefore(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (OFFSET.test(text)) return Number(text)
  throw new RefusedError('VALIDATION_ERROR', `before must be an offset, not "${text.slice(0, 40)}".`, { field: 'before' })
}
