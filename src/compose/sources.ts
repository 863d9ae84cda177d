import { hostname } from 'node:os'
import type { Opened } from '../close-in-reverse.ts'
import type { Config } from '../config/config.ts'
import type { NewEvent } from '../domain/events/event.ts'
import type { ProjectState } from '../domain/project/project-state.ts'
import type { EventLog } from '../event-log/event-log.ts'
import type { Accepted } from '../ingest/accept/accept-events.ts'
import { openOrchestratorLinks } from '../ingest/orchestrator/leased-link.ts'
import { leaseFolders } from '../ingest/state-files/folder-leases.ts'
import type { LinkHealth } from '../domain/summary/link-health.ts'
import { openStateFiles } from '../ingest/state-files/state-files.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Logger } from '../telemetry/logger.ts'
import { openThrottledLog, type ThrottledLog } from '../telemetry/throttled-log.ts'
import { reportStateFileNews } from '../ingest/state-files/state-file-news.ts'
import { reportLinkNews } from '../ingest/orchestrator/link-news.ts'
import type { KeyValue } from '../key-value/key-value.ts'
import { type Leases, openLeases } from '../key-value/leases.ts'
import { openRetention, openTimeCheck } from '../projection/retention.ts'

export type SourcesDeps = {
  config: Config
  eventLog: EventLog
  log: Logger
  keyValue: KeyValue
  worker: string | undefined
  acceptFrom(source: string): (project: string, events: readonly NewEvent[]) => Promise<Accepted>
  /** Empty for an unknown project. */
  stateOf(project: string): Promise<ProjectState>
  /** The registered spelling of a name. */
  nameOf(project: string): string
  /** Calls back with each project whose epoch changed. */
  onEpochChange(listener: (project: string) => void): void
  onChange(): void
  onError(error: unknown): void
  metrics: Metrics
  opened: Opened
}

export type OpenSources = {
  /** The health of all orchestrators' links, whoever follows them. */
  links(): readonly LinkHealth[]
  warnings(): string[]
}

/** Starts what one worker of the fleet does at a time: following orchestrators and state files, and retention. */
export async function openSources(deps: SourcesDeps): Promise<OpenSources> {
  const { config, keyValue, worker = 'alone', acceptFrom, stateOf, onChange, onError, log, metrics, opened } = deps
  const owner = `${hostname()} ${worker} ${process.pid} ${crypto.randomUUID()}`
  const leases = opened.add(openLeases({ keyValue, owner, onError }))
  const throttled = opened.add(openThrottledLog(log))
  const links = opened.add(
    openOrchestratorLinks({
      ...{ orchestrators: config.orchestrators, leases, keyValue, accept: acceptFrom('orchestrator'), stateOf, onChange, onError },
      onNews: reportLinkNews({ metrics, throttled }),
    }),
  )
  const { warnings, tellAgain } = await openFiles(deps, { leases, throttled })
  deps.onEpochChange((project) => {
    tellAgain(project)
    links.askAgain()
  })
  const doubts = forgetOldEvents(deps, leases)
  return { links: links.health, warnings: () => [...doubts(), ...warnings()] }
}

function forgetOldEvents({ config, eventLog, log, onError, opened }: SourcesDeps, leases: Leases) {
  const check = openTimeCheck({ engineTime: () => eventLog.time(), say: (line) => log.warn(line) })
  const retention = opened.add(
    openRetention({ eventLog, policy: config.retention, auditDays: config.auth.auditDays, isSure: check.isSure, onError }),
  )
  leases.want({ key: ['lease', 'retention'], taken: retention.start, lost: retention.stop })
  return check.doubts
}

async function openFiles(
  { config, acceptFrom, stateOf, nameOf, metrics, onError, opened }: SourcesDeps,
  { leases, throttled }: { leases: Leases; throttled: ThrottledLog },
) {
  const projects = config.projects.flatMap(({ name, path }) => (path === undefined ? [] : [{ name: nameOf(name), path }]))
  const openNotices = async (project: string) => (await stateOf(project)).notices.values()
  const files = opened.add(
    await openStateFiles({
      projects: [],
      accept: acceptFrom('state_file'),
      openNotices,
      onError,
      onNews: reportStateFileNews({ metrics, throttled }),
    }),
  )
  const folders = opened.add(leaseFolders({ projects, files, leases }))
  return { warnings: folders.warnings, tellAgain: files.tellAgain }
}
