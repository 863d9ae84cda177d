import { version } from '../package.json'
import { compilePolicy } from './auth/policy.ts'
import { openAccept } from './ingest/accept/accept-events.ts'
import { addressOf, closeEnded, noteSettings, offerFirstLink, openAuthOver } from './compose/auth.ts'
import { featuresOf, openEngines, openRates, tracedEngines } from './compose/engines.ts'
import { openFollowed } from './compose/follow.ts'
import { openIdempotencyKeys } from './ingest/accept/idempotency-keys.ts'
import { watchLogUse } from './event-log/watch-log-use.ts'
import { watchLogSettings } from './event-log/watch-settings.ts'
import { type OpenSources, openSources } from './compose/sources.ts'
import { openTelemetry, type Telemetry } from './compose/telemetry.ts'
import { closeInReverse, type Opened } from './close-in-reverse.ts'
import type { WorkerLink } from './cluster/supervisor-channel.ts'
import type { Serving } from './cluster/worker.ts'
import type { Config } from './config/config.ts'
import type { NewEvent } from './domain/events/event.ts'
import { UNASSIGNED } from './domain/events/names.ts'
import { openFlowObserver } from './projection/flow-observer.ts'
import { emptyProject } from './domain/project/project.ts'
import { projectChanges } from './ingest/accept/change-project.ts'
import { compileRedaction } from './ingest/redaction/redact.ts'
import { registration } from './ingest/accept/register-project.ts'
import { openWholeStates } from './ingest/accept/whole-states.ts'
import { Feed } from './live/feed.ts'
import { Hub } from './live/hub.ts'
import type { Ground } from './pages/audience.ts'
import { type Audiences, openAudiences } from './pages/audiences.ts'
import type { PageDeps } from './pages/page.ts'
import { openPage, projectOf } from './pages/registry.ts'
import { onEpochChange, onSettingsChange } from './projection/projections.ts'
import { openTimelineCache } from './projection/timeline-cache.ts'
import { openLongReads } from './projection/long-reads.ts'
import { troubleOf } from './projection/outages.ts'
import { keptSince } from './projection/retention.ts'
import type { Logger } from './telemetry/logger.ts'
import { createApp } from './web/app.ts'
import { serve } from './web/serve.ts'
import { shareFiles } from './web/shared-files.ts'
import { openStoreCheck } from './web/store-check.ts'
import { loadStaticFiles } from './web/static-files.ts'
import type { ReloadReport } from './config/problem.ts'

export type Visualizer = Serving & { log: Logger }

/** A worker's name and its channel to the supervisor; empty for a single process. */
export type WorkerContext = {
  worker?: string
  link?: WorkerLink
  /** The result of the last reload, without a supervisor. */
  reload?: () => ReloadReport | undefined
}

/** Opens and connects everything; the only place that knows every implementation. Rejects with nothing left open. */
export async function openVisualizer(config: Config, context: WorkerContext = {}): Promise<Visualizer> {
  const telemetry = await openTelemetry(config, context.worker)
  const opened = closeInReverse(telemetry.onError)
  opened.add(telemetry)
  try {
    const core = await openCore({ config, telemetry, opened, context })
    const settings = opened.add(watchLogSettings({ eventLog: core.eventLog, ...telemetry }))
    const logUse = core.logUse && opened.add(watchLogUse(core.logUse, telemetry))
    // Requests may come before the sources are open.
    let openedSources: OpenSources = { links: () => [], warnings: () => [] }
    const sources = {
      links: () => openedSources.links(),
      warnings: async () => [
        ...settings.current(),
        ...core.followed.warnings(),
        ...(logUse?.warnings() ?? []),
        ...openedSources.warnings(),
      ],
    }
    const { server, feed } = await openWeb({ config, telemetry, core, sources, opened, context })
    const { onError, log, metrics, reopenLogs } = telemetry
    openedSources = await openSources({
      ...{ ...core, config, worker: context.worker, onError, log, metrics, opened },
      onEpochChange: (listener) => onEpochChange(core.projections, listener),
      onChange: () => feed.touch(),
    })
    const close = () => {
      // Stop listening first: new clients are better served elsewhere.
      const stopped = server.stop()
      return opened.close().then(() => stopped)
    }
    if (!config.isOpen) await noteSettings(core.auth, config, core.keyValue).catch(onError)
    if (!config.isOpen) await offerFirstLink(core.auth, { log, url: addressOf(config, new URL(server.url).port) }).catch(onError)
    // With several workers, the supervisor says so once all are ready.
    if (!context.link) log.info(`server ready on ${server.url}`, { version, pid: process.pid })
    return { url: server.url, log, figures: metrics.read, reopenLogs, stopListening: () => void server.stop(), close, onError }
  } catch (error) {
    await opened.close()
    throw error
  }
}

type Core = Awaited<ReturnType<typeof openCore>>

async function openCore({ config, telemetry, opened, context }: Omit<Part, 'core'> & { context: WorkerContext }) {
  const { onError, metrics, tracing, log } = telemetry
  const pid = context.link ? process.ppid : process.pid
  const untraced = await openEngines({ config, channel: context.link?.bus, pid, tracing, metrics, log, onError, opened })
  const engines = tracedEngines(untraced, { config, tracing })
  const { eventLog, bus, keyValue, isRedisUp, logUse } = engines
  const followed = await openFollowed({ config, engines, telemetry, opened })
  const { projections } = followed
  const openLanes = () => openTimelineCache({ eventLog, projections, onError, now: Date.now })
  const registering = { eventLog, bus, projections, maxProjects: config.maxProjects, configFile: config.configFile }
  const accept = openAccept({
    ...{ eventLog, bus, registerProject: registration(registering), redact: compileRedaction(config.redaction), ...telemetry },
    keptSince: () => keptSince(config.retention, Date.now()),
    onStored: openFlowObserver({ projections, metrics }),
  })
  const acceptFrom = (source: string) => {
    const acceptReports = accept(source)
    return (project: string, events: readonly NewEvent[]) => acceptReports(project, events).catch(followed.suspectAfter)
  }
  // Finds the registered spelling; unregistered names have an empty state.
  const stateOf = async (name: string) => {
    followed.mustBeRead()
    const known = projections.findProject(name)?.name ?? (name === UNASSIGNED ? name : undefined)
    return known === undefined ? emptyProject() : (await projections.fresh(known)).state
  }
  const nameOf = (name: string) => projections.findProject(name)?.name ?? name
  const changes = projectChanges(registering)
  const lifeOf = (name: string) => projections.registry.purged.get(name.toLowerCase())?.offset ?? 0
  const whyRefused = openStoreCheck({ eventLog, onError })
  const auth = await openAuthOver({ config, engines, onError, opened, log })
  const rates = opened.add(await openRates({ config, keyValue, onError }))
  const known = { projections, lanes: openLanes(), lanesOfFigures: openLanes(), lifeOf, stateOf, nameOf, auth, rates }
  return { ...known, eventLog, followed, keyValue, acceptFrom, changes, whyRefused, isRedisUp, logUse }
}

type Sources = Pick<Parameters<typeof createApp>[0], 'links' | 'warnings'>
type Part = { config: Config; telemetry: Telemetry; core: Core; opened: Opened }

async function openWeb({ config, telemetry, core, sources, opened, context }: Part & { sources: Sources; context: WorkerContext }) {
  const { log, access, metrics, usage, tracing, onError } = telemetry
  const { followed, acceptFrom, changes, whyRefused, stateOf, isRedisUp } = core
  const files = await openFiles({ telemetry, core, opened })
  const audiences = openAudiences(groundOf({ config, telemetry, core, sources, files: files.files }))
  const troubleAt = (topic: string) => troubleOf(audiences.outages(topic, followed.outages()), projectOf(topic))
  const hub = opened.add(new Hub({ metrics, log, maxViewers: config.maxViewers, troubleOf: troubleAt, build: files.files.build }))
  const feed = opened.add(openFeed({ core, telemetry, audiences, hub }))
  opened.add(closeEnded(core.auth, hub, onError))
  const render = async () => (await context.link?.renderAll()) ?? metrics.render()
  const app = createApp({
    ...audiences.everything,
    ...{ auth: core.auth, audiences, rates: core.rates },
    ...{ isRedisUp, changes, whyRefused, hub, log, access, metrics, tracing, usage, version, settings: config, ...sources },
    worker: context.worker,
    accept: acceptFrom('http'),
    bindKey: openIdempotencyKeys({ keyValue: core.keyValue, keptDays: config.retention.days, lifeOf: core.lifeOf, onError }),
    ...files,
    wholeStates: (project) => openWholeStates(project, () => stateOf(project)),
    features: featuresOf(config, context.link !== undefined),
    isDraining: () => server.isStopping() || context.link?.isLeaving() === true,
    renderMetrics: render,
    reload: context.link?.reload ?? context.reload ?? (() => undefined),
  })
  const figures = { render, contentType: metrics.contentType }
  const server = serve({ app, hub, feed, config, log, sharesPort: context.link !== undefined, metrics: figures })
  opened.add({
    async close() {
      await hub.close()
      await server.stop()
    },
  })
  return { server, feed }
}

type Live = Pick<Part, 'core' | 'telemetry'> & { audiences: Audiences; hub: Hub }

function openFeed({ core: { projections, followed }, telemetry: { tracing, onError }, audiences, hub }: Live): Feed {
  const feed = new Feed({
    ...{ projections, openPage: openPage(audiences), tracing, onError },
    broadcast: (topic, frame) => hub.broadcast(topic, frame),
    hold: (project) => projections.hold(project),
    unanswered: (topic) => followed.unanswered(projectOf(topic)),
  })
  followed.onOutage(() => hub.tellTrouble())
  onSettingsChange(projections, (project) => hub.checkAgain(project))
  return feed
}

type PageParts = Omit<Part, 'opened'> & { sources: Sources; files: PageDeps['files'] }

function groundOf({ config, telemetry: { log }, core, sources, files }: PageParts): Ground {
  const { eventLog, projections, lanes, lanesOfFigures, followed } = core
  return {
    ...{ wholeLog: eventLog, projections, lanes, lanesOfFigures, log, outages: followed.outages, isRead: followed.isRead },
    ...{ links: sources.links, policy: compilePolicy(config.policy), longReads: openLongReads(), files, settings: config },
    ...{ startedAt: Date.now(), now: Date.now },
  }
}

/** The static files of this build, and those of other builds. */
async function openFiles({ telemetry: { log }, core: { keyValue }, opened }: Pick<Part, 'telemetry' | 'core' | 'opened'>) {
  const files = await loadStaticFiles()
  const onError = (error: unknown) => log.warn('static files could not be kept for other builds', { error })
  return { files, sharedFiles: opened.add(shareFiles({ files, keyValue, onError })) }
}
