import type { Snapshot } from './event-log.ts'
import type { Query } from './postgres-connection.ts'
import type { Pool } from './postgres-pool.ts'

/** One snapshot is kept of this many offsets: folding the rest of a bucket takes a few milliseconds. */
const BUCKET = 10_000

/** Events that one transaction removes, so that appends get their turn in between. */
const STEP = 1_000

const SAVE = 'SELECT visualizer.save_snapshot($1, $2, $3::int, $4::bigint, $5, $6::bigint)'
const TRIM = 'SELECT visualizer.trim_step($1, $2, $3::int, $4::bigint, $5, $6::int) AS done'

const fields = ({ project, epoch, foldVersion, offset, body }: Snapshot) => [project, epoch, foldVersion, offset, body]

/** The newest saved of a bucket stays, and what other fold versions or epochs left of the project goes. */
export async function saveSnapshot(query: Query, snapshot: Snapshot): Promise<void> {
  await query(SAVE, [...fields(snapshot), BUCKET])
}

/** Step by step, each of which leaves a whole log. */
export async function trim(pool: Pool, beginning: Snapshot): Promise<void> {
  const step = () => pool.use((query) => query<{ done: boolean }>(TRIM, [...fields(beginning), STEP]))
  while ((await step())[0]?.done === false) await new Promise(setImmediate)
}
