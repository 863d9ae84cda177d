import { script, type Script } from '../../redis/script.ts'

/**
 * Begins every script. KEYS[1] is the heads' hash: `<project>` → `<first>:<last>:<received_at>`, `:salt:<project>`, `:identity`. The
 * epoch is made of the identity, the salt of a purge and the replication id: it changes with each restart and promotion.
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

/** A script with the common prelude. */
export const logScript = (body: string): Script => script(PRELUDE + body)

export const EPOCH = logScript('return epoch_of(id)')

/** The identity for a bucket without one. */
export const newIdentity = (): string => crypto.randomUUID()
