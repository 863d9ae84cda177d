import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** The method of a request; unknown ones share a label, so that callers cannot add labels. */
export const methodOf = (c: Context): string => (METHODS.has(c.req.method) ? c.req.method : 'OTHER')

/** The route of a request, also where it was refused before it ran; undefined where there is none. */
export const routeOf = (c: Context) => matchedRoutes(c).findLast(({ method }) => method !== 'ALL')

/** The pattern of the route of a request, or `unknown`, so that paths cannot add labels. */
export function endpointOf(c: Context): string {
  const pattern = routeOf(c)?.path ?? ''
  if (pattern !== '' && !pattern.includes('*')) return pattern
  const { path } = c.req
  if (path.startsWith('/static/')) return '/static/*'
  return path.startsWith('/live/') ? '/live/*' : 'unknown'
}
