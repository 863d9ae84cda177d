import { createMiddleware } from 'hono/factory'
import { RefusedError } from '../../domain/refused.ts'
import { endpointOf } from '../endpoint.ts'
import type { Env, WebDeps } from '../env.ts'

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** What is no deed of a person: reports, preferences, and what tells of itself. */
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

/** Notes in the audit log who changed what, and who was refused to. */
export const audited = (deps: WebDeps) =>
  createMiddleware<Env>(async (c, next) => {
    if (READS.has(c.req.method) || UNTOLD.test(c.req.path)) return next()
    await next()
    const { status } = c.res
    const isRefused = c.error instanceof RefusedError && (status === 401 || status === 403)
    if (status >= 400 && !isRefused) return
    const route = `${c.req.method} ${endpointOf(c)}`
    deps.auth.note({
      what: WORDS[route] ?? route,
      who: c.get('viewer')?.user ?? 'nobody',
      from: c.get('client').address,
      on: c.get('deed')?.on ?? /^\/(?:api\/v1\/)?projects\/([^/]+)/.exec(c.req.path)?.[1],
      details: c.get('deed')?.details,
      result: isRefused ? 'refused' : 'done',
    })
  })
