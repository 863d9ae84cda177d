import type { Context } from 'hono'
import { routePath } from 'hono/route'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** The method of a request; whatever is not known is one word, so that callers cannot grow a label. */
export const methodOf = (c: Context): string => (METHODS.has(c.req.method) ? c.req.method : 'OTHER')

/** The pattern of the route that answered: known after it did. What no route answers is `unknown`, so that paths cannot grow a label. */
export function endpointOf(c: Context): string {
  const pattern = routePath(c)
  if (pattern !== '' && !pattern.includes('*')) return pattern
  const { path } = c.req
  if (path.startsWith('/static/')) return '/static/*'
  return path.startsWith('/live/') ? '/live/*' : 'unknown'
}
