import { hostname } from 'node:os'
import { join } from 'node:path'
import { type Bus, tracedBus } from '../bus/bus.ts'
import { openIpcBus, type WorkerChannel } from '../bus/ipc.ts'
import { openInProcessBus } from '../bus/in-process.ts'
import type { Opened } from '../close-in-reverse.ts'
import type { Config } from '../config/config.ts'
import { type EventLog, tracedEventLog } from '../event-log/event-log.ts'
import type { LogUse } from '../event-log/watch-log-use.ts'
import { openSqliteLog } from '../event-log/sqlite/sqlite.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import { folderUse } from '../key-value/folder-use.ts'
import { type KeyValue, tracedKeyValue } from '../key-value/key-value.ts'
import type { RateCounters } from '../key-value/rate-counters.ts'
import { openSqliteKeyValue } from '../key-value/sqlite.ts'
import type { Features } from '../web/env.ts'

export type Engines = {
  eventLog: EventLog
  bus: Bus
  keyValue: KeyValue
  isRedisUp(): boolean
  /** How to detect other services on the same log; undefined with Redis, their common bus. */
  logUse: LogUse | undefined
}

type Deps = {
  config: Config
  channel: WorkerChannel | undefined
  pid: number
  tracing: Tracing
  metrics: Metrics
  log: Logger
  onError(error: unknown): void
  opened: Opened
}

/** Opens the configured engines, and loads no others. One that is away is never replaced by another. */
export async function openEngines({ config, channel, pid, tracing, metrics, log, onError, opened }: Deps): Promise<Engines> {
  const instance = `${hostname()} ${pid}`
  const { eventLog, logUse } = await openLog({ config, instance, tracing, log, onError })
  opened.add(eventLog)
  const { bus, isRedisUp } = await openBus({ config, channel, metrics, onError })
  opened.add(bus)
  const keyValue = opened.add(await openKeyValue({ config, onError }))
  if (config.redis) return { eventLog, bus, keyValue, isRedisUp, logUse: undefined }
  return { eventLog, bus, keyValue, isRedisUp, logUse: logUse ?? folderUse({ keyValue, dataDir: config.dataDir, instance }) }
}

type BusDeps = Omit<Deps, 'opened' | 'pid' | 'tracing' | 'log'>

async function openBus({ config: { redis }, channel, metrics, onError }: BusDeps): Promise<Pick<Engines, 'bus' | 'isRedisUp'>> {
  if (!redis) return { bus: channel ? openIpcBus({ channel, onError }) : openInProcessBus({ onError }), isRedisUp: () => true }
  const dropped = (reason: 'unsent' | 'foreign', count: number) => metrics.busDropped.inc({ reason }, count)
  const onDropped = (count: number) => dropped('unsent', count)
  const { openRedisBus } = await import('../bus/redis.ts')
  const bus = await openRedisBus({ redis, onError, onDropped, onForeign: () => dropped('foreign', 1) })
  return { bus, isRedisUp: bus.isThere }
}

async function openKeyValue({ config: { redis, dataDir }, onError }: Pick<Deps, 'config' | 'onError'>): Promise<KeyValue> {
  if (redis) return (await import('../key-value/redis.ts')).openRedisKeyValue({ redis, onError })
  return openSqliteKeyValue({ file: join(dataDir, 'shared.sqlite') })
}

/** Who counts requests: Redis for all instances, the shared file for the workers of a host, else this process. */
export async function openRates({
  config,
  keyValue,
  onError,
}: Pick<Deps, 'config' | 'onError'> & { keyValue: KeyValue }): Promise<RateCounters> {
  const { countInMemory, countInRedis, countInShares } = await import('../key-value/rate-counters.ts')
  if (config.rateLimits === undefined) return countInMemory()
  if (config.redis) return countInRedis({ redis: config.redis, onError })
  return config.workers > 1 ? countInShares({ keyValue, workers: config.workers }) : countInMemory()
}

type LogDeps = Pick<Deps, 'config' | 'tracing' | 'log' | 'onError'> & { instance: string }

async function openLog({ config, instance, tracing, log, onError }: LogDeps): Promise<{ eventLog: EventLog; logUse?: LogUse }> {
  const { database, redis, dataDir, workers } = config
  if (database) {
    const { openPostgresLog } = await import('../event-log/postgres/postgres.ts')
    const eventLog = await openPostgresLog({ url: database.url.reveal(), poolSize: database.poolSize, instance, workers, tracing, onError })
    return { eventLog, logUse: eventLog.use }
  }
  if (redis) return { eventLog: await (await import('../event-log/redis/redis.ts')).openRedisLog({ redis, tracing, onError }) }
  return { eventLog: await openSqliteLog({ file: join(dataDir, 'events.sqlite'), tracing, onError, onNotice: log.warn }) }
}

export function tracedEngines(engines: Engines, { config, tracing }: { config: Config; tracing: Tracing }): Engines {
  if (!config.openTelemetry) return engines
  const { eventLog, bus, keyValue, ...others } = engines
  const shared = config.redis ? 'redis' : undefined
  return {
    eventLog: tracedEventLog(eventLog, { tracing, system: config.database ? 'postgresql' : (shared ?? 'sqlite') }),
    bus: tracedBus(bus, { tracing, system: shared ?? 'ipc' }),
    keyValue: tracedKeyValue(keyValue, { tracing, system: shared ?? 'sqlite' }),
    ...others,
  }
}

/** The configured engines, as the status page names them. */
export function featuresOf({ database, redis, ...config }: Config, hasSupervisor: boolean): Features {
  return {
    log: database ? 'postgresql' : redis ? 'redis' : 'sqlite',
    bus: redis ? 'redis' : hasSupervisor ? 'ipc' : 'in-process',
    orchestrators: config.orchestrators.length,
    metrics: config.isMetricsOn,
    health: config.isHealthOn,
    gzip: config.isGzipOn,
    redaction: config.redaction.isOn,
    open_to_others: config.isOpenToOthers,
  }
}
