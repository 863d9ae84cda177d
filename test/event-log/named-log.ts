import type { RedisConfig } from '../../src/config/config.ts'
import { secret } from '../../src/config/secret.ts'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openPostgresLog } from '../../src/event-log/postgres/postgres.ts'
import { openRedisLog } from '../../src/event-log/redis/redis.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'

/** A log's engine and place as another program is told: the addresses are those of servers that the test started, and no secrets. */
type Named = { file: string } | { redis: PlainRedis } | { postgres: string }

export type PlainRedis =
  | { kind: 'single'; url: string }
  | { kind: 'sentinel'; url: string; sentinels: { host: string; port: number }[]; masterName: string }
  | { kind: 'cluster'; urls: string[] }

/** What a writer is told, to be given to `openNamed`. */
export const nameOf = (named: Named) => JSON.stringify(named)

/** Opens the log of a name. */
export function openNamed(name: string): Promise<EventLog> {
  const named = JSON.parse(name) as Named
  if ('postgres' in named) return openPostgresLog({ url: named.postgres })
  return 'file' in named ? openSqliteLog(named) : openRedisLog({ redis: withSecrets(named.redis) })
}

/** The same as the configuration holds it. */
export function withSecrets(plain: PlainRedis): RedisConfig {
  return plain.kind === 'cluster' ? { ...plain, urls: plain.urls.map(secret) } : { ...plain, url: secret(plain.url) }
}
