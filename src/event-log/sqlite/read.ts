import type { Database, Statement } from 'bun:sqlite'
import type { StoredEvent } from '../../domain/events/event.ts'
import { type Page, type Position, READ_LIMIT, type ReadRange } from '../event-log.ts'
import type { Connection } from '../../sqlite/connection.ts'
import { FORGOTTEN } from './purge.ts'
import { PAGE_CHARACTERS, storedEvent, type StoredRow } from '../stored-event.ts'
import { epochOf } from './schema.ts'

export const HEADS_AT_ONCE = 1_000

type ProjectRow = { key: number; first: number; last: number; lastAt: number; salt: string }
export type HeadRow = { name: string; last: number; salt: string }

export type Reader = Connection & {
  project: Statement<ProjectRow, [string]>
  headsAfter: Statement<HeadRow, [string, number]>
  range: Statement<StoredRow, [number, number, number, number]>
  receivedAt: Statement<{ at: number }, [number, number]>
}

/** Prepares the statements of all reads. */
export function prepareReader(db: Database): Reader {
  return {
    db,
    project: db.prepare('SELECT key, first, last, last_at AS lastAt, salt FROM project WHERE name = ?'),
    headsAfter: db.prepare(
      `SELECT name, last, salt FROM project WHERE name > ? AND last > 0 AND substr(name, 1, ${FORGOTTEN.length}) <> '${FORGOTTEN}' ORDER BY name LIMIT ?`,
    ),
    range: db.prepare(
      `SELECT "offset", received_at AS at, body FROM event WHERE project = ? AND "offset" > ? AND "offset" <= ? ORDER BY "offset" LIMIT ?`,
    ),
    receivedAt: db.prepare('SELECT received_at AS at FROM event WHERE project = ? AND "offset" = ?'),
  }
}

/** A consistent page of events. */
export function readPage(reader: Reader, project: string, { epoch, ...range }: ReadRange & { epoch: string }): Page {
  return reader.db.transaction(() => {
    const row = reader.project.get(project)
    if (!row) return { epoch, first: 1, head: 0, events: [] }
    return { epoch: epochOf(epoch, row.salt), first: row.first, head: row.last, events: readEvents(reader, row, range) }
  })()
}

function readEvents(
  reader: Reader,
  { key, last }: ProjectRow,
  { after, upTo = last, limit, characters: most = PAGE_CHARACTERS }: ReadRange,
): StoredEvent[] {
  const events: StoredEvent[] = []
  let characters = 0
  for (const { offset, at, body } of reader.range.iterate(key, after, upTo, Math.min(limit, READ_LIMIT))) {
    characters += body.length
    if (events.length > 0 && characters > most) break
    events.push(storedEvent({ offset, at, body }))
  }
  return events
}

/** The head; 0 without events. */
export function readHead(reader: Reader, project: string, epoch: string): Position {
  const row = reader.project.get(project)
  return { epoch: epochOf(epoch, row?.salt ?? ''), offset: row?.last ?? 0 }
}

/** Heads in order of names after one, HEADS_AT_ONCE at most. */
export function readHeadsAfter(reader: Reader, after: string): HeadRow[] {
  return reader.headsAfter.all(after, HEADS_AT_ONCE)
}

/** Binary search: received_at never goes back within a project. */
export function findOffsetAt(reader: Reader, project: string, at: number): number {
  const row = reader.project.get(project)
  if (!row) return 0
  if (at >= row.lastAt) return row.last
  let [before, behind] = [row.first - 1, row.last]
  while (behind - before > 1) {
    const middle = Math.floor((before + behind) / 2)
    if ((reader.receivedAt.get(row.key, middle)?.at ?? 0) <= at) before = middle
    else behind = middle
  }
  return before
}
