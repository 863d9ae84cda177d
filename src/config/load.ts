import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { type AuthMode, readAuth } from './auth.ts'
import type { Config, ResourceLimits } from './config.ts'
import { readEngines } from './engines.ts'
import { findUnknownVariables, type Given, type Outside, readOutside } from './environment.ts'
import type { Flags } from './flags.ts'
import { type FileSettings, NO_FILE, readFileSettings } from './file-settings.ts'
import { type Findings, sortFindings, noFindings } from './findings.ts'
import { findLaterVariables } from './later-settings.ts'
import { readLogFiles } from './writable-files.ts'
import { readOpenTelemetry } from './open-telemetry.ts'
import { readProviders } from './providers.ts'
import { readRequests } from './requests.ts'
import { ConfigError, type Problem, type Variables } from './problem.ts'
import { type ConfigFile, readConfigFile } from './read-file.ts'

type LoadedConfig = { config: Config; warnings: readonly Problem[] }
type LoadOptions = { env?: Variables; flags?: Flags; cwd?: string }

const DEFAULT_FILE = 'orch-config.yaml'

/** The frozen configuration from flags, variables, file and defaults, in this order. Throws a `ConfigError` with all problems. */
export function loadConfig({ env = process.env, flags = {}, cwd = process.cwd() }: LoadOptions = {}): LoadedConfig {
  const findings = noFindings()
  const outside = readOutside({ env, flags }, findings)
  findLaterVariables(env, findings)
  findUnknownVariables(env, findings)
  const file = openFile(outside, cwd, findings)
  const settings = file === undefined ? NO_FILE : readFileSettings(file, findings)
  const config = assemble({ outside, file, settings, cwd }, findings)
  const { problems, warnings } = sortFindings(findings)
  if (problems.length > 0) throw new ConfigError(problems, warnings)
  return { config: freeze(config), warnings }
}

function openFile({ given, problem }: Outside, cwd: string, findings: Findings): ConfigFile | undefined {
  const named = given.ORCH_CONFIG
  const path = resolve(cwd, named ?? DEFAULT_FILE)
  if (!isThere(path)) {
    if (named !== undefined) findings.problems.push(problem('ORCH_CONFIG', `${path} does not exist`))
    return undefined
  }
  const { file, problems } = readConfigFile({ path, shownAs: named ?? DEFAULT_FILE })
  findings.problems.push(...problems)
  return file
}

/** A broken link exists, too: reading it tells what is wrong. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}

type Parts = { outside: Outside; file: ConfigFile | undefined; settings: FileSettings; cwd: string }

function assemble({ outside, file, settings, cwd }: Parts, findings: Findings): Config {
  const { given } = outside
  const { global, web, security } = settings
  const isProduction = given.APP_ENV === 'production'
  const isDebugAsked = given.DEBUG ?? web.debug ?? false
  const debug = isDebugAsked && !isProduction
  if (isDebugAsked && isProduction) findings.warnings.push(debugProblem(outside, file))
  return {
    ...readDoor({ outside, file, settings, cwd }, findings),
    port: given.PORT ?? web.port ?? 5000,
    dataDir: resolve(cwd, given.DATA_DIR ?? '.data'),
    configFile: file?.path,
    appEnv: given.APP_ENV ?? 'development',
    debug,
    autoReload: (web.auto_reload ?? debug) && !isProduction,
    logLevel: given.LOG_LEVEL ?? (debug ? 'debug' : 'info'),
    logFormat: given.LOG_FORMAT ?? (isProduction ? 'json' : 'detailed'),
    logFiles: readLogFiles(outside, { cwd, findings }),
    workers: given.WORKERS ?? web.workers ?? 1,
    workerMemoryMb: given.WORKER_MEMORY_MB ?? 1_024,
    ...readEngines(outside, findings),
    openTelemetry: readOpenTelemetry(outside, findings),
    projects: settings.projects,
    allowRemoval: settings.allowRemoval,
    orchestrators: settings.orchestrators,
    staleMinutes: global.stale_minutes ?? 10,
    retention: { days: global.retention_days ?? 30, events: global.retention_events ?? 2_000_000 },
    ...switches(given),
    ...readRequests(outside, settings),
    policy: security.policy ?? [],
    redaction: { isOn: security.redact_secrets ?? true, patterns: security.secret_patterns ?? [] },
    limits: limitsOf(global),
  }
}

function switches(given: Given) {
  return {
    isMetricsOn: given.PROMETHEUS_METRICS ?? true,
    isHealthOn: given.HEALTH_CHECK_ENDPOINT ?? true,
    staticCacheSeconds: given.STATIC_FILE_CACHE ?? 3600,
    isGzipOn: given.GZIP_COMPRESSION ?? true,
    maxViewers: given.MAX_VIEWERS ?? 20_000,
    maxProjects: given.MAX_PROJECTS ?? 10_000,
    stateMemoryBytes: (given.STATE_MEMORY_MB ?? 256) * 1024 * 1024,
  }
}

/** Where the service listens, and who is let in there. */
function readDoor(parts: Parts, findings: Findings) {
  const { outside, settings } = parts
  const { given } = outside
  const host = (given.HOST ?? settings.web.host ?? 'localhost').replace(/^\[(.*)\]$/, '$1')
  const isAllowedOpen = given.ALLOW_OPEN === true
  const isDevelopment = given.APP_ENV !== 'production'
  const around = { isLoopback: isLoopback(host), isAllowedOpen, isDevelopment, fileMode: settings.security.auth }
  const auth = readAuth(outside, around, findings)
  checkOpen(parts, { host, mode: auth.mode }, findings)
  const isOpen = auth.mode === 'open'
  const publicUrl = readRequests(outside, settings).publicUrl ?? localUrl(host, given.PORT ?? settings.web.port ?? 5000)
  const providers = readProviders(
    outside,
    { file: parts.file, security: settings.security, mode: auth.mode, cwd: parts.cwd, publicUrl },
    findings,
  )
  return { host, auth, providers, isOpen, isOpenToOthers: isOpen && (!isLoopback(host) || isAllowedOpen) }
}

/** Where browsers of this machine reach the service; undefined where it listens for others, or on a port that is not known yet. */
const localUrl = (host: string, port: number) =>
  isLoopback(host) && port !== 0 ? `http://${host.includes(':') ? `[${host}]` : host}:${port}` : undefined

/** Without sign-in, other machines may reach the service only if that is wanted. */
function checkOpen({ outside, file }: Parts, { host, mode }: { host: string; mode: AuthMode }, findings: Findings): void {
  const { given, problem } = outside
  const place = (reason: string) =>
    given.HOST === undefined && file !== undefined ? file.problem(['web_interface', 'host'], reason) : problem('HOST', reason)
  if (given.ALLOW_OPEN === true && mode !== 'open') {
    findings.problems.push(problem('ALLOW_OPEN', `contradicts AUTH=${mode}, which lets nobody in without signing in: unset one of them`))
  } else if (mode !== 'open' || isLoopback(host)) return
  else if (given.ALLOW_OPEN === true) {
    findings.warnings.push(place(`${host} is open to other machines without sign-in; ALLOW_OPEN says that something in front protects it`))
  } else {
    const way = 'use localhost, another AUTH, or ALLOW_OPEN=true if something in front protects it'
    findings.problems.push(place(`${host} would let every machine that reaches it read and report without sign-in: ${way}`))
  }
}

const isLoopback = (host: string) => /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host)

function debugProblem({ given, problem }: Outside, file: ConfigFile | undefined): Problem {
  const reason = 'is not used: there is no debugging in production'
  return given.DEBUG === undefined && file !== undefined ? file.problem(['web_interface', 'debug'], reason) : problem('DEBUG', reason)
}

function limitsOf(global: FileSettings['global']): ResourceLimits {
  const largest = (...amounts: (number | undefined)[]) => {
    const given = amounts.filter((amount) => amount !== undefined)
    return given.length > 0 ? Math.max(...given) : undefined
  }
  const inMb = (gb: number | undefined) => (gb === undefined ? undefined : Math.round(gb * 1024))
  return {
    parallelProjects: largest(global.max_parallel_projects, global.max_concurrent_projects),
    totalAgents: global.max_total_agents,
    memoryMb: largest(global.resource_limits?.max_memory_mb, inMb(global.global_memory_limit_gb)),
    diskMb: largest(global.resource_limits?.max_disk_mb, inMb(global.global_disk_limit_gb)),
    cpuCores: global.global_cpu_cores,
  }
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) freeze(part)
  }
  return value
}
