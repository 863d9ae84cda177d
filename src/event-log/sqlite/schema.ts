import type { Database } from 'bun:sqlite'
import { UnusableLogError } from '../event-log.ts'

/** Marks the file as ours ("MPVL"), so that no other program's database is ever changed. */
const APPLICATION_ID = 0x4d50564c

/*
 * One step a schema version; a step that was released is never changed. The body is the event as JSON without offset
 * and received_at: ids are part of it, the column serves the index. Rows stay in order of arrival and ids are indexed
 * before projects, because appending at the end of a tree changes far fewer pages than appending for each project in
 * its midst: 25 instead of 69 for 64 events of 8 projects with ids that grow with time (UUID version 7).
 */
const STEPS = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   INSERT INTO meta VALUES ('epoch', lower(hex(randomblob(4))));
   CREATE TABLE project (
     key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
     first INTEGER NOT NULL DEFAULT 1, last INTEGER NOT NULL DEFAULT 0, last_at INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE TABLE event (
     arrival INTEGER PRIMARY KEY, project INTEGER NOT NULL, "offset" INTEGER NOT NULL, id TEXT NOT NULL,
     received_at INTEGER NOT NULL, body TEXT NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX event_offset ON event (project, "offset");
   CREATE UNIQUE INDEX event_id ON event (id, project);
   CREATE TABLE snapshot (
     project INTEGER NOT NULL, epoch TEXT NOT NULL, fold_version INTEGER NOT NULL, "offset" INTEGER NOT NULL, body TEXT NOT NULL,
     PRIMARY KEY (project, epoch, fold_version, "offset")
   ) STRICT;`,
  `CREATE TABLE beginning (
     project INTEGER PRIMARY KEY, epoch TEXT NOT NULL, fold_version INTEGER NOT NULL, "offset" INTEGER NOT NULL, body TEXT NOT NULL
   ) STRICT;`,
  `INSERT INTO meta VALUES ('written', '0');
   ALTER TABLE project ADD COLUMN salt TEXT NOT NULL DEFAULT '';`,
]

function pragma(db: Database, name: string): number {
  return db.query<Record<string, number>, []>(`PRAGMA ${name}`).get()?.[name] ?? 0
}

/** Refuses a database that another program, or a newer version of this one, wrote. Changes nothing. */
export function checkOwner(db: Database, file: string): void {
  // All from one moment: another process may be creating the log right now.
  const { version, isOurs, isEmpty } = db.transaction(() => ({
    version: pragma(db, 'user_version'),
    isOurs: pragma(db, 'application_id') === APPLICATION_ID,
    isEmpty: db.query('SELECT 1 FROM sqlite_master LIMIT 1').get() === null,
  }))()
  if (!isOurs && !(isEmpty && version === 0)) {
    throw new UnusableLogError(`${file} is a database of another program; choose another data folder or move the file away`)
  }
  if (version > STEPS.length) {
    throw new UnusableLogError(
      `${file} was written by a newer version (schema ${version}, this one knows ${STEPS.length}); start the newer version or choose another data folder`,
    )
  }
}

/** Refuses a file that this version cannot read as it is. Changes nothing. */
export function checkReadable(db: Database, file: string): void {
  checkOwner(db, file)
  const version = pragma(db, 'user_version')
  if (version === STEPS.length) return
  throw new UnusableLogError(`${file} was written by an older version (schema ${version}); start this version of the service with it once`)
}

/** Brings the schema to this program's version, each step once however many processes start together. */
export function migrate(db: Database, file: string): void {
  if (pragma(db, 'user_version') === STEPS.length) return
  db.transaction(() => {
    checkOwner(db, file)
    for (const step of STEPS.slice(pragma(db, 'user_version'))) db.run(step)
    db.run(`PRAGMA application_id = ${APPLICATION_ID}`)
    db.run(`PRAGMA user_version = ${STEPS.length}`)
  }).immediate()
}

/** Refuses a file in which the last event of a project is missing: it was truncated, or mixed from two copies. */
export function checkHeads(db: Database, file: string): void {
  const torn = db
    .query<{ name: string }, []>(
      `SELECT name FROM project AS p WHERE last >= first
       AND NOT EXISTS (SELECT 1 FROM event AS e WHERE e.project = p.key AND e."offset" = p.last) LIMIT 1`,
    )
    .get()
  if (torn) throw new UnusableLogError(`${file} is damaged: events of project "${torn.name}" are missing; restore a backup`)
}

/** The epoch of a project: the file's own, until the project was forgotten once. Then it is another for this name alone. */
export function epochOf(fileEpoch: string, salt: string): string {
  return salt === '' ? fileEpoch : Bun.hash(`${fileEpoch}/${salt}`).toString(36).padStart(8, '0').slice(-8)
}
