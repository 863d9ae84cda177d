import { type Page, type Position, READ_LIMIT, type ReadRange, type Snapshot, type SnapshotKey } from '../event-log.ts'
import type { Query } from './connection.ts'
import { PAGE_CHARACTERS, storedEvent } from '../stored-event.ts'

// float8 holds offsets and instants exactly; a bigint would arrive as text.
const HEAD = `SELECT visualizer.epoch_of(m.epoch, p.salt) AS epoch, coalesce(p.last, 0)::float8 AS head FROM visualizer.meta AS m LEFT JOIN visualizer.project AS p ON p.name = $1`

const HEADS = `SELECT visualizer.epoch_of(m.epoch, p.salt) AS epoch, p.name, p.last::float8 AS head FROM visualizer.meta AS m LEFT JOIN visualizer.project AS p ON p.last > 0 AND p.name NOT LIKE ':purged:%'`

const PAGE = `
SELECT visualizer.epoch_of(m.epoch, p.salt) AS epoch, coalesce(p.first, 1)::float8 AS first, coalesce(p.last, 0)::float8 AS head, e."offset"::float8, e.at, e.body
FROM visualizer.meta AS m LEFT JOIN visualizer.project AS p ON p.name = $1 LEFT JOIN LATERAL (
  SELECT r."offset", r.received_at::float8 AS at, r.body, row_number() OVER w AS nth, sum(octet_length(r.body)) OVER w AS bytes
  FROM (
    SELECT * FROM visualizer.event WHERE project = p.key AND "offset" > $2::bigint AND "offset" <= $3::bigint ORDER BY "offset" LIMIT $4::int
  ) AS r WINDOW w AS (ORDER BY r."offset")
) AS e ON e.nth = 1 OR e.bytes <= $5::bigint ORDER BY e."offset"`

const SNAPSHOT = `
SELECT s."offset"::float8, s.body FROM visualizer.snapshot AS s JOIN visualizer.project AS p ON s.project = p.key
WHERE p.name = $1 AND s.epoch = $2 AND s.fold_version = $3::int AND s."offset" <= $4::bigint ORDER BY s."offset" DESC LIMIT 1`

const BEGINNING = `
SELECT b.epoch, b.fold_version AS "foldVersion", b."offset"::float8, b.body
FROM visualizer.beginning AS b JOIN visualizer.project AS p ON b.project = p.key WHERE p.name = $1`

type HeadRow = { epoch: string; head: number }
type PageRow = HeadRow & { first: number } & ({ offset: number; at: number; body: string } | { offset: null; at: null; body: null })

/** A consistent page of events. */
export async function readPage(query: Query, project: string, range: ReadRange): Promise<Page> {
  const { after, upTo = Number.MAX_SAFE_INTEGER, limit, characters = PAGE_CHARACTERS } = range
  const rows = await query<PageRow>(PAGE, [project, after, upTo, Math.min(limit, READ_LIMIT), characters])
  const [top] = rows
  if (!top) throw new Error('the event log has no epoch')
  const events = rows.flatMap((row) => (row.offset === null ? [] : storedEvent(row)))
  return { epoch: top.epoch, first: top.first, head: top.head, events }
}

/** The head; 0 without events. */
export async function readHead(query: Query, project: string): Promise<Position> {
  const [row] = await query<HeadRow>(HEAD, [project])
  if (!row) throw new Error('the event log has no epoch')
  return { epoch: row.epoch, offset: row.head }
}

/** The heads of all projects. */
export async function readHeads(query: Query): Promise<Map<string, Position>> {
  const rows = await query<{ epoch: string; name: string | null; head: number }>(HEADS)
  return new Map(rows.flatMap(({ epoch, name, head }) => (name === null ? [] : [[name, { epoch, offset: head }]])))
}

/** The last offset received at or before an instant. */
export async function findOffsetAt(query: Query, project: string, at: number): Promise<number> {
  const [row] = await query<{ found: number }>('SELECT visualizer.offset_at($1, $2::bigint) AS found', [project, Math.floor(at)])
  return row?.found ?? 0
}

/** The newest snapshot at or before an offset. */
export async function findSnapshot(query: Query, key: SnapshotKey, atOrBefore = Number.MAX_SAFE_INTEGER): Promise<Snapshot | undefined> {
  const { project, epoch, foldVersion } = key
  const [row] = await query<{ offset: number; body: string }>(SNAPSHOT, [project, epoch, foldVersion, atOrBefore])
  return row && { project, epoch, foldVersion, ...row }
}

/** What a trimmed log begins with. */
export async function findBeginning(query: Query, project: string): Promise<Snapshot | undefined> {
  const [row] = await query<Omit<Snapshot, 'project'>>(BEGINNING, [project])
  return row && { project, ...row }
}

/** The server's clock, ms since 1970. */
export async function readTime(query: Query): Promise<number | undefined> {
  const [answer] = await query<{ now: number }>(`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`)
  return answer?.now
}
