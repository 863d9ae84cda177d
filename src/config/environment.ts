import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { AUTH_VARIABLES, SECRET_FILES } from './auth.ts'
import { APP_ENVS, LOG_FORMATS, LOG_LEVELS, LOG_ROTATIONS } from './config.ts'
import { ENGINE_VARIABLES } from './engines.ts'
import { describeIssue, type Findings } from './findings.ts'
import { flagBefore, type Flags } from './flags.ts'
import { OPEN_TELEMETRY_VARIABLES } from './open-telemetry.ts'
import { outsideProblem, type ReadVariables, type Variables } from './problem.ts'
import { REQUEST_VARIABLES } from './requests.ts'
import { PROVIDER_VARIABLES } from './schema-providers.ts'
import { HostName, Port, truth, whole } from './schema-values.ts'
import { LATER_VARIABLES } from './later-settings.ts'
import { editDistance, nearestWord } from '../domain/nearest-word.ts'

const lower = (text: string) => text.toLowerCase()
const FilePath = z
  .string()
  .max(4096)
  .regex(/^[^\0]*$/, 'must not hold a NUL character')

/** Every variable; an empty one counts as unset. */
export const Environment = z.object({
  HOST: HostName.optional().describe('The address to listen on. Default localhost.'),
  PORT: whole(Port, 'The port to listen on; 0 takes a free one. Default 5000.'),
  ORCH_CONFIG: FilePath.optional().describe('The configuration file. Default orch-config.yaml, if there is one.'),
  DATA_DIR: FilePath.optional().describe('Where events are stored. Default .data.'),
  APP_ENV: z
    .string()
    .transform(lower)
    .pipe(z.enum(APP_ENVS))
    .optional()
    .describe('development (default) or production. FLASK_ENV is read too.'),
  DEBUG: truth('Detailed logs and restarts on change. FLASK_DEBUG is read too. Off in production.'),
  LOG_LEVEL: z.string().transform(toLevel).pipe(z.enum(LOG_LEVELS)).optional().describe('Default info; debug with DEBUG.'),
  LOG_FORMAT: z.string().transform(lower).pipe(z.enum(LOG_FORMATS)).optional().describe('Default detailed; json in production.'),
  LOG_FILE: FilePath.optional().describe('A file for the log as JSON lines, besides standard output.'),
  ACCESS_LOG_FILE: FilePath.optional().describe('A file for a JSON line a request; without it these stand in the log.'),
  LOG_ROTATION: z
    .string()
    .transform(lower)
    .pipe(z.enum(LOG_ROTATIONS))
    .optional()
    .describe('internal (default): 10 MiB and 5 older files; external: logrotate renames them and sends SIGHUP.'),
  PROMETHEUS_METRICS: truth('Whether /metrics answers. Default true.'),
  HEALTH_CHECK_ENDPOINT: truth('Whether /health and /ready answer. Default true.'),
  STATIC_FILE_CACHE: whole(z.int().max(31_536_000), 'Seconds that browsers keep static files. Default 3600.'),
  GZIP_COMPRESSION: truth('Whether answers are compressed. Default true.'),
  MAX_VIEWERS: whole(z.int().min(1).max(1_000_000), 'Open websockets of a worker at once. Default 20000.'),
  MAX_PROJECTS: whole(z.int().min(1).max(1_000_000), 'Names of projects at most, archived ones included. Default 10000.'),
  STATE_MEMORY_MB: whole(
    z.int().min(1).max(1_000_000),
    'Memory of a worker for states of projects that nobody watches and nothing is due of. Default 256.',
  ),
  WORKERS: whole(z.int().min(1).max(256), 'Worker processes that share the port. Default 1.'),
  WORKER_MEMORY_MB: whole(z.int().min(16).max(1_000_000), 'A worker whose memory stays above this is replaced. Default 1024.'),
  ...ENGINE_VARIABLES,
  ...OPEN_TELEMETRY_VARIABLES,
  ...REQUEST_VARIABLES,
  ...AUTH_VARIABLES,
  ...PROVIDER_VARIABLES,
  ALLOW_OPEN: truth('Says that something in front protects the service, so that it may listen for other machines.'),
})

export type Given = z.infer<typeof Environment>
type Name = keyof Given

const ALIASES: Partial<Record<Name, string>> = { APP_ENV: 'FLASK_ENV', DEBUG: 'FLASK_DEBUG' }

const KNOWN_VARIABLES: readonly string[] = [...Environment.keyof().options, ...Object.values(ALIASES)]

export type Outside = ReadVariables<Given>

/** Reads flags and variables; reports and leaves out invalid ones. */
export function readOutside({ env, flags }: { env: Variables; flags: Flags }, findings: Findings): Outside {
  const raw: Partial<Record<Name, string>> = {}
  const keys: Partial<Record<Name, string>> = {}
  for (const name of Environment.keyof().options) {
    const source = [
      flagBefore(name, flags),
      { key: name, text: env[name] },
      { key: ALIASES[name], text: env[ALIASES[name] ?? ''] },
      fileNamed(name, env, findings),
    ].find((one) => one?.text !== undefined && one.text.trim() !== '')
    if (source?.key === undefined || source.text === undefined) continue
    raw[name] = source.text.trim()
    keys[name] = source.key
  }
  const problem = (name: Name, reason: string) => outsideProblem(keys[name] ?? name, reason)
  const result = Environment.safeParse(raw, { reportInput: true })
  if (result.success) return { given: result.data, problem }
  for (const issue of result.error.issues) {
    const name = Environment.keyof().safeParse(issue.path[0]).data
    if (name === undefined) continue
    findings.problems.push(problem(name, describeIssue(issue)))
    Reflect.deleteProperty(raw, name)
  }
  return { given: Environment.safeParse(raw).data ?? {}, problem }
}

/** What the file holds that `<NAME>_FILE` names, for settings that are secret. */
function fileNamed(name: Name, env: Variables, findings: Findings): { key: string; text: string } | undefined {
  const key = `${name}_FILE`
  const path = env[key]?.trim() ?? ''
  if (path === '' || !SECRET_NAMES.has(name)) return undefined
  if (env[name] !== undefined && env[name].trim() !== '') {
    findings.problems.push(outsideProblem(key, `names a file for ${name}, which is set as well: unset one of them`))
    return undefined
  }
  try {
    const text = readFileSync(path, 'utf8').trim()
    if (text !== '') return { key, text }
    findings.problems.push(outsideProblem(key, `the file ${path} is empty`))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    findings.problems.push(outsideProblem(key, `the file ${path} cannot be read (${code})`))
  }
  return undefined
}

/** Accepts the names of Python's log levels. */
function toLevel(text: string): string {
  const level = text.toLowerCase()
  return { warning: 'warn', critical: 'error', fatal: 'error', notset: 'debug' }[level] ?? level
}

const SECRET_NAMES: ReadonlySet<string> = new Set(SECRET_FILES)

const KNOWN = [
  ...KNOWN_VARIABLES,
  ...SECRET_FILES.map((name) => `${name}_FILE`),
  ...LATER_VARIABLES,
  'VISUALIZER_URL',
  'VISUALIZER_TOKEN',
  'NO_COLOR',
]

/** Prefixes that few other programs use. */
const FAMILIES = /^(VISUALIZER|ORCH|REDIS|DATABASE|LOG|ACCESS_LOG|WORKERS?|MAX_VIEWERS|MAX_PROJECTS|HEALTH_CHECK|STATIC_FILE|GZIP)_/i

/** Set by Kubernetes and Docker for services called redis or database. */
const INJECTED = /_(SERVICE_|PORT(_|$))/i
const FOREIGN = /^npm_/i

/** Reports variables with one of our prefixes, or a typo away from a known one; their values are not repeated. */
export function findUnknownVariables(env: Variables, findings: Findings): void {
  for (const [name, text] of Object.entries(env)) {
    if (text === undefined || text.trim() === '' || KNOWN.includes(name) || FOREIGN.test(name) || INJECTED.test(name)) continue
    const slip = slipOf(name)
    if (slip === undefined && !FAMILIES.test(name)) continue
    const meant = slip ?? nearestWord(name, KNOWN)
    const advice = meant === undefined ? 'it is not used' : `did you mean ${meant}?`
    findings.warnings.push(outsideProblem(name, `is not a known variable; ${advice}`))
  }
}

const bare = (name: string) => name.toLowerCase().replace(/[_-]/g, '')
const BARE_KNOWN = KNOWN.map((known) => [known, bare(known)] as const)

/** The known name that differs in case, dashes, or a letter or two. */
function slipOf(name: string): string | undefined {
  const written = bare(name)
  const mayDiffer = name.length >= 8 ? 2 : name.length >= 5 ? 1 : 0
  return BARE_KNOWN.find(
    ([, known]) => Math.abs(known.length - written.length) <= mayDiffer && editDistance(written, known) <= mayDiffer,
  )?.[0]
}
