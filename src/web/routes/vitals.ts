import { type Context, Hono } from 'hono'
import { isSame } from '../../auth/signing.ts'
import { RefusedError } from '../../domain/refused.ts'
import { StoreUnavailableError } from '../../key-value/key-value.ts'
import type { Env, WebDeps } from '../env.ts'
import { whoAsks } from '../middleware/identify.ts'
import { isLoopback } from '../middleware/rate-limits.ts'
import { currentWarnings } from '../warnings.ts'

/** HAProxy's plain check uses OPTIONS; HEAD is the framework's GET. */
const PROBES = ['GET', 'OPTIONS']

/** GET /health, /ready and /metrics. */
export function vitalRoutes(deps: WebDeps) {
  const app = new Hono<Env>()
  const isAdmin = askedByAdmin(deps)
  let cpuSeconds = 0
  deps.metrics.onRead(() => {
    cpuSeconds = sample(deps, cpuSeconds)
  })
  if (deps.settings.isHealthOn) {
    app.on(PROBES, '/health', (c) => c.json({ status: 'healthy', timestamp: new Date().toISOString(), version: deps.version }))
    app.on(PROBES, '/ready', async (c) => {
      const checks = await readiness(deps)
      const isReady = checks.log && checks.projects && !deps.isDraining()
      const status = deps.isDraining() ? 'draining' : isReady ? 'ready' : 'not ready'
      const warnings = (await isAdmin(c)) ? { warnings: await currentWarnings(deps) } : {}
      const body = { status, checks, ...warnings, timestamp: new Date().toISOString() }
      return c.json(body, isReady ? 200 : 503)
    })
  }
  const { isMetricsOn, metricsPort } = deps.settings
  app.get('/metrics', async (c) => {
    if (!isMetricsOn || metricsPort !== undefined) throw new RefusedError('NOT_FOUND', 'Nothing answers at this address.')
    if (!isScraper(c, deps.settings) && !(await isAdmin(c))) throw new RefusedError('UNAUTHENTICATED', NO_SCRAPER)
    return c.body(await deps.renderMetrics(), 200, { 'content-type': deps.metrics.contentType })
  })
  return app
}

const NO_SCRAPER = 'Figures are for those who send METRICS_TOKEN as "Authorization: Bearer …", and for administrators.'

/** Whoever sends the token; without one, whoever is on this machine itself, and where nobody signs in, everybody. */
function isScraper(c: Context<Env>, { metricsToken, isOpen }: WebDeps['settings']): boolean {
  if (metricsToken) return isSame(c.req.header('authorization') ?? '', `Bearer ${metricsToken.reveal()}`)
  const isProxied = ['x-forwarded-for', 'forwarded', 'via'].some((name) => c.req.header(name) !== undefined)
  return isOpen || (!isProxied && isLoopback(c.get('client').address))
}

/** Whether details are for whoever asks. Nobody is known while the store of sessions is away, and probes are answered all the same. */
function askedByAdmin(deps: WebDeps) {
  const find = whoAsks(deps)
  return async (c: Context<Env>): Promise<boolean> => {
    const viewer = await find(c).catch((error: unknown) => {
      if (error instanceof RefusedError || error instanceof StoreUnavailableError) return undefined
      throw error
    })
    if (viewer?.via === 'open') return c.req.path !== '/metrics'
    return viewer !== undefined && deps.audiences.policy.allows(viewer, 'admin')
  }
}

/** Unconfigured parts count as ready. What all instances share is only a warning, or the balancer would be empty. */
async function readiness(deps: WebDeps) {
  const reason = await deps.whyRefused()
  return { redis: deps.isRedisUp(), projects: deps.isRead(), orchestrator: true, log: reason === undefined }
}

function sample({ metrics, overview, usage }: WebDeps, cpuSeconds: number): number {
  const now = usage()
  metrics.memory.set(now.rssBytes)
  metrics.heap.set(now.heapBytes)
  metrics.cpu.inc(Math.max(0, now.cpuSeconds - cpuSeconds))
  for (const [statistic, delaySeconds] of Object.entries(now.loopDelay)) metrics.loopDelay.set({ statistic }, delaySeconds)
  metrics.projects.set(overview.figures(Date.now()).projects)
  for (const [attention, projects] of Object.entries(overview.counts)) metrics.attention.set({ attention }, projects)
  return now.cpuSeconds
}
