import { z } from 'zod'
import type { RedisConnection } from '../../redis/connect.ts'
import { idText } from '../append-call.ts'
import { READ_LIMIT, type Snapshot, SNAPSHOT_SPAN, type SnapshotKey } from '../event-log.ts'
import { answered } from './failure.ts'
import { keysOf } from './keys.ts'
import { ask, readPage } from './read.ts'
import { logScript, newIdentity } from './script.ts'

/** KEYS: heads, stream, snapshots (`key`, and `o<n>`, `b<n>` per span). ARGV: identity, project, epoch, fold version, offset. */
const FIND_SNAPSHOT = logScript(`
if redis.call('HGET', KEYS[3], 'key') ~= ARGV[3] .. ':' .. ARGV[4] then return false end
local first, last = head_of(KEYS[2], ARGV[2])
local at_most = math.min(tonumber(ARGV[5]), last)
for span = math.floor(at_most / ${SNAPSHOT_SPAN}), math.floor((first - 1) / ${SNAPSHOT_SPAN}), -1 do
  local offset = redis.call('HGET', KEYS[3], 'o' .. span)
  if offset and tonumber(offset) <= at_most then return { offset, redis.call('HGET', KEYS[3], 'b' .. span) } end
end
return false
`)

/** KEYS as above. ARGV: identity, project, epoch, fold version, offset, body. */
const SAVE_SNAPSHOT = logScript(`
if redis.call('HEXISTS', KEYS[1], ARGV[2]) == 0 or epoch_of(id, ARGV[2]) ~= ARGV[3] then return 0 end
local key = ARGV[3] .. ':' .. ARGV[4]
if redis.call('HGET', KEYS[3], 'key') ~= key then
  redis.call('DEL', KEYS[3])
  redis.call('HSET', KEYS[3], 'key', key)
end
local span = math.floor(tonumber(ARGV[5]) / ${SNAPSHOT_SPAN})
redis.call('HSET', KEYS[3], 'o' .. span, ARGV[5], 'b' .. span, ARGV[6])
return 1
`)

/** KEYS: heads, stream, beginning. ARGV: identity, project, epoch, fold version, offset, body. False where it would not go forward. */
const BEGIN_TRIM = logScript(`
local first, last = head_of(KEYS[2], ARGV[2])
local offset = tonumber(ARGV[5])
if offset < first or offset > last or epoch_of(id, ARGV[2]) ~= ARGV[3] then return false end
-- A full server refuses what needs memory unless the script has written before: a trim makes room, so it may take some first.
redis.call('HDEL', KEYS[3], '')
if offset > tonumber(redis.call('HGET', KEYS[3], 'offset') or '0') then
  redis.call('HSET', KEYS[3], 'epoch', ARGV[3], 'fold', ARGV[4], 'offset', ARGV[5], 'body', ARGV[6])
end
return first
`)

/** KEYS: heads, stream, ids, snapshots. ARGV: identity, project, first and last offset of the page, last offset of the trim, ids. */
const TRIM_STEP = logScript(`
local first, last, at = head_of(KEYS[2], ARGV[2])
local from, to, goal = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
if first ~= from or to > last then return 0 end
redis.call('XTRIM', KEYS[2], 'MINID', digits(to + 1))
redis.call('SREM', KEYS[3], unpack(ARGV, 6))
redis.call('HSET', KEYS[1], ARGV[2], digits(to + 1) .. ':' .. digits(last) .. ':' .. digits(at))
for span = math.floor((from - 1) / ${SNAPSHOT_SPAN}), math.floor(to / ${SNAPSHOT_SPAN}) do
  local offset = redis.call('HGET', KEYS[4], 'o' .. span)
  if offset and tonumber(offset) < goal then redis.call('HDEL', KEYS[4], 'o' .. span, 'b' .. span) end
end
return 1
`)

export const PURGE = logScript(`
if redis.call('HDEL', KEYS[1], ARGV[2]) + redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4], KEYS[5]) > 0 then
  redis.call('HSET', KEYS[1], ':salt:' .. ARGV[2], ARGV[3])
end
return 1
`)

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

/** Saves a snapshot, if it is of the current epoch. */
export async function saveSnapshot(connection: RedisConnection, { project, epoch, foldVersion, offset, body }: Snapshot) {
  const { field, heads, stream, snapshots } = keysOf(project)
  const args = [newIdentity(), field, epoch, foldVersion, offset, body.toWellFormed()]
  await ask(connection, { script: SAVE_SNAPSHOT, keys: [heads, stream, snapshots], args })
}

/** What a trimmed log begins with. */
export async function findBeginning(connection: RedisConnection, project: string): Promise<Snapshot | undefined> {
  const fields = await answered(connection.hmget(keysOf(project).beginning, 'epoch', 'fold', 'offset', 'body'))
  if (fields[0] === null) return undefined
  const [epoch, fold, offset, body] = Beginning.parse(fields)
  return { project, epoch, foldVersion: Number(fold), offset: Number(offset), body }
}

/** Trims page by page; ids are read from the events. */
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

/** Removes a project. */
export async function purge(connection: RedisConnection, project: string): Promise<void> {
  const { field, heads, stream, ids, snapshots, beginning } = keysOf(project)
  await ask(connection, {
    script: PURGE,
    keys: [heads, stream, ids, snapshots, beginning],
    args: [newIdentity(), field, crypto.randomUUID()],
  })
}
