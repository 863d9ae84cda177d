import { type Snapshot, SNAPSHOT_SPAN } from '../event-log.ts'
import type { Query } from './connection.ts'
import type { Pool } from './pool.ts'

/** Events that one transaction removes, so that appends get their turn in between. */
const STEP = 1_000

const SAVE = 'SELECT visualizer.save_snapshot($1, $2, $3::int, $4::bigint, $5, $6::bigint)'
const TRIM = 'SELECT visualizer.trim_step($1, $2, $3::int, $4::bigint, $5, $6::int) AS done'

const fields = ({ project, epoch, foldVersion, offset, body }: Snapshot) => [project, epoch, foldVersion, offset, body]

/** The newest saved of a span stays, and what other fold versions or epochs left of the project goes. */
export async function saveSnapshot(query: Query, snapshot: Snapshot): Promise<void> {
  await query(SAVE, [...fields(snapshot), SNAPSHOT_SPAN])
}

/** Begins the name anew, then removes what lay under it, and what others left. */
export async function purge(pool: Pool, project: string): Promise<void> {
  await pool.use((query) => query('SELECT visualizer.begin_purge($1, $2)', [project, crypto.randomUUID()]))
  const step = () => pool.use((query) => query<{ done: boolean }>('SELECT visualizer.purge_step($1::int) AS done', [STEP]))
  while ((await step())[0]?.done === false) await new Promise(setImmediate)
}

/** Step by step, each of which leaves a whole log. */
export async function trim(pool: Pool, beginning: Snapshot): Promise<void> {
  const step = () => pool.use((query) => query<{ done: boolean }>(TRIM, [...fields(beginning), STEP]))
  while ((await step())[0]?.done === false) await new Promise(setImmediate)
}
