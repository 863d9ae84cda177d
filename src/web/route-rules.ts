import type { Action } from '../auth/policy.ts'

/**
 * Who may use a route.
 * `everybody`: before sign-in too. `signed in`: whoever came in; what it shows, it shows through the viewer's eyes.
 * `admin`: administrators of the whole service. Another action: those who may do it to the project in the path, which they have to see; nobody else learns that it is there.
 * `report`: those who may report to the project in the path, which they need not see. `own`: the route decides, as its comment says.
 */
export type RouteRule = 'everybody' | 'signed in' | 'own' | Action | ((query: URLSearchParams) => Action)

type Route = { method: string; path: string }

/** Refuses to build an app with a route of which no rule says who may use it. */
export function mustHaveRules(routes: readonly Route[]): void {
  const written = routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)
  const missing = written.filter((route) => ROUTE_RULES[route] === undefined)
  if (missing.length > 0) throw new Error(`no rule in src/web/route-rules.ts says who may use ${[...new Set(missing)].join(', ')}`)
}

const whoArchives = (query: URLSearchParams): Action => (query.get('purge') === 'true' ? 'manage' : 'act')

/** Every route of the app. One that is not listed here is answered to nobody. */
export const ROUTE_RULES: Readonly<Record<string, RouteRule>> = {
  'GET /health': 'everybody',
  'OPTIONS /health': 'everybody',
  'GET /ready': 'everybody',
  'OPTIONS /ready': 'everybody',
  'GET /metrics': 'everybody',
  'GET /static/:name': 'everybody',
  'GET /login': 'everybody',
  'POST /login': 'everybody',
  'POST /logout': 'everybody',
  'GET /signed-out': 'everybody',
  'GET /auth/login': 'everybody',
  'GET /auth/callback': 'everybody',
  'POST /csp-reports': 'everybody',
  // By the topic of the page's address, at each connection and again when a project's settings change.
  'GET /live/*': 'own',
  'GET /': 'signed in',
  'GET /jump': 'signed in',
  'GET /next': 'signed in',
  'POST /pins': 'signed in',
  'GET /projects/:name': 'see',
  'GET /projects/:name/stories/:id': 'see',
  'GET /projects/:name/stories': 'see',
  'GET /projects/:name/agents/:id': 'see',
  'GET /projects/:name/agents': 'see',
  'GET /projects/:name/events/:offset': 'see',
  'GET /projects/:name/activity': 'see',
  'GET /projects/:name/chat': 'see',
  'GET /projects/:name/timeline': 'see',
  'GET /projects/:name/flow': 'see',
  'GET /projects/:name/peek': 'see',
  'GET /projects/:name/badge.svg': 'see',
  'GET /projects/:name/diagram.svg': 'see',
  'POST /projects/:name/archive': 'act',
  'POST /projects/:name/restore': 'act',
  'POST /projects/:name/losses': 'act',
  'POST /projects/:name/purge': 'manage',
  'GET /api/v1/projects': 'signed in',
  // The name stands in the body: those who may manage a project of that name and these tags.
  'POST /api/v1/projects': 'own',
  'GET /api/v1/projects/:name': 'see',
  'PATCH /api/v1/projects/:name': 'manage',
  'DELETE /api/v1/projects/:name': whoArchives,
  'GET /api/v1/projects/:name/state': 'see',
  'GET /api/v1/projects/:name/snapshot': 'see',
  'GET /api/v1/projects/:name/flow': 'see',
  'GET /api/v1/projects/:name/events': 'see',
  'POST /api/v1/projects/:name/events': 'report',
  'GET /api/v1/status': 'signed in',
  // Each for oneself; of the tokens on that page administrators are shown something.
  'GET /settings': 'signed in',
  'POST /settings/theme': 'signed in',
  'POST /settings/sessions/end': 'signed in',
  'POST /settings/tokens': 'admin',
  'POST /settings/tokens/revoke': 'admin',
  'GET /api/v1/tokens': 'admin',
  'POST /api/v1/tokens': 'admin',
  'DELETE /api/v1/tokens/:id': 'admin',
  'GET /audit': 'admin',
  'GET /audit.ndjson': 'admin',
}
