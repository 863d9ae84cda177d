import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { RedisConfig } from '../config/config.ts'

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
const SILENT_MS = 5_000
const retryMs = (times: number) => Math.min(50 * times, 500)

/**
 * Connects, and again after every break, and follows a Sentinel's master. What is asked while there is no connection is rejected at once,
 * and so is what a break left unanswered: nothing is sent twice.
 */
export function connectRedis({ redis, name, onError }: ConnectOptions): RedisConnection {
  const connection = open(redis, name)
  let isTold = false
  connection.on('ready', () => (isTold = false))
  connection.on('error', (error: unknown) => {
    if (!isTold) onError?.(error)
    isTold = true
  })
  return connection
}

function open(redis: RedisConfig, connectionName: string): RedisConnection {
  const options = { ...EVERYWHERE, connectionName }
  if (redis.kind === 'single') return new Redis(redis.url.reveal(), { ...options, ...ALONE })
  const shared = { ...options, ...fromAddress(redis.kind === 'sentinel' ? redis.url.reveal() : redis.urls[0]?.reveal()) }
  if (redis.kind === 'sentinel') {
    const { sentinels, masterName } = redis
    return new Redis({ ...shared, ...ALONE, ...SENTINEL, sentinels, name: masterName })
  }
  const nodes = redis.urls.map((url) => URL.parse(url.reveal())).map((url) => ({ host: hostOf(url), port: Number(url?.port || 6379) }))
  return new Cluster(nodes, {
    redisOptions: shared,
    enableOfflineQueue: false,
    clusterRetryStrategy: retryMs,
    slotsRefreshInterval: 5_000,
    slotsRefreshTimeout: CONNECT_MS,
    // Names of a certificate are those that were configured; addresses that a Cluster tells are taken as they are.
    ...(shared.tls ? { dnsLookup: (address, callback) => callback(null, address) } : {}),
  })
}

const EVERYWHERE = {
  connectTimeout: CONNECT_MS,
  socketTimeout: SILENT_MS,
  keepAlive: 10_000,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  protocol: 2,
} as const

const ALONE = { enableOfflineQueue: false, retryStrategy: retryMs } as const

const SENTINEL = {
  sentinelRetryStrategy: retryMs,
  sentinelCommandTimeout: 1_000,
  failoverDetector: true,
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
