import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Action } from '../../auth/policy.ts'
import { RefusedError } from '../../domain/refused.ts'
import { findProject } from '../../projection/find-project.ts'
import { routeOf } from '../endpoint.ts'
import type { Env, WebDeps } from '../env.ts'
import { ROUTE_RULES, type RouteRule } from '../route-rules.ts'

/** Keeps every route to those who may use it, before any of it runs. A route without a rule is answered to nobody. */
export const permit = (deps: WebDeps) =>
  createMiddleware<Env>(async (c, next) => {
    const route = routeOf(c)
    if (!route) return next()
    const rule = ROUTE_RULES[`${route.method} ${route.path}`]
    if (rule === undefined) throw new Error(`no rule says who may use ${route.method} ${route.path}`)
    await keep(rule, { c, deps, name: nameIn(route.path, c.req.path) })
    await next()
    if (c.get('viewer').via !== 'open') keepPrivate(c)
  })

/** What somebody is shown may not be given to others by a cache on its way. */
function keepPrivate(c: Context<Env>): void {
  const told = c.res.headers.get('cache-control')
  if (told === null || told === 'no-cache') c.header('Cache-Control', 'private, no-cache')
}

async function keep(rule: RouteRule, { c, deps, name }: { c: Context<Env>; deps: WebDeps; name: string }): Promise<void> {
  if (rule === 'everybody' || rule === 'signed in' || rule === 'own') return
  const action = typeof rule === 'function' ? rule(new URL(c.req.url).searchParams) : rule
  if (action === 'admin') mustAdminister(c, deps)
  else if (action === 'report') mayReport(c, deps, name)
  else await mayDo(c, deps, { name, action })
}

function mustAdminister(c: Context<Env>, { audiences }: WebDeps): void {
  if (audiences.policy.allows(c.get('viewer'), 'admin')) return
  throw new RefusedError('PERMISSION_DENIED', 'This is for administrators of the service.', { needs: 'admin' })
}

/** The parameter is not bound yet: this runs before the route. */
function nameIn(pattern: string, path: string): string {
  const at = pattern.split('/').indexOf(':name')
  const part = path.split('/')[at] ?? ''
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** A project that may not be seen is refused in the words for one that is not there. */
async function mayDo(c: Context<Env>, { audiences }: WebDeps, { name, action }: { name: string; action: Action }): Promise<void> {
  const viewer = c.get('viewer')
  const project = await findProject(audiences.of(viewer), name)
  if (action === 'see' || audiences.policy.allows(viewer, action, project)) return
  throw new RefusedError('PERMISSION_DENIED', `${WORDS[action]} "${project.name}" is not permitted to you.`, { needs: action })
}

const WORDS: Record<Action, string> = {
  see: 'Seeing',
  act: 'Acting on',
  report: 'Reporting to',
  manage: 'Changing or purging',
  admin: 'Administering',
}

/** The same answer whether the project is there or not. Tags of one that is not there are none. */
function mayReport(c: Context<Env>, { audiences, projections }: WebDeps, name: string): void {
  const project = projections.findProject(name) ?? { name, tags: [] }
  if (audiences.policy.allows(c.get('viewer'), 'report', project)) return
  throw new RefusedError('PERMISSION_DENIED', `Reporting to "${name.slice(0, 63)}" is not permitted to you.`, { needs: 'report' })
}
