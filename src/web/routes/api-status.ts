import { Hono } from 'hono'
import type { Env, WebDeps } from '../env.ts'
import { limitsOf } from '../limits.ts'
import { isLogThere } from '../store-check.ts'
import { currentWarnings } from '../warnings.ts'
import { isoTime } from '../../domain/events/stated-time.ts'

/** GET /api/v1/status: this worker, its engines, and their health. */
export function statusRoutes(deps: WebDeps) {
  const { version, startedAt, worker, features, settings } = deps
  return new Hono<Env>().get('/status', async (c) => {
    c.header('Cache-Control', 'no-store')
    const reload = deps.reload()
    return c.json({
      version,
      started_at: isoTime(startedAt),
      uptime_seconds: Math.floor((Date.now() - startedAt) / 1_000),
      worker: { id: worker ?? null, pid: process.pid },
      workers: settings.workers,
      features,
      health: await health(deps),
      reload: reload ? { ...reload, at: isoTime(reload.at) } : null,
      statistics: await statistics(deps),
      resource_usage: resourceUsage(deps),
      retention: { days: settings.retention.days || null, events_per_project: settings.retention.events || null },
      limits: limitsOf(deps),
      warnings: await currentWarnings(deps),
    })
  })
}

/** The log is asked, because an outage that nobody met is not known. */
async function health({ eventLog, outages, isRedisUp }: WebDeps) {
  const isThere = await isLogThere(eventLog)
  const { log, bus } = outages()
  return {
    log: { up: isThere && !log, since: log ? isoTime(log.since) : null },
    bus: { up: !bus && isRedisUp(), since: bus ? isoTime(bus.since) : null },
  }
}

async function statistics({ overview, hub, metrics }: WebDeps) {
  return {
    projects: overview.figures(Date.now()).projects,
    attention: overview.counts,
    events_numbered: overview.events(),
    events_accepted: await totalOf(metrics.events),
    events_duplicate: await totalOf(metrics.duplicates),
    events_too_old: await totalOf(metrics.tooOld),
    errors: await totalOf(metrics.errors),
    viewers: hub.viewers,
  }
}

type Counted = { get(): Promise<{ values: readonly { value: number }[] }> }
const totalOf = async (counter: Counted) => (await counter.get()).values.reduce((sum, { value }) => sum + value, 0)

function resourceUsage({ usage }: WebDeps) {
  const { rssBytes, heapBytes, cpuSeconds, loopDelay } = usage()
  return { rss_bytes: rssBytes, heap_bytes: heapBytes, cpu_seconds: cpuSeconds, event_loop_delay_seconds: loopDelay }
}
