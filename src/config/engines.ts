import { z } from 'zod'
import type { DatabaseConfig, RedisConfig } from './config.ts'
import type { Findings } from './findings.ts'
import type { ReadVariables } from './problem.ts'
import { truth, whole } from './schema-values.ts'
import { secret } from './secret.ts'

const DEFAULT_MASTER = 'mymaster'
const DEFAULT_POOL = 5

const parsed = (schemes: string[], example: string) =>
  z.string().transform((text, context) => {
    const url = URL.parse(text)
    if (url !== null && schemes.includes(url.protocol) && url.hostname !== '') return url
    // The value is not repeated: it may hold a password.
    context.addIssue({ code: 'custom', message: `must be an address such as ${example}` })
    return z.NEVER
  })

const REDIS_EXAMPLE = 'redis://user:password@host:6379/0, or rediss:// for TLS'

const RedisUrls = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(
    z
      .array(parsed(['redis:', 'rediss:'], REDIS_EXAMPLE))
      .min(1)
      .max(100),
  )

const DatabaseUrl = parsed(['postgres:', 'postgresql:'], 'postgresql://user:password@host:5432/visualizer')

const Sentinel = z.string().transform((text, context) => {
  const url = URL.parse(`tcp://${text}`)
  if (url !== null && url.hostname !== '' && /^\/?$/.test(url.pathname) && url.username === '') {
    return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port === '' ? 26_379 : url.port) }
  }
  context.addIssue({ code: 'custom', message: 'must be host:port, or several separated by commas' })
  return z.NEVER
})

const Sentinels = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(Sentinel).min(1).max(100))

export const ENGINE_VARIABLES = {
  REDIS_URL: RedisUrls.optional().describe(
    'Redis for several machines: redis://host:6379/0, rediss:// for TLS; of a Cluster, several nodes.',
  ),
  REDIS_SENTINELS: Sentinels.optional().describe('host:port of the Sentinels that know the master, separated by commas.'),
  REDIS_MASTER_NAME: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'must be a name of letters, digits, dots, dashes and underscores')
    .optional()
    .describe('What the Sentinels call the master. Default mymaster.'),
  REDIS_CLUSTER: truth('Whether REDIS_URL names nodes of a Redis Cluster. Default false.'),
  DATABASE_URL: DatabaseUrl.optional().describe('PostgreSQL for the event log: postgresql://user:password@host:5432/visualizer.'),
  DATABASE_POOL: whole(z.int().min(1).max(100), 'Connections of a worker to PostgreSQL. Default 5.'),
}

type EngineVariables = ReadVariables<z.infer<z.ZodObject<typeof ENGINE_VARIABLES>>>

/** The configured engines, undefined where embedded; reports contradictions. */
export function readEngines(
  outside: EngineVariables,
  findings: Findings,
): { redis: RedisConfig | undefined; database: DatabaseConfig | undefined } {
  return { redis: readRedis(outside, findings), database: readDatabase(outside.given) }
}

function readRedis({ given, problem }: EngineVariables, findings: Findings): RedisConfig | undefined {
  const { REDIS_URL: url, REDIS_SENTINELS: sentinels, REDIS_MASTER_NAME: masterName, REDIS_CLUSTER: isCluster = false } = given
  if (isCluster && sentinels !== undefined) {
    findings.problems.push(
      problem('REDIS_CLUSTER', 'cannot be used with REDIS_SENTINELS: a Cluster fails over by itself; unset one of them'),
    )
  }
  if (isCluster && url === undefined) {
    findings.problems.push(problem('REDIS_CLUSTER', 'needs REDIS_URL with one or more nodes, such as redis://a:6379,redis://b:6379'))
  }
  if (masterName !== undefined && sentinels === undefined) {
    findings.warnings.push(problem('REDIS_MASTER_NAME', 'is not used without REDIS_SENTINELS'))
  }
  if (url !== undefined && url.length > 1 && !isCluster) {
    findings.problems.push(problem('REDIS_URL', 'names several servers; that needs REDIS_CLUSTER=true'))
  }
  if (isCluster && url?.some(({ pathname }) => !/^\/?0?$/.test(pathname))) {
    findings.problems.push(problem('REDIS_URL', 'names a database other than 0, and a Cluster has no other'))
  }
  if (url === undefined && sentinels === undefined) return undefined
  const urls = (url ?? [new URL('redis://localhost')]).map(({ href }) => secret(href))
  if (isCluster) return { kind: 'cluster', urls }
  const [first = secret('redis://localhost')] = urls
  return sentinels ? { kind: 'sentinel', url: first, sentinels, masterName: masterName ?? DEFAULT_MASTER } : { kind: 'single', url: first }
}

function readDatabase({ DATABASE_URL: url, DATABASE_POOL: poolSize = DEFAULT_POOL }: EngineVariables['given']): DatabaseConfig | undefined {
  return url === undefined ? undefined : { url: secret(url.href), poolSize }
}
