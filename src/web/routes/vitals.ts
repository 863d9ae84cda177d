import { Hono } from 'hono'
import type { Env, WebDeps } from '../env.ts'
import { currentWarnings } from '../warnings.ts'

/** Load balancers ask with what they have: HAProxy's plain check is an OPTIONS. HEAD is the framework's GET. */
const PROBES = ['GET', 'OPTIONS']

/** GET /health, /ready and /metrics — for load balancers and scrapers. */
export function vitalRoutes(deps: WebDeps) {
  const app = new Hono<Env>()
  let cpuSeconds = 0
  deps.metrics.onRead(() => {
    cpuSeconds = sample(deps, cpuSeconds)
  })
  if (deps.settings.isHealthOn) {
    app.on(PROBES, '/health', (c) => c.json({ status: 'healthy', timestamp: new Date().toISOString(), version: deps.version }))
    app.on(PROBES, '/ready', async (c) => {
      const { checks, warnings } = await readiness(deps)
      // Without the bus reports are taken and found in the log: no reason to send nobody here.
      const isReady = checks.log && checks.projects && !deps.isDraining()
      const status = deps.isDraining() ? 'draining' : isReady ? 'ready' : 'not ready'
      const body = { status, checks, warnings, timestamp: new Date().toISOString() }
      return c.json(body, isReady ? 200 : 503)
    })
  }
  if (deps.settings.isMetricsOn) {
    app.get('/metrics', async (c) => c.body(await deps.renderMetrics(), 200, { 'content-type': deps.metrics.contentType }))
  }
  return app
}

/** What is not configured counts as there. What one instance cannot mend is a warning: it must not empty the load balancer. */
async function readiness(deps: WebDeps) {
  const reason = await deps.whyRefused()
  const checks = { redis: deps.isRedisUp(), projects: deps.isRead(), orchestrator: true, log: reason === undefined }
  return { checks, warnings: await currentWarnings(deps) }
}

/** Tells how many seconds of the CPU are counted; those before were. */
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
