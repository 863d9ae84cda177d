import { script, type Script } from '../../redis/script.ts'

/**
 * What every script begins with. KEYS[1] is the bucket's heads: a hash of `<project>` → `<first>:<last>:<received_at of the last>`, of
 * `:salt:<project>`, which makes the epoch of a project that was forgotten once another than its former one, and of
 * `:identity`, a random text that goes with the keys (FLUSHALL, eviction). ARGV[1] is a new such text for where there is none.
 * The epoch is made of it and of the server's replication id, which is another one after each restart and each promotion. So it
 * need not be stored, and no server can tell numbers that it gave itself under the epoch of another.
 */
const PRELUDE = `
local function server()
  local info = redis.call('INFO', 'replication')
  if not string.find(info, 'role:master', 1, true) then return nil, 'READONLY this server is a replica' end
  local id = string.match(info, 'master_replid:(%w+)')
  if not id then return nil, 'NOIDENTITY INFO replication tells no master_replid' end
  local _, replicas = string.gsub(info, 'state=online', '')
  return id, nil, replicas
end
local function epoch_of(id, name)
  local identity = redis.call('HGET', KEYS[1], ':identity')
  if not identity then
    identity = ARGV[1]
    redis.call('HSET', KEYS[1], ':identity', identity)
  end
  local salt = name and redis.call('HGET', KEYS[1], ':salt:' .. name) or ''
  return string.sub(redis.sha1hex(identity .. id .. salt), 1, 8)
end
local function digits(number) return string.format('%.0f', number) end
local function head_of(stream, name)
  local head = redis.call('HGET', KEYS[1], name)
  if head then
    local first, last, at = string.match(head, '^(%d+):(%d+):(%d+)$')
    return tonumber(first), tonumber(last), tonumber(at)
  end
  if redis.call('EXISTS', stream) == 0 then return 1, 0, 0 end
  -- The heads were lost, the events were not: their numbers go on, under an epoch of their own.
  local told = redis.call('XINFO', 'STREAM', stream)
  for index = 1, #told, 2 do
    if told[index] == 'last-generated-id' then
      local last, at = string.match(told[index + 1], '^(%d+)%-(%d+)$')
      return tonumber(last) - redis.call('XLEN', stream) + 1, tonumber(last), tonumber(at)
    end
  end
end
local id, refusal, replicas = server()
if not id then return redis.error_reply(refusal) end
`

/** Makes a script of what follows the common beginning. */
export const logScript = (body: string): Script => script(PRELUDE + body)

/** The epoch of a bucket: the least that can be asked. KEYS: heads. ARGV: identity. */
export const EPOCH = logScript('return epoch_of(id)')

/** What a bucket without one gets; every script brings one along. */
export const newIdentity = (): string => crypto.randomUUID()
