import { logScript } from './script.ts'

/**
 * Whether an append could be stored: writes beside the heads what it removes at once. KEYS: heads, stream. ARGV: identity, project. Gives
 * back what APPEND does.
 */
export const TRY_APPEND = logScript(`
local name = ARGV[2]
local first, last, at = head_of(KEYS[2], name)
if redis.call('XLEN', KEYS[2]) ~= last - first + 1 then return redis.error_reply('DAMAGED events of ' .. name .. ' are missing') end
redis.call('HSET', KEYS[1], ':try', ARGV[1])
redis.call('HDEL', KEYS[1], ':try')
return { epoch_of(id, name), last, at, replicas, '' }
`)

/**
 * Stores events of one project: all or none, since whatever may fail is asked before the first write, and the first write fails
 * only together with all others (full, read-only).
 *
 * KEYS: heads, stream, ids. ARGV: identity, project, now (ms), count, the ids, the bodies. Gives back the epoch, the head before, the
 * received_at of what was stored, the number of replicas, and for each event whether it was new.
 * Entries of the stream are named `<offset>-<received_at>`.
 */
export const APPEND = logScript(`
local name, count = ARGV[2], tonumber(ARGV[4])
local first, last, at = head_of(KEYS[2], name)
if redis.call('XLEN', KEYS[2]) ~= last - first + 1 then return redis.error_reply('DAMAGED events of ' .. name .. ' are missing') end
local known = redis.call('SMISMEMBER', KEYS[3], unpack(ARGV, 5, 4 + count))
local now = math.max(tonumber(ARGV[3]), at)
local epoch = epoch_of(id, name)
local suffix = '-' .. digits(now)
local new, flags, seen = {}, {}, {}
for index = 1, count do
  local event = ARGV[4 + index]
  if known[index] == 1 or seen[event] then
    flags[index] = '0'
  else
    seen[event] = true
    new[#new + 1] = event
    flags[index] = '1'
    redis.call('XADD', KEYS[2], digits(last + #new) .. suffix, 'b', ARGV[4 + count + index])
  end
end
if #new > 0 then redis.call('SADD', KEYS[3], unpack(new)) end
-- Also where all was known: WAIT waits for what this very connection wrote, and who sends again may have another one.
if #new > 0 or replicas > 0 then
  redis.call('HSET', KEYS[1], name, digits(first) .. ':' .. digits(last + #new) .. ':' .. digits(now))
end
return { epoch, last, now, replicas, table.concat(flags) }
`)
