import { UnusableLogError } from '../event-log.ts'
import { discard, openClient, withoutPassword, type Query, queryOf } from './connection.ts'
import { asLogError, LateError, unusable } from './failure.ts'
import { FUNCTIONS } from './functions.ts'
import { PURGES } from './purge-functions.ts'

const LOCK = '8532478982466560378'

const PATIENCE_MS = 60_000

/** Step n leads from schema n to n + 1. Released steps are never changed. */
const STEPS = [
  `CREATE TABLE visualizer.meta (
     is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), version int NOT NULL, epoch text NOT NULL, identity text NOT NULL
   );
   CREATE TABLE visualizer.project (
     key int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE,
     first bigint NOT NULL DEFAULT 1, last bigint NOT NULL DEFAULT 0, last_at bigint NOT NULL DEFAULT 0
   ) WITH (fillfactor = 50);
   CREATE TABLE visualizer.event (
     project int NOT NULL, "offset" bigint NOT NULL, id text COLLATE "C" NOT NULL, received_at bigint NOT NULL, body text NOT NULL,
     PRIMARY KEY (project, "offset"), UNIQUE (project, id)
   );
   CREATE TABLE visualizer.snapshot (
     project int NOT NULL, epoch text NOT NULL, fold_version int NOT NULL, "offset" bigint NOT NULL, body text NOT NULL,
     PRIMARY KEY (project, epoch, fold_version, "offset")
   );
   CREATE TABLE visualizer.beginning (
     project int PRIMARY KEY, epoch text NOT NULL, fold_version int NOT NULL, "offset" bigint NOT NULL, body text NOT NULL
   );
   ${FUNCTIONS}
   INSERT INTO visualizer.meta (version, epoch, identity) VALUES (1, '', '');`,
  PURGES,
]

export type Migration = { from: number; to: number }

async function schemaVersion(query: Query, place: string): Promise<number> {
  const [found] = await query<{ tables: number; meta: string | null }>(
    `SELECT count(c.oid)::int AS tables, to_regclass('visualizer.meta')::text AS meta
     FROM pg_catalog.pg_namespace AS n JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid WHERE n.nspname = 'visualizer'`,
  )
  if (!found || found.tables === 0) return 0
  if (found.meta === null) {
    throw new UnusableLogError(`the event log ${place} cannot be used: another program's tables are in its schema "visualizer"`)
  }
  const [row] = await query<{ version: number }>('SELECT version FROM visualizer.meta')
  const version = row?.version ?? 0
  if (version > STEPS.length) {
    throw new UnusableLogError(
      `the event log ${place} was written by a newer version (schema ${version}, this one knows ${STEPS.length}); start the newer version or name another database`,
    )
  }
  return version
}

/** Whether the schema is this version's. */
export async function isMigrated(query: Query, place: string): Promise<boolean> {
  return (await schemaVersion(query, place)) === STEPS.length
}

/** Migrates once for all programs, in one transaction. Rejects with UnusableLogError or LogUnavailableError. */
export async function migratePostgres(url: string): Promise<Migration> {
  const place = withoutPassword(url)
  const sql = openClient(url)
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new LateError('the migration took too long')), PATIENCE_MS)
  try {
    return await Promise.race([
      sql.begin((transaction) => migrate(queryOf(transaction), (steps) => transaction.unsafe(steps).simple(), place)),
      late,
    ])
  } catch (error) {
    throw unusable(error, place) ?? asLogError(error, place)
  } finally {
    clearTimeout(timer)
    discard(sql)
  }
}

async function migrate(query: Query, runSteps: (steps: string) => Promise<unknown>, place: string): Promise<Migration> {
  await query(`SELECT pg_advisory_xact_lock(${LOCK})`)
  const from = await schemaVersion(query, place)
  const to = STEPS.length
  if (from === to) return { from, to }
  const [schema] = await query(`SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'visualizer'`)
  // IF NOT EXISTS would need the right to create it.
  if (!schema) await query('CREATE SCHEMA visualizer')
  for (const step of STEPS.slice(from)) await runSteps(step)
  await query('UPDATE visualizer.meta SET version = $1', [to])
  return { from, to }
}
