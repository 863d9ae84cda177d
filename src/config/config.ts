import type { Project } from '../domain/registry/project-registry.ts'
import type { AuthConfig } from './auth.ts'
import type { RateLimits } from './rate-limits.ts'
import type { Secret } from './secret.ts'

export const APP_ENVS = ['development', 'production'] as const
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export const LOG_FORMATS = ['detailed', 'json'] as const
export const LOG_ROTATIONS = ['internal', 'external'] as const

export type OrchestratorConfig = {
  name: string
  url: string
  projects: string[] | undefined
  token: Secret | undefined
}

export type RedisConfig =
  | { kind: 'single'; url: Secret }
  /** Credentials, database and TLS are the URL's, not its host. */
  | { kind: 'sentinel'; url: Secret; sentinels: { host: string; port: number }[]; masterName: string }
  | { kind: 'cluster'; urls: Secret[] }

export type DatabaseConfig = { url: Secret; /** Connections a worker. */ poolSize: number }

export type Sampler = {
  name: 'always_on' | 'always_off' | 'traceidratio' | 'parentbased_always_on' | 'parentbased_always_off' | 'parentbased_traceidratio'
  ratio: number
}

export type OpenTelemetryConfig = {
  traces: { url: string; sampler: Sampler } | undefined
  metrics: { url: string; intervalMs: number } | undefined
  protocol: 'http/protobuf' | 'http/json'
  headers: { name: string; value: Secret }[]
  serviceName: string
  resourceAttributes: { name: string; value: string }[]
}

export type LogFilesConfig = {
  records: string | undefined
  /** Undefined: access lines go to the records. */
  access: string | undefined
  /** `external`: logrotate renames the files and sends SIGHUP. */
  rotation: (typeof LOG_ROTATIONS)[number]
}

export type ResourceLimits = {
  parallelProjects: number | undefined
  totalAgents: number | undefined
  memoryMb: number | undefined
  diskMb: number | undefined
  cpuCores: number | undefined
}

/** What requests must keep, whoever sends them. */
export type RequestsConfig = {
  /** The origin of links; undefined: what a request names. */
  publicUrl: string | undefined
  /** Addresses and ranges (CIDR) of proxies that are believed. */
  trustedProxies: string[]
  /** A request without an answer for so long is refused. */
  requestTimeoutMs: number
  isHttpsForced: boolean
  /** What scrapers of /metrics send. */
  metricsToken: Secret | undefined
  /** Where /metrics answers instead. */
  metricsPort: number | undefined
  /** Whether requests of sessions that change something need a token. */
  isCsrfChecked: boolean
  /** Undefined: rates are not limited. */
  rateLimits: RateLimits | undefined
  allowedOrigins: string[]
}

/** A role for those of whom a provider says this: the claim's value, or one of its list; `*` for any. */
export type ClaimGrant = { claim: string; value: string; role: string; projects: readonly string[] }

export type OidcConfig = {
  /** The origin of this service as people reach it. */
  publicUrl: string
  issuer: string
  clientId: string
  /** Undefined: a public client. */
  clientSecret: Secret | undefined
  /** Separated by spaces; `openid` is among them. */
  scopes: string
  isVerifiedEmailRequired: boolean
  groupsClaim: string
  claims: readonly ClaimGrant[]
}

/** A proxy that signs people in. Of `secret` and `from` at least one is there; what is there must hold. */
export type ProxyConfig = {
  secret: Secret | undefined
  secretHeader: string
  /** Addresses and ranges (CIDR). */
  from: readonly string[] | undefined
  userHeader: string
  nameHeader: string
  groupsHeader: string
  claims: readonly ClaimGrant[]
}

/** Tokens of programs that an issuer signs. */
export type JwtConfig = {
  issuer: string
  audiences: readonly string[]
  jwksUrl: string
  algorithms: readonly string[]
  groupsClaim: string
  /** Undefined: roles alone decide. */
  scopesClaim: string | undefined
  claims: readonly ClaimGrant[]
}

/** Who else says who somebody is; `oidc` and `proxy` with the mode of that name alone. */
export type ProvidersConfig = { oidc: OidcConfig | undefined; proxy: ProxyConfig | undefined; jwt: JwtConfig | undefined }

/** Every setting in force; deeply frozen. */
export type Config = RequestsConfig & {
  host: string
  port: number
  /** Absolute, like `configFile`. */
  dataDir: string
  configFile: string | undefined
  appEnv: (typeof APP_ENVS)[number]
  debug: boolean
  autoReload: boolean
  logLevel: (typeof LOG_LEVELS)[number]
  logFormat: (typeof LOG_FORMATS)[number]
  logFiles: LogFilesConfig
  workers: number
  workerMemoryMb: number
  /** For bus, key-value and, without a database, the log; undefined: embedded. */
  redis: RedisConfig | undefined
  /** For the log; undefined: Redis or embedded. */
  database: DatabaseConfig | undefined
  openTelemetry: OpenTelemetryConfig | undefined
  projects: Project[]
  /** Allows a changed file to drop most projects. */
  allowRemoval: boolean
  orchestrators: OrchestratorConfig[]
  staleMinutes: number
  /** 0 keeps everything. */
  retention: { days: number; events: number }
  isMetricsOn: boolean
  isHealthOn: boolean
  staticCacheSeconds: number
  isGzipOn: boolean
  /** For states of projects that nobody watches. */
  stateMemoryBytes: number
  maxViewers: number
  maxProjects: number
  auth: AuthConfig
  providers: ProvidersConfig
  /** No sign-in: whoever reaches the address may read and report. */
  isOpen: boolean
  /** Set by ALLOW_OPEN; shown on every page. */
  isOpenToOthers: boolean
  /** Lines that add to the built-in roles. */
  policy: string[]
  redaction: { isOn: boolean; patterns: string[] }
  limits: ResourceLimits
}
