import type { Server } from 'bun'
import type { ReloadReport } from '../config/problem.ts'
import type { NewEvent } from '../domain/events/event.ts'
import type { Accepted } from '../ingest/accept/accept-events.ts'
import type { ProjectChanges } from '../ingest/accept/change-project.ts'
import type { WholeStates } from '../ingest/accept/whole-states.ts'
import type { Hub, Watching } from '../live/hub.ts'
import type { Audiences } from '../pages/audiences.ts'
import type { PageDeps, PageSettings } from '../pages/page.ts'
import type { AccessLog } from '../telemetry/access-log.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import type { ResourceUsage } from '../telemetry/resource-usage.ts'
import type { Auth } from '../auth/auth.ts'
import type { RateLimits } from '../config/rate-limits.ts'
import type { RateCounters } from '../key-value/rate-counters.ts'
import type { Secret } from '../config/secret.ts'
import type { AuthConfig } from '../config/auth.ts'
import type { SharedFiles } from './shared-files.ts'
import type { StaticFiles } from './static-files.ts'

export type WebDeps = PageDeps & {
  accept(project: string, events: readonly NewEvent[]): Promise<Accepted>
  /** Rejects with RefusedError when the key came with another body before. */
  bindKey(project: string, key: string, body: string): Promise<void>
  changes: ProjectChanges
  wholeStates(project: string): WholeStates
  hub: Hub
  auth: Auth
  rates: Pick<RateCounters, 'take'>
  /** What each viewer sees of all projects; the rest of this is for those who may see everything. */
  audiences: Audiences
  warnings(): Promise<string[]>
  files: StaticFiles
  sharedFiles: Pick<SharedFiles, 'find'>
  log: Logger
  access: AccessLog | undefined
  metrics: Metrics
  tracing: Tracing
  usage(): ResourceUsage
  version: string
  worker: string | undefined
  features: Features
  whyRefused(): Promise<string | undefined>
  isRedisUp(): boolean
  isDraining(): boolean
  renderMetrics(): Promise<string>
  reload(): ReloadReport | undefined
  settings: WebSettings
}

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
  metricsToken: Secret | undefined
  metricsPort: number | undefined
  isHealthOn: boolean
  isGzipOn: boolean
  staticCacheSeconds: number
  /** Open to everybody who reaches the address; without `isOpenToOthers` only this machine does. */
  isOpen: boolean
  publicUrl: string | undefined
  trustedProxies: readonly string[]
  requestTimeoutMs: number
  isHttpsForced: boolean
  isCsrfChecked: boolean
  rateLimits: RateLimits | undefined
  auth: AuthConfig
  allowedOrigins: readonly string[]
  workers: number
  limits: Record<'parallelProjects' | 'totalAgents' | 'memoryMb' | 'diskMb' | 'cpuCores', number | undefined>
}

/** Who asks, as far as the network tells, and by which address the service was reached. */
export type Client = {
  /** The IP address of whoever sent the request to the first proxy that is trusted; IPv4 addresses in their own form. */
  address: string
  isHttps: boolean
  /** The origin that the request itself names. */
  named: string
  /** For links: the configured public URL, else what the request names. */
  origin: string
}

type Deed = { on: string; details?: Record<string, string> }

export type Env = {
  Bindings: { server: Server<Watching>; arrived: Request }
  Variables: {
    client: Client
    /** For the audit log: what a change is on. */ deed?: Deed
    requestId: string
    viewer: Viewer
    csrf?: () => string
    isMomentHonoured?: boolean
  }
}
