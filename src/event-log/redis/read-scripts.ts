import { logScript } from './script.ts'

/**
 * One page, all of it from one moment. KEYS: heads, stream. ARGV: identity, project, after, up to, limit, characters. Gives back the epoch, the
 * first and the last offset, the offset of the first event, and the events' times and bodies, one a line each: one long
 * text is parsed sooner than a thousand short ones. Large events are fetched few at a time.
 */
export const READ = logScript(`
local name, limit, most = ARGV[2], tonumber(ARGV[5]), tonumber(ARGV[6])
local first, last = head_of(KEYS[2], name)
local begin = math.max(tonumber(ARGV[3]) + 1, first)
local at_most = math.min(tonumber(ARGV[4]), last)
local times, bodies, characters, count = {}, {}, 0, 8
local next, is_full = begin, false
while next <= at_most and #bodies < limit and not is_full do
  local entries = redis.call('XRANGE', KEYS[2], digits(next), digits(at_most), 'COUNT', math.min(count, limit - #bodies))
  if #entries == 0 then return redis.error_reply('DAMAGED events of ' .. name .. ' are missing') end
  for _, entry in ipairs(entries) do
    local offset, at = string.match(entry[1], '^(%d+)%-(%d+)$')
    if tonumber(offset) ~= next then return redis.error_reply('DAMAGED events of ' .. name .. ' are missing') end
    local body = entry[2][2]
    characters = characters + #body
    is_full = characters > most
    if is_full and #bodies > 0 then break end
    bodies[#bodies + 1] = body
    times[#times + 1] = at
    next = next + 1
  end
  count = math.max(1, math.min(500, math.floor((most - characters) * #bodies / characters)))
end
return { epoch_of(id, name), first, last, begin, table.concat(times, '\\n'), table.concat(bodies, '\\n') }
`)

/**
 * The heads of a bucket. KEYS: heads. ARGV: identity. Gives back the epoch, names and heads in turn, then the names and epochs of
 * those that have one of their own.
 */
export const HEADS = logScript(`
local epoch, fields, own = epoch_of(id), redis.call('HGETALL', KEYS[1]), {}
for index = 1, #fields, 2 do
  local name = string.match(fields[index], '^:salt:(.*)$')
  if name then
    own[#own + 1] = name
    own[#own + 1] = epoch_of(id, name)
  end
end
return { epoch, fields, own }
`)

/** The last offset received at or before an instant. KEYS: heads, stream. ARGV: identity, project, instant (ms). Binary search: received_at never goes back. */
export const OFFSET_AT = logScript(`
local first, last, at = head_of(KEYS[2], ARGV[2])
local instant = tonumber(ARGV[3])
if instant >= at then return last end
local before, behind = first - 1, last
while behind - before > 1 do
  local middle = math.floor((before + behind) / 2)
  local entry = redis.call('XRANGE', KEYS[2], digits(middle), digits(middle))[1]
  if not entry then return redis.error_reply('DAMAGED events of ' .. ARGV[2] .. ' are missing') end
  if tonumber(string.match(entry[1], '%d+$')) <= instant then before = middle else behind = middle end
end
return before
`)

/**
 * Projects of a bucket whose events do not go with their heads. KEYS: heads. ARGV: identity, the beginning and the end of the keys of
 * streams, between which a project stands. Gives back their names.
 */
export const DAMAGED = logScript(`
local damaged, fields = {}, redis.call('HGETALL', KEYS[1])
for index = 1, #fields, 2 do
  local first, last = string.match(fields[index + 1], '^(%d+):(%d+):%d+$')
  if first and string.sub(fields[index], 1, 1) ~= ':' then
    local told = redis.pcall('XLEN', ARGV[2] .. fields[index] .. ARGV[3])
    if type(told) ~= 'number' or told ~= last - first + 1 then damaged[#damaged + 1] = fields[index] end
  end
end
return damaged
`)
