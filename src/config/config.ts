import type { Project } from '../domain/registry/project-registry.ts'
import type { Secret } from './secret.ts'

export const APP_ENVS = ['development', 'production'] as const
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export const LOG_FORMATS = ['detailed', 'json'] as const
export const LOG_ROTATIONS = ['internal', 'external'] as const

/** A program that drives projects and reports on them; we connect to it. */
export type OrchestratorConfig = {
  name: string
  /** ws:// or wss://, without credentials. */
  url: string
  /** The projects it may report on; undefined: every valid name that it reports. */
  projects: string[] | undefined
  token: Secret | undefined
}

/** Addresses may hold passwords, hence secrets. */
export type RedisConfig =
  | { kind: 'single'; url: Secret }
  /** User, password, database and TLS come from the URL, its host does not matter. */
  | { kind: 'sentinel'; url: Secret; sentinels: { host: string; port: number }[]; masterName: string }
  | { kind: 'cluster'; urls: Secret[] }

export type DatabaseConfig = { url: Secret; /** Connections a worker. */ poolSize: number }

export type Sampler = {
  name: 'always_on' | 'always_off' | 'traceidratio' | 'parentbased_always_on' | 'parentbased_always_off' | 'parentbased_traceidratio'
  /** The share that a ratio keeps, 0 to 1. */
  ratio: number
}

/** Where traces and metrics go over OTLP. */
export type OpenTelemetryConfig = {
  traces: { url: string; sampler: Sampler } | undefined
  metrics: { url: string; intervalMs: number } | undefined
  protocol: 'http/protobuf' | 'http/json'
  headers: { name: string; value: Secret }[]
  serviceName: string
  resourceAttributes: { name: string; value: string }[]
}

/** Absolute paths. */
export type LogFilesConfig = {
  /** Records, besides standard output. */
  records: string | undefined
  /** A line for each request; undefined: among the records. */
  access: string | undefined
  /** `external`: something like logrotate renames the files and sends SIGHUP. */
  rotation: (typeof LOG_ROTATIONS)[number]
}

/** What the deployment says it has. The service runs no projects: these are shown and compared, never enforced. */
export type ResourceLimits = {
  parallelProjects: number | undefined
  totalAgents: number | undefined
  memoryMb: number | undefined
  diskMb: number | undefined
  cpuCores: number | undefined
}

/** Every setting in force, from flags, environment, file and defaults. Frozen to the bottom. */
export type Config = {
  host: string
  /** 0 asks the system for a free one. */
  port: number
  /** Absolute. */
  dataDir: string
  /** Absolute; undefined when the service starts without one. */
  configFile: string | undefined
  appEnv: (typeof APP_ENVS)[number]
  debug: boolean
  /** Restart when the program or the configuration file changes. Never in production. */
  autoReload: boolean
  logLevel: (typeof LOG_LEVELS)[number]
  /** Of standard output; files hold JSON. */
  logFormat: (typeof LOG_FORMATS)[number]
  logFiles: LogFilesConfig
  /** Processes that share the port. */
  workers: number
  /** A worker whose resident memory stays above this is replaced. */
  workerMemoryMb: number
  /** The bus, small shared things, and the log unless a database is set; undefined: embedded. */
  redis: RedisConfig | undefined
  /** The log; undefined: Redis where that is set, else embedded. */
  database: DatabaseConfig | undefined
  /** Undefined: no OpenTelemetry at all. */
  openTelemetry: OpenTelemetryConfig | undefined
  projects: Project[]
  /** Whether the file may leave out all projects, or most of many, that it listed before. */
  allowRemoval: boolean
  orchestrators: OrchestratorConfig[]
  /** Silence for longer than this, while working, is shown as stale. */
  staleMinutes: number
  /** What is kept of each project's events; 0 is everything. */
  retention: { days: number; events: number }
  isMetricsOn: boolean
  isHealthOn: boolean
  /** How long browsers keep static files whose name carries no content hash. */
  staticCacheSeconds: number
  isGzipOn: boolean
  /** What the states of projects that nobody watches may take of a worker's memory. */
  stateMemoryBytes: number
  /** Open websockets of a worker at once; the next is asked to try later. */
  maxViewers: number
  /** Names of projects at most; whoever reports a further one is refused. */
  maxProjects: number
  /** Whoever reaches the address may read and report: this version has no sign-in. */
  isOpen: boolean
  /** Open, and answering to any host name, because ALLOW_OPEN=true says that something in front protects it: shown on every page. */
  isOpenToOthers: boolean
  /** Origins of other sites whose pages may call the API. */
  allowedOrigins: string[]
  /** Whether secrets are replaced before an event is stored, and what else counts as one. */
  redaction: { isOn: boolean; patterns: string[] }
  limits: ResourceLimits
}
