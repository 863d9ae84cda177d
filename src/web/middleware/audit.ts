import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import type { RefusedError } from '../../domain/refused.ts'
import type { Env, WebDeps } from '../env.ts'

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])
const UNTOLD = /^\/(?:pins|login|logout|csp-reports|settings\/theme)$|^\/api\/v1\/projects\/[^/]+\/events$/

const WORDS: Record<string, string> = {
  'POST /projects/:name/archive': 'archive a project',
  'POST /projects/:name/restore': 'restore a project',
  'POST /projects/:name/purge': 'purge a project',
  'POST /projects/:name/losses': 'put losses away',
  'POST /api/v1/projects': 'create a project',
  'PATCH /api/v1/projects/:name': 'change a project',
  'DELETE /api/v1/projects/:name': 'archive or purge a project',
  'POST /settings/sessions/end': 'end a session',
  'POST /settings/tokens': 'create a token',
  'POST /api/v1/tokens': 'create a token',
  'POST /settings/tokens/revoke': 'revoke a token',
  'DELETE /api/v1/tokens/:id': 'revoke a token',
}

/** Notes in the audit log who changed what. */
export const audited = (deps: WebDeps) =>
  createMiddleware<Env>(async (c, next) => {
    if (READS.has(c.req.method) || UNTOLD.test(c.req.path)) return next()
    await next()
    const { status } = c.res
    if (status >= 400) return
    deps.auth.note({
      what: deedOf(c),
      who: c.get('viewer')?.user ?? 'nobody',
      from: c.get('client').address,
      on: c.get('deed')?.on ?? /^\/(?:api\/v1\/)?projects\/([^/]+)/.exec(c.req.path)?.[1],
      details: c.get('deed')?.details,
      result: 'done',
    })
  })

/** By the route: what answers an error is another. */
function deedOf(c: Context<Env>): string {
  const path = matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'unknown'
  const route = `${c.req.method} ${path}`
  return WORDS[route] ?? route
}

const projectOf = (c: Context<Env>): string | undefined => /^\/(?:api\/v1\/)?projects\/([^/]{1,200})/.exec(c.req.path)?.[1]

/** Notes who was refused: whoever sent a token that is none, or asked for what is not permitted to them. */
export function auditRefusal(c: Context<Env>, { auth }: Pick<WebDeps, 'auth'>, { code }: RefusedError): void {
  const isForged = code === 'UNAUTHENTICATED' && (c.req.header('authorization') !== undefined || !READS.has(c.req.method))
  if (!isForged && code !== 'PERMISSION_DENIED') return
  const what = isForged ? 'come in' : deedOf(c)
  auth.refused({ what, who: c.get('viewer')?.user ?? 'nobody', from: c.get('client')?.address, on: projectOf(c) })
}
