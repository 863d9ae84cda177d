import { brokenConnection } from './reason.ts'
import { Cluster, Redis, type RedisOptions, SentinelConnector } from 'ioredis'
import type { RedisConfig } from '../config/config.ts'

class SteadySentinelConnector extends SentinelConnector {
  constructor(options: unknown) {
    if (!hasSentinels(options)) throw new Error('a connection by Sentinels was opened without any')
    super(options)
  }

  /** Stops listening for the previous connection's failover, which would disconnect the search under way for good. */
  override connect(...listeners: Parameters<SentinelConnector['connect']>): ReturnType<SentinelConnector['connect']> {
    super.disconnect()
    return super.connect(...listeners)
  }
}

type SentinelOptions = ConstructorParameters<typeof SentinelConnector>[0]

const hasSentinels = (options: unknown): options is SentinelOptions =>
  typeof options === 'object' && options !== null && 'sentinels' in options && 'name' in options

export type RedisConnection = Redis | Cluster

type ConnectOptions = {
  redis: RedisConfig
  name: string
  onError?: (error: unknown) => void
}

const CONNECT_MS = 2_000
/** A connection without an answer for so long is dropped. */
const SILENT_MS = 2_500
const retryMs = (times: number) => Math.min(50 * times, 500)

/** Connects, and reconnects after every break. Commands that a break left unanswered are rejected: nothing is sent twice. */
export function connectRedis({ redis, name, onError }: ConnectOptions): RedisConnection {
  if (redis.kind === 'cluster') return connectCluster({ redis, name, ...(onError ? { onError } : {}) })
  const options = { ...EVERYWHERE, ...ALONE, connectionName: name }
  if (redis.kind === 'single') return withErrorListener(new Redis(redis.url.reveal(), options), { name, onError })
  const { sentinels, masterName } = redis
  return withErrorListener(new Redis({ ...options, ...fromAddress(redis.url.reveal()), ...SENTINEL, sentinels, name: masterName }), {
    name,
    onError,
  })
}

type ClusterOptions = ConnectOptions & { redis: RedisConfig & { kind: 'cluster' } }

/** Connects to every master of a Cluster, and follows moved slots. */
export function connectCluster({ redis, name, onError }: ClusterOptions): Cluster {
  const redisOptions = { ...EVERYWHERE, ...fromAddress(redis.urls[0]?.reveal()), connectionName: name }
  const nodes = redis.urls.map((url) => URL.parse(url.reveal())).map((url) => ({ host: hostOf(url), port: Number(url?.port || 6379) }))
  const cluster = new Cluster(nodes, {
    redisOptions,
    enableOfflineQueue: false,
    // The check asks one random server, and would drop all connections if that one is not ready.
    enableReadyCheck: false,
    clusterRetryStrategy: retryMs,
    slotsRefreshInterval: 5_000,
    slotsRefreshTimeout: CONNECT_MS,
    // Not sent again: it may have taken effect.
    retryDelayOnFailover: 0,
    // Certificates name configured hosts; a Cluster's own addresses are taken as they are.
    ...(redisOptions.tls ? { dnsLookup: (address, callback) => callback(null, address) } : {}),
  })
  // Commands are rejected until a connection is made.
  cluster.on('+node', (node: Redis) => {
    if (node.status === 'wait') node.connect().catch((error: unknown) => cluster.emit('node error', error))
  })
  return withErrorListener(cluster, { name, onError })
}

/** Connects to one server of a Cluster (`host:port` of its slot table). */
export function connectNode({ redis, name, onError }: ClusterOptions, node: string): Redis {
  const end = node.lastIndexOf(':')
  const place = { host: node.slice(0, end), port: Number(node.slice(end + 1)) }
  return withErrorListener(
    new Redis({ ...EVERYWHERE, ...ALONE, ...fromAddress(redis.urls[0]?.reveal()), ...place, connectionName: name }),
    {
      name,
      onError,
    },
  )
}

type NamedConnection = { name: string; onError: ConnectOptions['onError'] | undefined }

function withErrorListener<Connection extends RedisConnection>(connection: Connection, { name, onError }: NamedConnection): Connection {
  let isTold = false
  connection.on('ready', () => (isTold = false))
  connection.on('error', (error: unknown) => {
    const isElsewhere = refusesDatabase(error)
    // The library attaches the command, with AUTH even the password.
    if (error instanceof Error) Reflect.deleteProperty(error, 'command')
    if (!isTold) onError?.(brokenConnection(name, error))
    isTold = true
    // The library would go on in database 0.
    if (isElsewhere) connection.disconnect(true)
  })
  return connection
}

function refusesDatabase(error: unknown): boolean {
  const command = error instanceof Error && 'command' in error ? error.command : undefined
  return typeof command === 'object' && command !== null && 'name' in command && command.name === 'select'
}

const EVERYWHERE = {
  connectTimeout: CONNECT_MS,
  socketTimeout: SILENT_MS,
  keepAlive: 10_000,
  autoResendUnfulfilledCommands: false,
  // The library resubscribes without handling failures, which would end the program.
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  protocol: 2,
} as const

const ALONE = { enableOfflineQueue: false, retryStrategy: retryMs } as const

const SENTINEL = {
  sentinelRetryStrategy: retryMs,
  sentinelCommandTimeout: 1_000,
  failoverDetector: true,
  Connector: SteadySentinelConnector,
} as const

function fromAddress(address = ''): Pick<RedisOptions, 'username' | 'password' | 'db'> & { tls?: { servername?: string } } {
  const url = URL.parse(address)
  if (url === null) return {}
  const db = Number(url.pathname.slice(1))
  return {
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(db > 0 ? { db } : {}),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
  }
}

const hostOf = (url: URL | null) => (url?.hostname ?? 'localhost').replace(/^\[(.*)\]$/, '$1')

const OPEN_MS = 2_000
const OUTCOMES = ['ready', 'error', 'end']

/** Resolves once the connection (on a Cluster every master's) is ready, has failed, or took too long. */
export async function awaitReady(connection: RedisConnection): Promise<void> {
  await oneReady(connection)
  if (connection instanceof Cluster) await Promise.all(connection.nodes('master').map(oneReady))
}

async function oneReady(connection: Redis | Cluster): Promise<void> {
  if (connection.status === 'ready') return
  const { promise, resolve } = Promise.withResolvers<void>()
  const done = () => resolve()
  for (const outcome of OUTCOMES) connection.once(outcome, done)
  const timer = setTimeout(done, OPEN_MS)
  await promise
  clearTimeout(timer)
  for (const outcome of OUTCOMES) connection.off(outcome, done)
}
