import { z } from 'zod'
import type { StoredEvent } from '../../domain/events/event.ts'
import { PROJECTS_LOG } from '../../domain/events/names.ts'
import { ALL_BUCKETS } from '../../redis/keys.ts'
import type { RedisConnection } from '../../redis/connect.ts'
import { isCluster, type Outcome, runScripts, type ScriptCall } from '../../redis/script.ts'
import type { AppendCall } from '../append-call.ts'
import { type Appended, LogUnavailableError } from '../event-log.ts'
import { asLogError, answered } from './failure.ts'
import { headsKey, keysOf } from './keys.ts'
import { logScript, newIdentity } from './script.ts'

/** Writes beside the heads and removes it: fails where APPEND would. KEYS: heads, stream. ARGV: identity, project. */
const TRY_APPEND = logScript(`
local name = ARGV[2]
local first, last, at = head_of(KEYS[2], name)
if redis.call('XLEN', KEYS[2]) ~= last - first + 1 then return redis.error_reply('DAMAGED events of ' .. name .. ' are missing') end
redis.call('HSET', KEYS[1], ':try', ARGV[1])
redis.call('HDEL', KEYS[1], ':try')
return { epoch_of(id, name), last, at, replicas, '' }
`)

/**
 * All or none. KEYS: heads, stream, ids. ARGV: identity, project, now, count, ids, bodies. Returns epoch, head, time, replicas, flags.
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

const REPLICA_MS = 1_000
export type Appender = {
  connection: RedisConnection
  clock: () => number
  replicated: Set<string>
}

type AppendOutcome = PromiseSettledResult<Appended>
type ProjectBatch = { calls: AppendCall[]; call: ScriptCall; place: string }
type Stored = { epoch: string; last: number; at: number; replicas: number; flags: string }

const Answer = z.tuple([z.string(), z.number(), z.number(), z.number(), z.string()])

/** Stores a group with one script per project, in one round trip per bucket. A project's failure concerns it alone. */
export async function commitGroup(appender: Appender, calls: AppendCall[]): Promise<AppendOutcome[]> {
  const now = appender.clock()
  const places = new Map<string, ProjectBatch[]>()
  for (const [project, ofProject] of Map.groupBy(calls, (call) => call.project)) {
    const { bucket, field, heads, stream, ids } = keysOf(project)
    const known = ofProject.flatMap((call) => call.ids)
    const args = [newIdentity(), field, now, known.length, ...known, ...ofProject.flatMap(({ bodies }) => bodies)]
    const place = isCluster(appender.connection) ? bucket : ''
    const batch = { calls: ofProject, call: { script: APPEND, keys: [heads, stream, ids], args }, place }
    places.set(place, [...(places.get(place) ?? []), batch])
  }
  const outcomes = new Map<AppendCall, AppendOutcome>()
  await Promise.all(
    [...places.values()].map(async (batches) => {
      const stored = await storeWithin(appender, batches)
      for (const [index, batch] of batches.entries()) tellCalls(batch, stored[index], outcomes)
    }),
  )
  return calls.flatMap((call) => outcomes.get(call) ?? [])
}

/** Rejects where an append would be refused now. */
export async function tryAppend(appender: Appender): Promise<void> {
  const first = await tryWithin(appender, keysOf(PROJECTS_LOG))
  if (first.status === 'fulfilled') return
  const others = ALL_BUCKETS.map((bucket) => ({ bucket, field: '', heads: headsKey(bucket), stream: `visualizer:{${bucket}}:try` }))
  const outcomes = isCluster(appender.connection) ? await Promise.all(others.map((keys) => tryWithin(appender, keys))) : []
  if (outcomes.some(({ status }) => status === 'fulfilled')) return
  const reason = asLogError(first.reason)
  throw reason instanceof Error ? reason : new Error(String(reason))
}

type TriedKeys = Pick<ReturnType<typeof keysOf>, 'bucket' | 'field' | 'heads' | 'stream'>

async function tryWithin(appender: Appender, { bucket, field, heads, stream }: TriedKeys): Promise<Outcome> {
  const call = { script: TRY_APPEND, keys: [heads, stream], args: [newIdentity(), field] }
  const [outcome] = await storeWithin(appender, [{ calls: [], call, place: isCluster(appender.connection) ? bucket : '' }])
  return outcome ?? { status: 'rejected', reason: new Error('a try was left without an outcome') }
}

async function storeWithin(appender: Appender, batches: ProjectBatch[]): Promise<Outcome[]> {
  try {
    return await answered(store(appender, batches))
  } catch (reason) {
    return batches.map(() => ({ status: 'rejected', reason }))
  }
}

async function store({ connection, replicated }: Appender, batches: ProjectBatch[]): Promise<Outcome[]> {
  const place = batches[0]?.place ?? ''
  const calls = batches.map(({ call }) => call)
  const ran = await runScripts(connection, calls, replicated.has(place) ? REPLICA_MS : undefined)
  const hasReplicas = ran.outcomes.some((outcome) => storedOf(outcome)?.replicas)
  if (!hasReplicas) {
    replicated.delete(place)
    return ran.outcomes
  }
  replicated.add(place)
  if (ran.replicas !== undefined) return confirmed(ran.outcomes, ran.replicas)
  // The first call found a replica: the same again, all duplicates by now, with the wait.
  const again = await runScripts(connection, calls, REPLICA_MS)
  const isSame = again.outcomes.every((outcome, index) => storedOf(outcome)?.epoch === storedOf(ran.outcomes[index])?.epoch)
  return confirmed(ran.outcomes, isSame ? (again.replicas ?? 0) : 0)
}

const storedOf = (outcome: Outcome | undefined): Stored | undefined =>
  outcome?.status === 'fulfilled' ? parseAnswer(outcome.value) : undefined

function parseAnswer(value: unknown): Stored {
  const [epoch, last, at, replicas, flags] = Answer.parse(value)
  return { epoch, last, at, replicas, flags }
}

function confirmed(outcomes: Outcome[], replicas: number): Outcome[] {
  if (replicas > 0) return outcomes
  const message = `Redis has it, but no replica confirmed within ${REPLICA_MS} ms: it may be lost if the master fails now. Send it again`
  const reason = new LogUnavailableError(message)
  return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? { status: 'rejected', reason } : outcome))
}

function tellCalls({ calls }: ProjectBatch, outcome: Outcome | undefined, outcomes: Map<AppendCall, AppendOutcome>) {
  const stored = storedOf(outcome)
  if (stored === undefined) {
    const reason = outcome?.status === 'rejected' ? asLogError(outcome.reason) : new Error('an append was left without an outcome')
    for (const call of calls) outcomes.set(call, { status: 'rejected', reason })
    return
  }
  let [place, offset] = [0, stored.last]
  for (const call of calls) {
    const appended: StoredEvent[] = []
    for (const event of call.events) {
      if (stored.flags[place++] !== '1') continue
      offset += 1
      appended.push({ ...event, offset, received_at: stored.at })
    }
    const position = { epoch: stored.epoch, offset }
    outcomes.set(call, { status: 'fulfilled', value: { position, appended, duplicates: call.events.length - appended.length } })
  }
}
