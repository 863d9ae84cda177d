import { SNAPSHOT_SPAN } from '../event-log.ts'
import { logScript } from './script.ts'

/**
 * The newest snapshot at or before an offset. KEYS: heads, stream, snapshots. ARGV: identity, project, epoch, fold version, offset.
 * Snapshots are a hash: `key` names epoch and fold version of them all, `o<n>` and `b<n>` are offset and body of span n.
 */
export const FIND_SNAPSHOT = logScript(`
if redis.call('HGET', KEYS[3], 'key') ~= ARGV[3] .. ':' .. ARGV[4] then return false end
local first, last = head_of(KEYS[2], ARGV[2])
local at_most = math.min(tonumber(ARGV[5]), last)
for span = math.floor(at_most / ${SNAPSHOT_SPAN}), math.floor((first - 1) / ${SNAPSHOT_SPAN}), -1 do
  local offset = redis.call('HGET', KEYS[3], 'o' .. span)
  if offset and tonumber(offset) <= at_most then return { offset, redis.call('HGET', KEYS[3], 'b' .. span) } end
end
return false
`)

/** Keeps a snapshot of the present epoch. KEYS as above. ARGV: identity, project, epoch, fold version, offset, body. */
export const SAVE_SNAPSHOT = logScript(`
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

/**
 * Keeps what a trimmed log is to begin with, where it goes forward. KEYS: heads, stream, beginning. ARGV: identity, project, epoch, fold
 * version, offset, body. Gives back the first offset that is still there, or false where there is nothing to trim.
 */
export const BEGIN_TRIM = logScript(`
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

/**
 * Removes a page of events from the beginning of a log. KEYS: heads, stream, ids, snapshots. ARGV: identity, project, the page's first
 * and last offset, the trim's last offset, the page's ids. Does nothing where the log begins elsewhere by now.
 */
export const TRIM_STEP = logScript(`
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

/**
 * Forgets a project, all at once; the server frees what it held in the background. KEYS: heads, stream, ids, snapshots, beginning. ARGV:
 * identity, project, a new salt.
 */
export const PURGE = logScript(`
if redis.call('HDEL', KEYS[1], ARGV[2]) + redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4], KEYS[5]) > 0 then
  redis.call('HSET', KEYS[1], ':salt:' .. ARGV[2], ARGV[3])
end
return 1
`)
