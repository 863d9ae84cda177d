import type { Database } from 'bun:sqlite'
import { UnusableLogError } from '../event-log.ts'

const APPLICATION_ID = 0x4d50564c

/* Released steps are never changed. Rows in order of arrival with ids before projects change 25 pages instead of 69 for 64 events. */
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

/** Refuses a database of another program or a newer version. */
export function checkOwner(db: Database, file: string): void {
  // In one transaction: another process may be creating the log.
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

/** Refuses a file that this version cannot read as it is. */
export function checkReadable(db: Database, file: string): void {
  checkOwner(db, file)
  const version = pragma(db, 'user_version')
  if (version === STEPS.length) return
  throw new UnusableLogError(`${file} was written by an older version (schema ${version}); start this version of the service with it once`)
}

/** Migrates, each step once however many processes start. */
export function migrate(db: Database, file: string): void {
  if (pragma(db, 'user_version') === STEPS.length) return
  db.transaction(() => {
    checkOwner(db, file)
    for (const step of STEPS.slice(pragma(db, 'user_version'))) db.run(step)
    db.run(`PRAGMA application_id = ${APPLICATION_ID}`)
    db.run(`PRAGMA user_version = ${STEPS.length}`)
  }).immediate()
}

/** Refuses a file without the last event of a project: it was truncated or mixed from two copies. */
export function checkHeads(db: Database, file: string): void {
  const torn = db
    .query<{ name: string }, []>(
      `SELECT name FROM project AS p WHERE last >= first
       AND NOT EXISTS (SELECT 1 FROM event AS e WHERE e.project = p.key AND e."offset" = p.last) LIMIT 1`,
    )
    .get()
  if (torn) throw new UnusableLogError(`${file} is damaged: events of project "${torn.name}" are missing; restore a backup`)
}

/** A project's epoch: the file's, or its own after a purge. */
export function epochOf(fileEpoch: string, salt: string): string {
  return salt === '' ? fileEpoch : Bun.hash(`${fileEpoch}/${salt}`).toString(36).padStart(8, '0').slice(-8)
}
