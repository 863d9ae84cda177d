import type { Database, Statement } from 'bun:sqlite'
import type { Connection } from '../../sqlite/connection.ts'

/** Events that one transaction removes, so that appends get their turn in between. */
const STEP = 1_000

/** What the row of a forgotten project is called until its events are removed; no project can have such a name. */
export const FORGOTTEN = ':purged:'

type Row = { key: number; first: number; last: number }

export type Purger = Connection & {
  found: Statement<Row, [string]>
  rename: Statement<unknown, [number]>
  begin: Statement<unknown, [string, string, number]>
  forgotten: Statement<Row, []>
  removeUpTo: Statement<unknown, [number, number]>
  moveOn: Statement<unknown, [number, number]>
  removeRest: readonly Statement<unknown, [number]>[]
}

/** Prepares the statements of a purge on a connection that may write. */
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

/** Within a transaction: the name begins anew with an empty log, and with numbers of its own. False where there was nothing to forget. */
export function beginPurge({ found, rename, begin }: Purger, project: string): boolean {
  const row = found.get(project)
  if (!row) return false
  rename.run(row.key)
  begin.run(project, crypto.randomUUID(), row.key)
  return true
}

/** Within a transaction: removes some events of what is to be forgotten. True when nothing of that is left. */
export function purgeStep({ forgotten, removeUpTo, moveOn, removeRest }: Purger): boolean {
  const row = forgotten.get()
  if (!row) return true
  const next = Math.min(row.first + STEP, row.last + 1)
  removeUpTo.run(row.key, next)
  moveOn.run(next, row.key)
  if (next > row.last) for (const statement of removeRest) statement.run(row.key)
  return false
}
