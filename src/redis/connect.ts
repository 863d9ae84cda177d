import { brokenConnection } from './reason.ts'
import { Cluster, Redis, type RedisOptions, SentinelConnector } from 'ioredis'
import type { RedisConfig } from '../config/config.ts'

/** Finds the master by its Sentinels, again and again, whatever they tell meanwhile. */
export class SteadySentinelConnector extends SentinelConnector {
  constructor(options: unknown) {
    if (!hasSentinels(options)) throw new Error('a connection by Sentinels was opened without any')
    super(options)
  }

  /**
   * Ends what listens to the Sentinels for the connection before. At their word of a failover it tears down what there is; while the
   * next connection is being made, that is the search for the master, and the library never begins another one.
   */
  override connect(...listeners: Parameters<SentinelConnector['connect']>): ReturnType<SentinelConnector['connect']> {
    super.disconnect()
    return super.connect(...listeners)
  }
}

type SentinelOptions = ConstructorParameters<typeof SentinelConnector>[0]

const hasSentinels = (options: unknown): options is SentinelOptions =>
  typeof options === 'object' && options !== null && 'sentinels' in options && 'name' in options

export type RedisConnection = Redis | Cluster

export type ConnectOptions = {
  redis: RedisConfig
  /** How the server's operator sees it in CLIENT LIST. */
  name: string
  /** Told once when the connection breaks or cannot be made, not again until it was ready. */
  onError?: (error: unknown) => void
}

const CONNECT_MS = 2_000
/** A server that owes an answer for so long is left: its machine may be gone without a word. */
const SILENT_MS = 2_500
const retryMs = (times: number) => Math.min(50 * times, 500)

/**
 * Connects, and again after every break, and follows a Sentinel's master. What is asked while there is no connection is rejected at once,
 * and so is what a break left unanswered: nothing is sent twice.
 */
export function connectRedis({ redis, name, onError }: ConnectOptions): RedisConnection {
  if (redis.kind === 'cluster') return connectCluster({ redis, name, ...(onError ? { onError } : {}) })
  const options = { ...EVERYWHERE, ...ALONE, connectionName: name }
  if (redis.kind === 'single') return told(new Redis(redis.url.reveal(), options), { name, onError })
  const { sentinels, masterName } = redis
  return told(new Redis({ ...options, ...fromAddress(redis.url.reveal()), ...SENTINEL, sentinels, name: masterName }), { name, onError })
}

export type ClusterOptions = ConnectOptions & { redis: RedisConfig & { kind: 'cluster' } }

/** Connects to every master of a Cluster, and follows it when its slots move. */
export function connectCluster({ redis, name, onError }: ClusterOptions): Cluster {
  const redisOptions = { ...EVERYWHERE, ...fromAddress(redis.urls[0]?.reveal()), connectionName: name }
  const nodes = redis.urls.map((url) => URL.parse(url.reveal())).map((url) => ({ host: hostOf(url), port: Number(url?.port || 6379) }))
  const cluster = new Cluster(nodes, {
    redisOptions,
    enableOfflineQueue: false,
    // The library asks a server at random whether all is well, and drops every connection where just this one is not made yet.
    enableReadyCheck: false,
    clusterRetryStrategy: retryMs,
    slotsRefreshInterval: 5_000,
    slotsRefreshTimeout: CONNECT_MS,
    // A break left it unanswered: it may have been done.
    retryDelayOnFailover: 0,
    // Names of a certificate are those that were configured; addresses that a Cluster tells are taken as they are.
    ...(redisOptions.tls ? { dnsLookup: (address, callback) => callback(null, address) } : {}),
  })
  // Connected before the first question, for what is asked while a connection is made is rejected.
  cluster.on('+node', (node: Redis) => {
    if (node.status === 'wait') node.connect().catch((error: unknown) => cluster.emit('node error', error))
  })
  return told(cluster, { name, onError })
}

/** Connects to one server of a Cluster, as `host:port` in its table of slots, and to no other. */
export function connectNode({ redis, name, onError }: ClusterOptions, node: string): Redis {
  const end = node.lastIndexOf(':')
  const place = { host: node.slice(0, end), port: Number(node.slice(end + 1)) }
  return told(new Redis({ ...EVERYWHERE, ...ALONE, ...fromAddress(redis.urls[0]?.reveal()), ...place, connectionName: name }), {
    name,
    onError,
  })
}

type Told = { name: string; onError: ConnectOptions['onError'] | undefined }

/** Errors of a connection always have a listener. */
function told<Connection extends RedisConnection>(connection: Connection, { name, onError }: Told): Connection {
  let isTold = false
  connection.on('ready', () => (isTold = false))
  connection.on('error', (error: unknown) => {
    const isElsewhere = refusesDatabase(error)
    // The library hangs the command on it, and with AUTH the password.
    if (error instanceof Error) Reflect.deleteProperty(error, 'command')
    if (!isTold) onError?.(brokenConnection(name, error))
    isTold = true
    // The library would go on in database 0, among the keys of others.
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
  // The library subscribes anew without anybody to hear of a failure, which would end the program.
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

/** User, password, database and TLS of an address whose host does not matter. */
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

/** How long opening waits for a server; without it what was opened rejects until the server is there. */
const OPEN_MS = 2_000
const OUTCOMES = ['ready', 'error', 'end']

/** Resolves once the connection (on a Cluster: that of each master) is ready, or has failed for the first time, or has taken too long. */
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
