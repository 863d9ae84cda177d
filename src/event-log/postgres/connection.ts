import { SQL } from 'bun'
import { inTime } from '../in-time.ts'
import { asLogError, LateError, spoilsConnection } from './failure.ts'

/** How long one call may take before the server counts as silent, and how long afterwards, until it is heard again. */
const PATIENCE_MS = { usual: 2_500, silent: 1_000 }

export type Parameter = string | number | null

/** One statement, its rows typed by who wrote it. A call is a statement: nothing is left open when a client dies. */
export type Query = <Row>(statement: string, parameters?: readonly Parameter[]) => Promise<Row[]>

/** How long a call may take; shared by all connections to a server, so that callers do not wait for each to fail. */
export type Patience = { ms(): number; heard(): void; silent(): void }

/** Patience with a server that nobody has waited for in vain yet. */
export function openPatience(): Patience {
  let isSilent = false
  return {
    ms: () => (isSilent ? PATIENCE_MS.silent : PATIENCE_MS.usual),
    heard: () => void (isSilent = false),
    silent: () => void (isSilent = true),
  }
}

/** host:port/database, without user and password. */
export function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url)
  return `in PostgreSQL at ${hostname}:${port || '5432'}${pathname}`
}

/** A single connection: with Bun's own pool, a connection that hangs could be neither singled out nor replaced. */
export function openClient(url: string): SQL {
  // Bun's idle and lifetime timeouts would end statements that are running: oven-sh/bun#30646.
  const options = { max: 1, idleTimeout: 0, maxLifetime: 0, connectionTimeout: 5, connection: { application_name: 'visualizer' } }
  return new SQL(url, options)
}

/** Statements by a client. */
export function queryOf(sql: SQL): Query {
  return async <Row>(statement: string, parameters: readonly Parameter[] = []) => [...(await sql.unsafe<Row[]>(statement, [...parameters]))]
}

/** Closes a client whatever state it is in: nobody waits for a server that may never answer. */
export function discard(sql: SQL): void {
  sql.close({ timeout: 0 }).catch(() => undefined)
}

export type HeldConnection = {
  /** One call at a time. */
  use<R>(work: (query: Query) => Promise<R>, deadline: number): Promise<R>
  close(): void
}

export type ConnectionOptions = {
  url: string
  patience: Patience
  /** Run on every new connection before its first use. */
  prepare(query: Query): Promise<void>
}

/** Keeps one connection; after a failure that leaves it in doubt it is closed, and opened again at the next use. */
export function holdConnection({ url, patience, prepare }: ConnectionOptions): HeldConnection {
  let current: { sql: SQL; query: Query; isPrepared: boolean } | undefined
  const place = placeOf(url)

  function drop() {
    if (current) discard(current.sql)
    current = undefined
  }

  async function run<R>(work: (query: Query) => Promise<R>): Promise<R> {
    if (!current) {
      const sql = openClient(url)
      current = { sql, query: queryOf(sql), isPrepared: false }
    }
    const connection = current
    if (!connection.isPrepared) await prepare(connection.query)
    connection.isPrepared = true
    return work(connection.query)
  }

  return {
    async use(work, deadline) {
      try {
        const result = await inTime(run(work), deadline - performance.now(), () => new LateError('no answer in time'))
        patience.heard()
        return result
      } catch (error) {
        if (error instanceof LateError) patience.silent()
        if (spoilsConnection(error) || current?.isPrepared === false) drop()
        throw asLogError(error, place)
      }
    },
    close: drop,
  }
}

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
