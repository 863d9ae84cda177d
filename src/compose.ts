import { join } from 'node:path'
import { openInProcessBus } from './bus/in-process.ts'
import type { Config } from './config/config.ts'
import { openSqliteLog } from './event-log/sqlite.ts'
import { acceptEvents, type AcceptDeps } from './ingest/accept-events.ts'
import { expandFrame } from './ingest/orchestrator-frames.ts'
import { openOrchestratorLinks } from './ingest/orchestrator-links.ts'
import { compileRedaction } from './ingest/redact.ts'
import { registration, tellRegistry } from './ingest/register-project.ts'
import { openFeed } from './live/feed.ts'
import { openHub } from './live/hub.ts'
import { preparePage } from './live/prepare-page.ts'
import { openProjections } from './projection/projections.ts'
import { createLogger } from './telemetry/logger.ts'
import { createMetrics } from './telemetry/metrics.ts'
import { createApp } from './web/app.ts'
import { serve } from './web/serve.ts'
import { loadStaticFiles } from './web/static-files.ts'
import { registryDifferences } from './domain/registry-differences.ts'
import { version } from '../package.json'

export type Visualizer = { url: string; close(): Promise<void> }

/**
 * Opens everything and connects it: the only place that knows every implementation. What was opened is closed in reverse.
 * Rejects when the port is taken or the data folder cannot be used.
 */
export async function openVisualizer(config: Config): Promise<Visualizer> {
  const log = createLogger({ level: config.logLevel, format: config.logFormat, write: (line) => void process.stdout.write(line) })
  const metrics = createMetrics()
  const onError = (error: unknown) => {
    metrics.errors.inc()
    log.error('something failed outside of a request', { error })
  }
  const opened: (() => Promise<unknown> | void)[] = []
  const closing = <T>(resource: T, close: (resource: T) => Promise<unknown> | void): T => {
    opened.unshift(() => close(resource))
    return resource
  }
  const close = async () => {
    for (const end of opened.splice(0)) await Promise.resolve(end()).catch(onError)
  }
  try {
    const eventLog = closing(await openSqliteLog({ file: join(config.dataDir, 'events.sqlite'), onError }), (it) => it.close())
    const bus = closing(openInProcessBus({ onError }), (it) => it.close())
    const projections = closing(await openProjections({ eventLog, bus, staleMinutes: config.staleMinutes, onError }), (it) => it.close())
    await tellRegistry({ eventLog, bus }, registryDifferences(projections.registry(), config.projects))
    await projections.catchUp()

    const registerProject = registration({ eventLog, bus, findProject: projections.findProject, catchUp: projections.catchUp })
    const accept: AcceptDeps = { eventLog, bus, redact: compileRedaction({ isOn: true }), registerProject }
    const from = (source: string) => async (project: string, events: Parameters<typeof acceptEvents>[2]) => {
      const stored = await acceptEvents(accept, project, events)
      metrics.events.inc({ source }, stored.appended.length)
      metrics.duplicates.inc({ source }, stored.duplicates)
    }

    const hub = openHub({ metrics, log, maxViewers: config.maxViewers })
    const stateOf = async (project: string) => (await projections.fresh(project)).state
    const links = closing(
      openOrchestratorLinks({
        orchestrators: config.orchestrators,
        accept: from('orchestrator'),
        stateOf,
        onChange: () => feed.touch(),
        onError,
      }),
      (it) => it.close(),
    )
    const source = { projections, links: links.health, now: Date.now }
    const feed = closing(openFeed({ projections, preparePage: preparePage(source), broadcast: hub.broadcast, onError }), (it) => it.close())

    const app = createApp({
      ...{ eventLog, projections, accept, hub, links: links.health, log, metrics, version, settings: config },
      expandFrame: async (project, frame) => expandFrame(project, frame, await stateOf(project)),
      files: await loadStaticFiles(),
      startedAt: Date.now(),
      warnings: () => [],
    })
    const server = closing(serve({ app, hub, feed, config, log }), async (it) => {
      await hub.close()
      await it.stop()
    })
    log.info(`server ready on ${server.url}`, { version, pid: process.pid })
    return { url: server.url, close }
  } catch (error) {
    await close()
    throw error
  }
}
