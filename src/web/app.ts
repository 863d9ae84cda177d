import { type Context, Hono } from 'hono'
import { RefusedError } from '../domain/refused.ts'
import { LogUnavailableError } from '../event-log/event-log.ts'
import { StoreUnavailableError } from '../key-value/key-value.ts'
import type { Env, WebDeps } from './env.ts'
import { answerTo, errorJson, errorPage } from './errors.tsx'
import { forceHttps, identifyClient } from './middleware/client.ts'
import { cors } from './middleware/cors.ts'
import { checkCsrf } from './middleware/csrf.ts'
import { guard, oneHost } from './middleware/guard.ts'
import { audited, auditRefusal } from './middleware/audit.ts'
import { identify } from './middleware/identify.ts'
import { gzip } from './middleware/gzip.ts'
import { permit } from './middleware/permit.ts'
import { observe } from './middleware/observe.ts'
import { limitRates } from './middleware/rate-limits.ts'
import { deadline, requestLimits } from './middleware/request-limits.ts'
import { safeHeaders } from './middleware/secure-headers.ts'
import { traceRequests } from './middleware/trace.ts'
import { momentsAreHonoured } from './page-request.ts'
import { mustHaveRules } from './route-rules.ts'
import { auditRoutes } from './routes/audit.tsx'
import { eventRoutes } from './routes/api-events.ts'
import { flowApiRoutes } from './routes/api-flow.ts'
import { projectChangeRoutes } from './routes/api-project-changes.ts'
import { projectRoutes } from './routes/api-projects.ts'
import { signInRoutes } from './routes/sign-in.tsx'
import { settingsRoutes, tokenApiRoutes } from './routes/settings.tsx'
import { snapshotRoutes } from './routes/api-snapshot.ts'
import { statusRoutes } from './routes/api-status.ts'
import { cspReportRoutes } from './routes/csp-reports.ts'
import { pinRoutes, projectFormRoutes } from './routes/forms.ts'
import { jumpRoutes } from './routes/jumps.tsx'
import { oidcRoutes } from './routes/oidc.ts'
import { liveRoutes } from './routes/live.ts'
import { pageRoutes } from './routes/pages.ts'
import { pictureRoutes } from './routes/pictures.tsx'
import { staticRoutes } from './routes/static.ts'
import { vitalRoutes } from './routes/vitals.ts'

const PAGES = [pageRoutes, pictureRoutes, pinRoutes, jumpRoutes, projectFormRoutes, settingsRoutes, auditRoutes]
const API = [projectRoutes, projectChangeRoutes, snapshotRoutes, eventRoutes, flowApiRoutes, statusRoutes, tokenApiRoutes]

const AWAY_TOLD_MS = 10_000

/** Builds the app: all routes, and what each request passes through. */
export function createApp(deps: WebDeps) {
  const app = new Hono<Env>()
  passEverybody(app, deps)
  passKnown(app, deps)
  mustHaveRules(app.routes)
  app.notFound((c) => methodsOf(app, c) ?? respond(c, unanswered(app, c)))
  app.onError((error, c) => respond(c, error))

  /** All reporters meet an outage at every attempt, so the log mentions it only now and then. */
  let awayToldAt = -Infinity
  function tellAway({ message }: LogUnavailableError) {
    if (performance.now() - awayToldAt < AWAY_TOLD_MS) return
    awayToldAt = performance.now()
    deps.log.warn('requests are answered 503', { reason: message })
  }

  function respond(c: Parameters<typeof errorJson>[0], error: unknown) {
    if (error instanceof RefusedError) auditRefusal(c, deps, error)
    const answer = answerTo(error, c.req.method)
    if (error instanceof LogUnavailableError) tellAway(error)
    else if (!(error instanceof RefusedError || error instanceof StoreUnavailableError)) {
      deps.metrics.errors.inc()
      deps.log.error(`${c.req.method} ${c.req.path} failed`, { request_id: c.get('requestId'), error })
    }
    const isPage = c.req.header('accept')?.includes('text/html') && !c.req.path.startsWith('/api/')
    if (answer.code === 'UNAUTHENTICATED') c.header('WWW-Authenticate', 'Bearer')
    return isPage ? errorPage(c, deps, answer) : errorJson(c, answer)
  }
  return app
}

/** What every request passes, and the routes that ask nobody who they are. */
function passEverybody(app: Hono<Env>, deps: WebDeps) {
  app.use(identifyClient(deps.settings))
  app.use(safeHeaders())
  app.use(traceRequests(deps))
  app.use(observe(deps))
  app.use(oneHost())
  if (deps.settings.isHttpsForced) app.use(forceHttps())
  app.use(requestLimits())
  app.use(deadline(deps.settings.requestTimeoutMs))
  app.route('/', vitalRoutes(deps))
  app.route('/', cspReportRoutes(deps))
}

/** What requests of known viewers pass, and the routes for them. */
function passKnown(app: Hono<Env>, deps: WebDeps) {
  if (deps.settings.allowedOrigins.length > 0) app.use('/api/*', cors(deps.settings))
  app.use(guard(deps.settings))
  app.use(identify(deps))
  app.use(limitRates(deps))
  app.use(checkCsrf(deps))
  app.route('/', liveRoutes(deps))
  app.route('/', staticRoutes(deps))
  app.route('/', signInRoutes(deps))
  app.route('/', oidcRoutes(deps))
  if (deps.settings.isGzipOn) app.use(gzip())
  app.use(momentsAreHonoured())
  app.use(audited(deps))
  app.use(permit(deps))
  for (const routes of PAGES) app.route('/', routes(deps))
  for (const routes of API) app.route('/api/v1', routes(deps))
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** The answer to OPTIONS for an address whose routes give none. */
function methodsOf(app: Hono<Env>, c: Context<Env>): Response | undefined {
  const allow = c.req.method === 'OPTIONS' ? allowed(app, c.req.path) : undefined
  if (allow === undefined) return undefined
  c.header('Allow', allow)
  return c.body(null, 200)
}

/** Refuses with the address's other methods in Allow, or because nothing is there. */
function unanswered(app: Hono<Env>, c: Context<Env>): RefusedError {
  const allow = allowed(app, c.req.path)
  if (allow === undefined) return new RefusedError('NOT_FOUND', 'Nothing answers at this address.')
  c.header('Allow', allow)
  return new RefusedError('METHOD_NOT_ALLOWED', `This address answers ${allow} only.`, { allow })
}

function allowed(app: Hono<Env>, path: string): string | undefined {
  const known = METHODS.filter((method) => app.router.match(method, path)[0].some(([[, route]]) => route.method === method))
  if (known.length === 0) return undefined
  return ['OPTIONS', ...known.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))].toSorted().join(', ')
}
