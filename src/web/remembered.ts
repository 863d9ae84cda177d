import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type OverviewQuery, parsePins } from '../../views/overview/overview-query.ts'
import type { Env } from './env.ts'

const YEAR_SECONDS = 31_536_000

/**
 * The query with what a reader's cookies remember: the view that was named last, where this address names none, and the
 * pins. The wall is nobody's own.
 */
export function withRemembered(c: Context<Env>, query: OverviewQuery): OverviewQuery {
  if (query.view === 'wall') return { ...query, pins: undefined }
  return { ...query, view: viewOf(c, query), pins: parsePins(getCookie(c, 'pins')) }
}

function viewOf(c: Context<Env>, { view }: OverviewQuery): OverviewQuery['view'] {
  const named = c.req.query('view')
  if (named === 'grid' || named === 'list') {
    // A scheme that a proxy ended is not told here, so the cookie is not marked secure: it holds a taste, no secret.
    if (getCookie(c, 'view') !== named) setCookie(c, 'view', named, { path: '/', maxAge: YEAR_SECONDS, sameSite: 'Lax' })
    return view
  }
  return view === undefined && getCookie(c, 'view') === 'grid' ? 'grid' : view
}

/** Has the reader's browser remember these pins, and no others. */
export function rememberPins(c: Context<Env>, pins: readonly string[]): void {
  if (pins.length === 0) deleteCookie(c, 'pins', { path: '/' })
  else setCookie(c, 'pins', pins.join(','), { path: '/', maxAge: YEAR_SECONDS, sameSite: 'Lax', httpOnly: true })
}
