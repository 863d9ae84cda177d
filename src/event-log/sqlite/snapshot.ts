import type { Database, Statement } from 'bun:sqlite'
import { type Snapshot, SNAPSHOT_SPAN, type SnapshotKey } from '../event-log.ts'
import type { Connection } from '../../sqlite/connection.ts'

type SnapshotRow = { offset: number; body: string }

/** Prepares the search for a snapshot at or before an offset. */
export function prepareFindSnapshot(db: Database): (key: SnapshotKey, atOrBefore?: number) => Snapshot | undefined {
  const newest: Statement<SnapshotRow, [string, string, number, number]> = db.prepare(
    `SELECT "offset", body FROM snapshot WHERE project = (SELECT key FROM project WHERE name = ?)
     AND epoch = ? AND fold_version = ? AND "offset" <= ? ORDER BY "offset" DESC LIMIT 1`,
  )
  return ({ project, epoch, foldVersion }, atOrBefore = Number.MAX_SAFE_INTEGER) => {
    const row = newest.get(project, epoch, foldVersion, atOrBefore)
    return row ? { project, epoch, foldVersion, offset: row.offset, body: row.body } : undefined
  }
}

/** Prepares saving, which replaces the snapshot of the same span and those of other versions or epochs. */
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

const STEP = 1_000

type BeginningRow = { epoch: string; foldVersion: number; offset: number; body: string }
type ProjectBounds = { key: number; first: number; last: number }

type Trimmer = Connection & {
  bounds: Statement<ProjectBounds, [string]>
  saveBeginning: Statement<unknown, [number, string, number, number, string]>
  removeEvents: Statement<unknown, [number, number]>
  removeSnapshots: Statement<unknown, [number, number]>
  moveFirst: Statement<unknown, [number, number]>
}

/** Prepares the statements of a trim. */
export function prepareTrimmer(db: Database): Trimmer {
  return {
    db,
    bounds: db.prepare('SELECT key, first, last FROM project WHERE name = ?'),
    saveBeginning: db.prepare(
      `INSERT INTO beginning (project, epoch, fold_version, "offset", body) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (project) DO UPDATE SET epoch = excluded.epoch, fold_version = excluded.fold_version, "offset" = excluded."offset",
       body = excluded.body WHERE excluded."offset" > beginning."offset"`,
    ),
    removeEvents: db.prepare('DELETE FROM event WHERE project = ? AND "offset" < ?'),
    removeSnapshots: db.prepare('DELETE FROM snapshot WHERE project = ? AND "offset" < ?'),
    moveFirst: db.prepare('UPDATE project SET first = ? WHERE key = ?'),
  }
}

/** A step within a transaction: stores the beginning first, so that the log stays consistent; true when done. */
export function trimStep(trimmer: Trimmer, { project, epoch, foldVersion, offset, body }: Snapshot): boolean {
  const bounds = trimmer.bounds.get(project)
  if (!bounds || offset < bounds.first || offset > bounds.last) return true
  const { key, first } = bounds
  trimmer.saveBeginning.run(key, epoch, foldVersion, offset, body)
  const next = Math.min(first + STEP, offset + 1)
  trimmer.removeEvents.run(key, next)
  trimmer.moveFirst.run(next, key)
  if (next <= offset) return false
  trimmer.removeSnapshots.run(key, offset)
  return true
}

/** Prepares reading what a trimmed log begins with. */
export function prepareFindBeginning(db: Database): (project: string) => Snapshot | undefined {
  const find: Statement<BeginningRow, [string]> = db.prepare(
    `SELECT epoch, fold_version AS foldVersion, "offset", body FROM beginning WHERE project = (SELECT key FROM project WHERE name = ?)`,
  )
  return (project) => {
    const row = find.get(project)
    return row ? { project, ...row } : undefined
  }
}
