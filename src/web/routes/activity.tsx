import type { Context } from 'hono'
import { Hono } from 'hono'
import { RefusedError } from '../../domain/refused.ts'
import { findEvents, findNewer } from '../../projection/find-events.ts'
import { type ActivityPlace, type ActivityQuery, activitySearch, isAskedFor, parseActivityQuery } from '../../../views/activity/query.ts'
import { ActivityPage, PAGE_ROWS } from '../../../views/pages/activity.tsx'
import type { Env, WebDeps } from '../env.ts'
import { pageFrame } from '../page-frame.ts'
import { type Reading, readLong } from '../read-long.ts'
import { projectPage, type Viewed } from '../viewed.ts'

/** What one page looks at of the log, at most; a search goes on from there. */
const SCAN_LIMIT = 10_000
const OFFSET = /^\d{1,15}$/

/** GET /projects/:name/activity?kind=&q=&before=&after= — what happened. One that begins at the newest is kept current. */
export function activityRoutes(deps: WebDeps) {
  return new Hono<Env>().get(
    '/projects/:name/activity',
    projectPage(deps, (c, viewed) => activityPage(c, deps, viewed)),
  )
}

async function activityPage(c: Context<Env>, deps: WebDeps, viewed: Viewed) {
  const { project, view } = viewed
  const query = parseActivityQuery(new URL(c.req.url).searchParams)
  const [before, after] = [readOffset(c, 'before'), readOffset(c, 'after')]
  const isNewest = before === undefined && after === undefined
  const part = await readLong(c, deps, (reading) => partOf(reading, viewed, { query, before, after }))
  const target = { page: 'activity', name: project.name, search: activitySearch(query) } as const
  // What lies in the past stays as it is: only the newest page has something to hear.
  const frame = isNewest || viewed.at !== undefined ? viewed.frame(target) : pageFrame(c, deps)
  return c.html(<ActivityPage {...frame} {...part} project={project.name} query={query} total={view.state.offset} isNewest={isNewest} />)
}

type Wish = { query: ActivityQuery } & ActivityPlace

/** A part of the log up to what the page shows as the newest, and where it goes on in both directions. */
async function partOf({ eventLog, turns }: Reading, { project, view }: Viewed, { query, before, after }: Wish) {
  const end = view.state.offset
  const search = { matches: isAskedFor(query), limit: PAGE_ROWS, scanLimit: SCAN_LIMIT, turns }
  if (after !== undefined) {
    const { events, next, first } = await findNewer(eventLog, project.name, { ...search, after })
    // A page that looks back ends at its moment.
    const newer = next !== undefined && next < end ? next : undefined
    return { events: events.filter(({ offset }) => offset <= end), newer, older: after >= first ? after + 1 : undefined }
  }
  const { events, next } = await findEvents(eventLog, project.name, { ...search, before: Math.min(before ?? Infinity, end + 1) })
  return { events, older: next, newer: before !== undefined && before <= end ? before - 1 : undefined }
}

function readOffset(c: Context<Env>, field: 'before' | 'after'): number | undefined {
  const text = c.req.query(field)
  if (text === undefined) return undefined
  if (OFFSET.test(text)) return Number(text)
  throw new RefusedError('VALIDATION_ERROR', `${field} must be an offset, not "${text.slice(0, 40)}".`, { field })
}
