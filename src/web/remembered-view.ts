import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { OverviewQuery } from '../../views/overview-query.ts'
import type { Env } from './env.ts'

const YEAR_SECONDS = 31_536_000

/** The query with the view that its address names, which is remembered; where it names none, with the one that was. */
export function withView(c: Context<Env>, query: OverviewQuery): OverviewQuery {
  const named = c.req.query('view')
  if (named === 'grid' || named === 'list') {
    // A scheme that a proxy ended is not told here, so the cookie is not marked secure: it holds a taste, no secret.
    if (getCookie(c, 'view') !== named) setCookie(c, 'view', named, { path: '/', maxAge: YEAR_SECONDS, sameSite: 'Lax' })
    return query
  }
  return query.view === undefined && getCookie(c, 'view') === 'grid' ? { ...query, view: 'grid' } : query
}
