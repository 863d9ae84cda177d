import { createHash } from 'node:crypto'
import { Cluster } from 'ioredis'
import type { RedisConnection } from './connect.ts'

/** A Lua script; the server knows it by its hash once it has seen it. */
export type Script = { text: string; sha: string }

export type ScriptCall = { script: Script; keys: readonly string[]; args: readonly (string | number)[] }

export type Outcome = PromiseSettledResult<unknown>

export type Ran = {
  /** In the order of the calls. */
  outcomes: Outcome[]
  /** Replicas that have what was written; undefined where that was not asked, or some call went another way. */
  replicas: number | undefined
}

/** Makes a script of its text. */
export function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

/** Runs one script, wherever its keys are. Rejects with what the server or the connection said. */
export async function runScript(connection: RedisConnection, { script: { text, sha }, keys, args }: ScriptCall): Promise<unknown> {
  try {
    return await connection.evalsha(sha, keys.length, ...keys, ...args)
  } catch (error) {
    if (!isUnknownScript(error)) throw error
    return connection.eval(text, keys.length, ...keys, ...args)
  }
}

/**
 * Runs scripts in one round trip; on a Cluster their keys must be in one bucket. With `replicaMs` it waits so long at most until one
 * replica has everything.
 */
export async function runScripts(connection: RedisConnection, calls: readonly ScriptCall[], replicaMs?: number): Promise<Ran> {
  const pipeline = connection.pipeline()
  for (const {
    script: { sha },
    keys,
    args,
  } of calls)
    pipeline.evalsha(sha, keys.length, ...keys, ...args)
  if (replicaMs !== undefined) pipeline.wait(1, replicaMs)
  const results = (await pipeline.exec()) ?? []
  let isDirect = true
  const outcomes = calls.map(async (call, index): Promise<unknown> => {
    const [error, value] = results[index] ?? [new Error('Redis left a script without an answer'), undefined]
    if (error === null) return value
    if (!isUnknownScript(error) && !isElsewhere(error)) throw error
    isDirect = false
    return runScript(connection, call)
  })
  const settled = await Promise.allSettled(outcomes)
  const replicas = results[calls.length]?.[1]
  return { outcomes: settled, replicas: isDirect && typeof replicas === 'number' ? replicas : undefined }
}

const isUnknownScript = (error: unknown) => error instanceof Error && error.message.startsWith('NOSCRIPT')
// Inside a pipeline of several commands nobody follows a Cluster's redirection.
const isElsewhere = (error: Error) => /^(MOVED|ASK|TRYAGAIN) /.test(error.message)

/** True where the keys of several buckets cannot go in one pipeline. */
export const isCluster = (connection: RedisConnection): connection is Cluster => connection instanceof Cluster
