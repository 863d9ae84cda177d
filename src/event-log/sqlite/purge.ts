import type { Database, Statement } from 'bun:sqlite'
import type { Connection } from '../../sqlite/connection.ts'

const STEP = 1_000

export const FORGOTTEN = ':purged:'

type PurgeRow = { key: number; first: number; last: number }

type Purger = Connection & {
  found: Statement<PurgeRow, [string]>
  rename: Statement<unknown, [number]>
  begin: Statement<unknown, [string, string, number]>
  forgotten: Statement<PurgeRow, []>
  removeUpTo: Statement<unknown, [number, number]>
  moveOn: Statement<unknown, [number, number]>
  removeRest: readonly Statement<unknown, [number]>[]
}

/** Prepares the statements of a purge. */
export function preparePurger(db: Database): Purger {
  const removeRest = ['snapshot WHERE project = ?', 'beginning WHERE project = ?', 'project WHERE key = ?']
  return {
    db,
    found: db.prepare('SELECT key, first, last FROM project WHERE name = ? AND last > 0'),
    rename: db.prepare(`UPDATE project SET name = '${FORGOTTEN}' || key WHERE key = ?`),
    begin: db.prepare('INSERT INTO project (name, salt, last_at) SELECT ?, ?, last_at FROM project WHERE key = ?'),
    forgotten: db.prepare(`SELECT key, first, last FROM project WHERE name >= '${FORGOTTEN}' AND name < '${FORGOTTEN}:' LIMIT 1`),
    removeUpTo: db.prepare('DELETE FROM event WHERE project = ? AND "offset" < ?'),
    moveOn: db.prepare('UPDATE project SET first = ? WHERE key = ?'),
    removeRest: removeRest.map((what) => db.prepare(`DELETE FROM ${what}`)),
  }
}

/** Within a transaction: gives the name an empty log and a new epoch; false where there was nothing. */
export function beginPurge({ found, rename, begin }: Purger, project: string): boolean {
  const row = found.get(project)
  if (!row) return false
  rename.run(row.key)
  begin.run(project, crypto.randomUUID(), row.key)
  return true
}

/** Within a transaction: removes some purged events; true when none are left. */
export function purgeStep({ forgotten, removeUpTo, moveOn, removeRest }: Purger): boolean {
  const row = forgotten.get()
  if (!row) return true
  const next = Math.min(row.first + STEP, row.last + 1)
  removeUpTo.run(row.key, next)
  moveOn.run(next, row.key)
  if (next > row.last) for (const statement of removeRest) statement.run(row.key)
  return false
}
