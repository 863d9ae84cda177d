import type { Context, Hono } from 'hono'
import { RefusedError } from '../domain/refused.ts'
import type { Env } from './env.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** What an address answers OPTIONS with, unless a route says it itself: the methods that it knows; undefined where nothing is. */
export function methodsOf(app: Hono<Env>, c: Context<Env>): Response | undefined {
  const allow = c.req.method === 'OPTIONS' ? allowed(app, c.req.path) : undefined
  if (allow === undefined) return undefined
  c.header('Allow', allow)
  return c.body(null, 200)
}

/** Why no route answered: the address knows other methods, which then stand in the answer's Allow, or nothing is there. */
export function unanswered(app: Hono<Env>, c: Context<Env>): RefusedError {
  const allow = allowed(app, c.req.path)
  if (allow === undefined) return new RefusedError('NOT_FOUND', 'Nothing answers at this address.')
  c.header('Allow', allow)
  return new RefusedError('METHOD_NOT_ALLOWED', `This address answers ${allow} only.`, { allow })
}

/** The methods of an address, as Allow lists them; undefined where no route is. */
function allowed(app: Hono<Env>, path: string): string | undefined {
  const known = METHODS.filter((method) => app.router.match(method, path)[0].some(([[, route]]) => route.method === method))
  if (known.length === 0) return undefined
  return ['OPTIONS', ...known.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))].toSorted().join(', ')
}
