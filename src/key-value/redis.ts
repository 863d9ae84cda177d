import { ReplyError } from 'ioredis'
import type { RedisConfig } from '../config/config.ts'
import { connectRedis, type RedisConnection, awaitReady } from '../redis/connect.ts'
import { redisReason } from '../redis/reason.ts'
import { isCluster, type Outcome, runScript, runScripts, type Script, script, type ScriptCall } from '../redis/script.ts'
import { type Key, keyText, type KeyValue, StoreUnavailableError } from './key-value.ts'

const INCREMENT = script(`
local isNew = redis.call('EXISTS', KEYS[1]) == 0
local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
if isNew then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return sum`)

/** KEYS: value. ARGV: new value, ms or 0, expected value if any. */
const COMPARE_AND_SET = script(`
local present = redis.call('GET', KEYS[1])
local expected = ARGV[3] or false
if present ~= expected then return 0 end
if ARGV[2] == '0' then redis.call('SET', KEYS[1], ARGV[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1`)

const ACQUIRE = script(`
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)

const RELEASE = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`)

type RedisKeyValueOptions = {
  redis: RedisConfig
  onError?: (error: unknown) => void
}

const CALLS_AT_ONCE = 500

/** Key-value on Redis. Opening never rejects; while the server is away every method rejects within three seconds. */
export async function openRedisKeyValue({ redis, onError }: RedisKeyValueOptions): Promise<KeyValue> {
  const connection = connectRedis({ redis, name: 'visualizer-key-value', ...(onError ? { onError } : {}) })
  let isClosed = false
  await awaitReady(connection)

  async function ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    if (isClosed) throw new StoreUnavailableError('the store on Redis is closed')
    try {
      return await question()
    } catch (error) {
      throw asStoreError(error)
    }
  }
  const run = (script: Script, key: Key, args: (string | number)[]) => ask(() => runScript(connection, callOf(script, key, args)))
  const runAll = (script: Script, keys: readonly Key[], args: (string | number)[]) => {
    const calls = keys.map((key) => callOf(script, key, args))
    return ask(() => runMany(connection, calls))
  }
  return {
    get: async (key) => (await ask(() => connection.get(keyText(key)))) ?? undefined,
    async set(key, value, { ttlMs } = {}) {
      await ask(() => (ttlMs === undefined ? connection.set(keyText(key), value) : connection.set(keyText(key), value, 'PX', ttlMs)))
    },
    async delete(key) {
      await ask(() => connection.del(keyText(key)))
    },
    increment: async (key, by, ttlMs) => Number(await run(INCREMENT, key, [by, ttlMs])),
    async compareAndSet(key, { expected, value, ttlMs = 0 }) {
      return (await run(COMPARE_AND_SET, key, expected === undefined ? [value, ttlMs] : [value, ttlMs, expected])) === 1
    },
    acquire: async (keys, owner, ttlMs) => (await runAll(ACQUIRE, keys, [owner, ttlMs])).map((answer) => answer === 1),
    async release(keys, owner) {
      await runAll(RELEASE, keys, [owner])
    },
    async close() {
      isClosed = true
      connection.disconnect()
    },
  }
}

const callOf = (script: Script, key: Key, args: (string | number)[]): ScriptCall => ({ script, keys: [keyText(key)], args })

async function runMany(connection: RedisConnection, calls: readonly ScriptCall[]): Promise<unknown[]> {
  const answers: unknown[] = []
  for (let start = 0; start < calls.length; start += CALLS_AT_ONCE) {
    const some = calls.slice(start, start + CALLS_AT_ONCE)
    const outcomes = isCluster(connection)
      ? await Promise.allSettled(some.map((call) => runScript(connection, call)))
      : (await runScripts(connection, some)).outcomes
    answers.push(...outcomes.map(answerOf))
  }
  return answers
}

function answerOf(outcome: Outcome): unknown {
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}

/** Errors of our own (such as a counter that is text) stay; others mean that the server is away. */
function asStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailableError) return error
  if (error instanceof ReplyError && /^(ERR|WRONGTYPE)\b/.test(error.message)) return error
  return new StoreUnavailableError(`Redis cannot answer: ${redisReason(error)}`, { cause: error })
}
