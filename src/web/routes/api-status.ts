import { Hono } from 'hono'
import type { Env, WebDeps } from '../env.ts'
import { limitsOf } from '../limits.ts'
import { isLogThere } from '../store-check.ts'
import { currentWarnings } from '../warnings.ts'
import { isoTime } from '../../domain/events/stated-time.ts'

/** GET /api/v1/status: the health of the service, and for its administrators this worker, what it counts and what is wrong. */
export function statusRoutes(deps: WebDeps) {
  const { version, startedAt, features, settings } = deps
  return new Hono<Env>().get('/status', async (c) => {
    c.header('Cache-Control', 'no-store')
    const viewer = c.get('viewer')
    const { overview } = deps.audiences.of(viewer)
    const seen = { projects: overview.figures(Date.now()).projects, attention: overview.counts, events_numbered: overview.events() }
    const inside = deps.audiences.policy.allows(viewer, 'admin') ? await insideOf(deps) : undefined
    return c.json({
      version,
      started_at: isoTime(startedAt),
      uptime_seconds: Math.floor((Date.now() - startedAt) / 1_000),
      features,
      health: await health(deps),
      retention: { days: settings.retention.days || null, events_per_project: settings.retention.events || null },
      ...inside,
      statistics: { ...seen, ...inside?.statistics },
    })
  })
}

/** It names folders, addresses and orchestrators, and counts what happens in all projects. */
async function insideOf(deps: WebDeps) {
  const reload = deps.reload()
  return {
    worker: { id: deps.worker ?? null, pid: process.pid },
    workers: deps.settings.workers,
    reload: reload ? { ...reload, at: isoTime(reload.at) } : null,
    statistics: await statistics(deps),
    resource_usage: resourceUsage(deps),
    limits: limitsOf(deps),
    warnings: await currentWarnings(deps),
  }
}

/** The log is asked, because an outage that nobody met is not known. */
async function health({ wholeLog, outages, isRedisUp }: WebDeps) {
  const isThere = await isLogThere(wholeLog)
  const { log, bus } = outages()
  return {
    log: { up: isThere && !log, since: log ? isoTime(log.since) : null },
    bus: { up: !bus && isRedisUp(), since: bus ? isoTime(bus.since) : null },
  }
}

async function statistics({ hub, metrics }: WebDeps) {
  return {
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
