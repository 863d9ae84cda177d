import type { Config } from '../config/config.ts'
import { migratePostgres } from '../event-log/postgres/schema.ts'

/** Migrates the tables of the configured log and describes the result. Rejects with UnusableLogError or LogUnavailableError. */
export async function migrateLog({ database }: Pick<Config, 'database'>): Promise<string> {
  if (!database) return 'nothing to migrate: without DATABASE_URL the log keeps its own files in step'
  const { from, to } = await migratePostgres(database.url.reveal())
  if (from === to) return `nothing to migrate: the tables are those of schema ${to}`
  return from === 0 ? `created the tables of schema ${to}` : `migrated the tables from schema ${from} to ${to}`
}
