import { SQL } from 'bun'
import { asLogError, LateError, spoilsConnection } from './failure.ts'
import type { Patience } from './patience.ts'

const OPENING_SECONDS = 5

type Parameter = string | number | null

/** Runs one statement in its own transaction, so nothing stays open when a client dies. */
export type Query = <Row>(statement: string, parameters?: readonly Parameter[]) => Promise<Row[]>

/** host:port/database, without credentials. */
export function withoutPassword(url: string): string {
  const { hostname, port, pathname } = new URL(url)
  return `in PostgreSQL at ${hostname}:${port || '5432'}${pathname}`
}

/** One connection. Bun's own pool could neither single out nor replace one that hangs. */
export function openClient(url: string): SQL {
  // Bun's idle and lifetime timeouts would end running statements: oven-sh/bun#30646.
  const options = {
    max: 1,
    idleTimeout: 0,
    maxLifetime: 0,
    connectionTimeout: OPENING_SECONDS,
    connection: { application_name: 'visualizer' },
  }
  return new SQL(url, options)
}

/** Statements of a client; `heard` is told of each answer. */
export function queryOf(sql: SQL, heard?: () => void): Query {
  return async <Row>(statement: string, parameters: readonly Parameter[] = []) => {
    const rows = await sql.unsafe<Row[]>(statement, [...parameters])
    heard?.()
    return [...rows]
  }
}

/** Closes a client without waiting for a server that may never answer. */
export function discard(sql: SQL): void {
  sql.close({ timeout: 0 }).catch(() => undefined)
}

export type HeldClient = {
  /** One call at a time; `since` is when it was asked, see Patience. */
  use<R>(work: (query: Query) => Promise<R>, since: number): Promise<R>
  close(): void
}

export type ConnectionOptions = {
  url: string
  patience: Patience
  prepare(query: Query): Promise<void>
}

type Current = { sql: SQL; query: Query; openedAt: number; isPrepared: boolean; prepared: Promise<void> }

/** One connection, opened again after a failure that leaves it in doubt. */
export function holdConnection({ url, patience, prepare }: ConnectionOptions): HeldClient {
  let current: Current | undefined
  const place = withoutPassword(url)

  function drop() {
    if (current) discard(current.sql)
    current = undefined
  }

  function open(): Current {
    const sql = openClient(url)
    const query = queryOf(sql, patience.heard)
    const opened: Current = { sql, query, openedAt: performance.now(), isPrepared: false, prepared: prepare(query) }
    opened.prepared.then(
      () => (opened.isPrepared = true),
      // Whoever still waits for it hears why.
      () => (current === opened ? drop() : undefined),
    )
    return opened
  }

  // Begun anew each time that a caller gives up, on a busy machine it would never be open.
  const isStillOpening = (error: unknown) =>
    error instanceof LateError && current?.isPrepared === false && performance.now() - current.openedAt < OPENING_SECONDS * 1_000

  return {
    async use(work, since) {
      let isGivenUp = false
      const run = async () => {
        current ??= open()
        const { prepared, query } = current
        await prepared
        if (isGivenUp) throw new LateError('nobody waits any more')
        return work(query)
      }
      try {
        return await patience.wait(run(), since)
      } catch (error) {
        isGivenUp = true
        if (!isStillOpening(error) && (spoilsConnection(error) || current?.isPrepared === false)) drop()
        throw asLogError(error, place)
      }
    },
    close: drop,
  }
}

type ServerSettings = { version: number; synchronous: string; fsync: string; connections: number; isStandby: boolean }

const SETTINGS = `
SELECT current_setting('server_version_num')::int AS version, current_setting('synchronous_commit') AS synchronous,
  current_setting('fsync') AS fsync, pg_catalog.pg_is_in_recovery() AS "isStandby",
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS connections`

const OLDEST = 13

/** Who did nothing for 6 s may be gone with its machine; a session whose activity may not be seen counts as active. */
const OTHERS = `
SELECT count(*)::int AS others FROM pg_catalog.pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'visualizer %' AND application_name <> current_setting('application_name')
  AND coalesce(state_change, now()) > now() - interval '6 seconds'`

/** The name of a session. PostgreSQL keeps 63 bytes, and hosts differ at the end of their names. */
export const applicationName = (instance?: string) => (instance === undefined ? 'visualizer' : `visualizer ${instance.slice(-50)}`)

/** Whether another service uses this database, by the names of its sessions. */
export async function isUsedByOthers(query: Query): Promise<boolean> {
  const [found] = await query<{ others: number }>(OTHERS)
  return found !== undefined && found.others > 0
}

/** Warnings about the server's settings. `connections`: all that this instance may open. */
export async function checkSettings(query: Query, connections: number): Promise<string[]> {
  const [settings] = await query<ServerSettings>(SETTINGS)
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
