import type { Server } from 'bun'
import type { ReloadReport } from '../config/problem.ts'
import type { NewEvent } from '../domain/events/event.ts'
import type { Accepted } from '../ingest/accept/accept-events.ts'
import type { ProjectChanges } from '../ingest/accept/change-project.ts'
import type { WholeStates } from '../ingest/accept/whole-states.ts'
import type { Hub, Watching } from '../live/hub.ts'
import type { PageDeps, PageSettings } from '../pages/page.ts'
import type { AccessLog } from '../telemetry/access-log.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import type { ResourceUsage } from '../telemetry/resource-usage.ts'
import type { SharedFiles } from './shared-files.ts'
import type { StaticFiles } from './static-files.ts'

/** What the routes stand on. */
export type WebDeps = PageDeps & {
  /** Stores and announces what was reported by request. */
  accept(project: string, events: readonly NewEvent[]): Promise<Accepted>
  /** Binds an Idempotency-Key to the body that it came with; rejects with RefusedError where that was another. */
  bindKey(project: string, key: string, body: string): Promise<void>
  /** Registers, changes, archives and purges projects. */
  changes: ProjectChanges
  /** Turns the whole states of one report into events of its project. */
  wholeStates(project: string): WholeStates
  hub: Hub
  /** What a person should know although the service is ready, one sentence each. */
  warnings(): Promise<string[]>
  files: StaticFiles
  /** Those of other builds. */
  sharedFiles: Pick<SharedFiles, 'find'>
  log: Logger
  /** Undefined: requests are told in the log. */
  access: AccessLog | undefined
  metrics: Metrics
  tracing: Tracing
  usage(): ResourceUsage
  version: string
  /** What this worker is called among those that share the port; undefined where it is alone. */
  worker: string | undefined
  features: Features
  /** Why reports are refused now; undefined while they are stored. */
  whyRefused(): Promise<string | undefined>
  /** Whether Redis answers; true where none is configured. */
  isRedisUp(): boolean
  /** True once the service was told to end. */
  isDraining(): boolean
  /** The figures of all workers, for a scraper. */
  renderMetrics(): Promise<string>
  /** What became of the last wish to read the configuration anew; undefined while there was none. */
  reload(): ReloadReport | undefined
  settings: WebSettings
}

/** What this deployment is made of, as /api/v1/status shows it. */
export type Features = {
  log: 'sqlite' | 'redis' | 'postgresql'
  bus: 'in-process' | 'ipc' | 'redis'
  orchestrators: number
  metrics: boolean
  health: boolean
  gzip: boolean
  redaction: boolean
  open_to_others: boolean
}

export type WebSettings = PageSettings & {
  isMetricsOn: boolean
  isHealthOn: boolean
  isGzipOn: boolean
  staticCacheSeconds: number
  /** Open to whoever reaches the address; without `isOpenToOthers` that is this machine alone. */
  isOpen: boolean
  allowedOrigins: readonly string[]
  workers: number
  /** What the deployment says it has; undefined where it says nothing. */
  limits: Record<'parallelProjects' | 'totalAgents' | 'memoryMb' | 'diskMb' | 'cpuCores', number | undefined>
}

export type Env = {
  /** `arrived` is the request as the server knows it: its connection can be asked for by no other. */
  Bindings: { server: Server<Watching>; arrived: Request }
  /** `isMomentHonoured`: the answer is as of `?at=`, where the address has it. */
  Variables: { requestId: string; isMomentHonoured?: boolean }
}
