import type { Context, Hono } from 'hono'
import { RefusedError } from '../domain/refused.ts'
import type { Env } from './env.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Why no route answered: the address knows other methods, which then stand in the answer's Allow, or nothing is there. */
export function unanswered(app: Hono<Env>, c: Context<Env>): RefusedError {
  const known = METHODS.filter((method) => app.router.match(method, c.req.path)[0].some(([[, route]]) => route.method === method))
  if (known.length === 0) return new RefusedError('NOT_FOUND', 'Nothing answers at this address.')
  const allow = known.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
  c.header('Allow', allow)
  return new RefusedError('METHOD_NOT_ALLOWED', `This address answers ${allow} only.`, { allow })
}
