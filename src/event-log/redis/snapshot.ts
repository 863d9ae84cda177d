import { z } from 'zod'
import type { RedisConnection } from '../../redis/connect.ts'
import { idText } from '../append-call.ts'
import { READ_LIMIT, type Snapshot, type SnapshotKey } from '../event-log.ts'
import { answered } from './failure.ts'
import { keysOf } from './keys.ts'
import { ask, readPage } from './read.ts'
import { newIdentity } from './script.ts'
import { BEGIN_TRIM, FIND_SNAPSHOT, PURGE, SAVE_SNAPSHOT, TRIM_STEP } from './snapshot-scripts.ts'

const Found = z.tuple([z.string(), z.string()]).nullable()
const Beginning = z.tuple([z.string(), z.string(), z.string(), z.string()])

/** The newest snapshot at or before an offset. */
export async function findSnapshot(connection: RedisConnection, key: SnapshotKey, atOrBefore = Number.MAX_SAFE_INTEGER) {
  const { project, epoch, foldVersion } = key
  const { field, heads, stream, snapshots } = keysOf(project)
  const args = [newIdentity(), field, epoch, foldVersion, atOrBefore]
  const found = Found.parse(await ask(connection, { script: FIND_SNAPSHOT, keys: [heads, stream, snapshots], args }))
  return found ? { project, epoch, foldVersion, offset: Number(found[0]), body: found[1] } : undefined
}

/** Keeps a snapshot of the present epoch; one of another epoch is left alone: its log is gone. */
export async function saveSnapshot(connection: RedisConnection, { project, epoch, foldVersion, offset, body }: Snapshot) {
  const { field, heads, stream, snapshots } = keysOf(project)
  // UTF-8 has no lone surrogates.
  const args = [newIdentity(), field, epoch, foldVersion, offset, body.toWellFormed()]
  await ask(connection, { script: SAVE_SNAPSHOT, keys: [heads, stream, snapshots], args })
}

/** What the log of a project begins with, where it was trimmed. */
export async function findBeginning(connection: RedisConnection, project: string): Promise<Snapshot | undefined> {
  const fields = await answered(connection.hmget(keysOf(project).beginning, 'epoch', 'fold', 'offset', 'body'))
  if (fields[0] === null) return undefined
  const [epoch, fold, offset, body] = Beginning.parse(fields)
  return { project, epoch, foldVersion: Number(fold), offset: Number(offset), body }
}

/** Keeps the beginning, then removes page by page: the ids of a page are in its events, so they need not be stored twice. */
export async function trim(connection: RedisConnection, beginning: Snapshot): Promise<void> {
  const { project, epoch, foldVersion, offset, body } = beginning
  const { field, heads, stream, ids, snapshots, beginning: kept } = keysOf(project)
  const args = [newIdentity(), field, epoch, foldVersion, offset, body.toWellFormed()]
  const first = z
    .number()
    .nullable()
    .parse(await ask(connection, { script: BEGIN_TRIM, keys: [heads, stream, kept], args }))
  if (first === null) return
  for (;;) {
    const page = await readPage(connection, project, { after: 0, upTo: offset, limit: READ_LIMIT })
    const to = page.events.at(-1)?.offset
    if (to === undefined) return
    const step = [newIdentity(), field, page.first, to, offset, ...page.events.map(({ id }) => idText(id))]
    await ask(connection, { script: TRIM_STEP, keys: [heads, stream, ids, snapshots], args: step })
  }
}

/** Forgets a project at once. */
export async function purge(connection: RedisConnection, project: string): Promise<void> {
  const { field, heads, stream, ids, snapshots, beginning } = keysOf(project)
  await ask(connection, {
    script: PURGE,
    keys: [heads, stream, ids, snapshots, beginning],
    args: [newIdentity(), field, crypto.randomUUID()],
  })
}
