import { z } from 'zod'
import { ALL_BUCKETS, decodePart } from '../../redis/keys.ts'
import type { RedisConnection } from '../../redis/connect.ts'
import { isCluster, type Outcome, runScript, runScripts, type Script, type ScriptCall } from '../../redis/script.ts'
import { LogUnavailableError, type Page, type Position, READ_LIMIT, type ReadRange } from '../event-log.ts'
import { asLogError, answered } from './failure.ts'
import { headsKey, keysOf, streamEnds } from './keys.ts'
import { EPOCH, logScript, newIdentity } from './script.ts'
import { PAGE_CHARACTERS, storedEvent } from '../stored-event.ts'

/**
 * A consistent page, bodies one per line: one long text parses faster than many. ARGV: identity, project, after, up to, limit,
 * characters.
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

/** KEYS: heads. ARGV: identity. Returns the epoch, names and heads in turn, then the projects with an epoch of their own. */
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

/** KEYS: heads, stream. ARGV: identity, project, instant (ms). */
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

/** Projects whose events do not match their heads. KEYS: heads. ARGV: identity, both ends of a stream's key. */
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

const PageAnswer = z.tuple([z.string(), z.number(), z.number(), z.number(), z.string(), z.string()])
const HeadsAnswer = z.tuple([z.string(), z.array(z.string()), z.array(z.string())])

/** Runs a script; rejects with the error for callers. */
export function ask(connection: RedisConnection, call: ScriptCall): Promise<unknown> {
  return answered(runScript(connection, call))
}

/** A consistent page of events. */
export async function readPage(connection: RedisConnection, project: string, range: ReadRange): Promise<Page> {
  const { field, heads, stream } = keysOf(project)
  const { after, upTo = Number.MAX_SAFE_INTEGER, limit, characters = PAGE_CHARACTERS } = range
  const args = [newIdentity(), field, after, upTo, Math.min(limit, READ_LIMIT), characters]
  const [epoch, first, head, begin, times, bodies] = PageAnswer.parse(await ask(connection, { script: READ, keys: [heads, stream], args }))
  if (bodies === '') return { epoch, first, head, events: [] }
  const received = times.split('\n')
  const events = bodies.split('\n').map((body, index) => storedEvent({ offset: begin + index, at: Number(received[index]), body }))
  return { epoch, first, head, events }
}

/** The last offset received at or before an instant. */
export async function findOffsetAt(connection: RedisConnection, project: string, at: number): Promise<number> {
  const { field, heads, stream } = keysOf(project)
  return z.number().parse(await ask(connection, { script: OFFSET_AT, keys: [heads, stream], args: [newIdentity(), field, at] }))
}

/** The heads of all projects whose server answers; rejects when none does. */
export async function readHeads(connection: RedisConnection): Promise<Map<string, Position>> {
  const heads = new Map<string, Position>()
  for (const answer of answersOf(await askBuckets(connection, HEADS))) {
    const [epoch, fields, own] = HeadsAnswer.parse(answer)
    const owns = new Map(pairsOf(own))
    for (const [field, head] of pairsOf(fields)) {
      // The bucket's own fields begin with a colon, which encoded names cannot hold.
      if (!field.startsWith(':')) heads.set(decodePart(field), { epoch: owns.get(field) ?? epoch, offset: Number(head.split(':')[1]) })
    }
  }
  return heads
}

function pairsOf(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index] ?? '', flat[2 * index + 1] ?? ''])
}

/** How many buckets have no server now; rejects when none has. */
export async function countLostBuckets(connection: RedisConnection): Promise<number> {
  return ALL_BUCKETS.length - answersOf(await askBuckets(connection, EPOCH)).length
}

/** Projects with missing events; servers that are away are skipped. */
export async function findDamaged(connection: RedisConnection): Promise<string[]> {
  const answers = answersOf(await askBuckets(connection, DAMAGED, streamEnds))
  return answers.flatMap((answer) => z.array(z.string()).parse(answer)).map(decodePart)
}

async function askBuckets(
  connection: RedisConnection,
  script: Script,
  argsOf: (bucket: string) => string[] = () => [],
): Promise<Outcome[]> {
  const calls = ALL_BUCKETS.map((bucket) => ({ script, keys: [headsKey(bucket)], args: [newIdentity(), ...argsOf(bucket)] }))
  if (isCluster(connection)) return Promise.allSettled(calls.map((call) => ask(connection, call)))
  return (await answered(runScripts(connection, calls))).outcomes
}

function answersOf(outcomes: Outcome[]): unknown[] {
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [asLogError(outcome.reason)] : []))
  const fault = failures.find((failure) => !(failure instanceof LogUnavailableError))
  if (fault !== undefined || failures.length === outcomes.length) throw fault ?? failures[0]
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
}

/** The server's clock, ms since 1970. */
export async function readTime(connection: RedisConnection): Promise<number | undefined> {
  const [seconds] = await answered(connection.time())
  return Number(seconds) * 1_000
}
