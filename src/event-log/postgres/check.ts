import type { Query } from './connection.ts'

type Settings = { version: number; synchronous: string; fsync: string; connections: number; isStandby: boolean }

const SETTINGS = `
SELECT current_setting('server_version_num')::int AS version, current_setting('synchronous_commit') AS synchronous,
  current_setting('fsync') AS fsync, pg_catalog.pg_is_in_recovery() AS "isStandby",
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS connections`

const OLDEST = 13

/** What an operator should know of the server's settings. `connections` is what all workers of this instance may open. */
export async function checkSettings(query: Query, connections: number): Promise<string[]> {
  const [settings] = await query<Settings>(SETTINGS)
  if (!settings) return []
  const warnings: string[] = []
  const major = Math.floor(settings.version / 10_000)
  if (settings.isStandby) warnings.push('PostgreSQL is a standby: it can be read, and stores nothing')
  if (settings.fsync === 'off') warnings.push('PostgreSQL has fsync off: a power cut may destroy the event log')
  if (settings.synchronous === 'off') {
    warnings.push('PostgreSQL has synchronous_commit off: what was acknowledged in the last second may be lost when the server dies')
  }
  if (major < OLDEST) warnings.push(`PostgreSQL ${major} is older than ${OLDEST}, with which the event log is known to work`)
  if (connections > settings.connections) {
    warnings.push(
      `PostgreSQL lets ${settings.connections} connections in, the workers may want ${connections}: raise max_connections, or lower DATABASE_POOL or WORKERS`,
    )
  }
  return warnings
}
