import type { Database, Statement } from 'bun:sqlite'
import { type Snapshot, SNAPSHOT_SPAN, type SnapshotKey } from '../event-log.ts'

type Row = { offset: number; body: string }

/** Prepares the search for the newest snapshot at or before an offset. */
export function prepareFindSnapshot(db: Database): (key: SnapshotKey, atOrBefore?: number) => Snapshot | undefined {
  const newest: Statement<Row, [string, string, number, number]> = db.prepare(
    `SELECT "offset", body FROM snapshot WHERE project = (SELECT key FROM project WHERE name = ?)
     AND epoch = ? AND fold_version = ? AND "offset" <= ? ORDER BY "offset" DESC LIMIT 1`,
  )
  return ({ project, epoch, foldVersion }, atOrBefore = Number.MAX_SAFE_INTEGER) => {
    const row = newest.get(project, epoch, foldVersion, atOrBefore)
    return row ? { project, epoch, foldVersion, offset: row.offset, body: row.body } : undefined
  }
}

/** Prepares saving: the newest saved of a span stays, and what other fold versions or epochs left of the project goes. */
export function prepareSaveSnapshot(db: Database): (snapshot: Snapshot) => void {
  const prune: Statement<unknown, [string, string, number, number]> = db.prepare(
    `DELETE FROM snapshot WHERE project = (SELECT key FROM project WHERE name = ?1)
     AND (epoch <> ?2 OR fold_version <> ?3 OR "offset" / ${SNAPSHOT_SPAN} = CAST(?4 AS INTEGER) / ${SNAPSHOT_SPAN})`,
  )
  const insert: Statement<unknown, [string, number, number, string, string]> = db.prepare(
    'INSERT INTO snapshot SELECT key, ?, ?, ?, ? FROM project WHERE name = ?',
  )
  return ({ project, epoch, foldVersion, offset, body }) => {
    prune.run(project, epoch, foldVersion, offset)
    insert.run(epoch, foldVersion, offset, body, project)
  }
}
