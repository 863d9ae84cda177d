import { Hono } from 'hono'
import type { Env, WebDeps } from '../env.ts'
import { currentWarnings } from '../warnings.ts'

/** HAProxy's plain check uses OPTIONS; HEAD is the framework's GET. */
const PROBES = ['GET', 'OPTIONS']

/** GET /health, /ready and /metrics. */
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

/** Unconfigured parts count as ready. What all instances share is only a warning, or the balancer would be empty. */
async function readiness(deps: WebDeps) {
  const reason = await deps.whyRefused()
  const checks = { redis: deps.isRedisUp(), projects: deps.isRead(), orchestrator: true, log: reason === undefined }
  return { checks, warnings: await currentWarnings(deps) }
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
