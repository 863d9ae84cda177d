import { createHash } from 'node:crypto'
import { Cluster } from 'ioredis'
import type { RedisConnection } from './connect.ts'

export type Script = { text: string; sha: string }

export type ScriptCall = { script: Script; keys: readonly string[]; args: readonly (string | number)[] }

export type Outcome = PromiseSettledResult<unknown>

type Ran = {
  outcomes: Outcome[]
  replicas: number | undefined
}

/** A script of a Lua text. */
export function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

/** Runs a script where its keys are. Rejects with the server's error. */
export async function runScript(connection: RedisConnection, { script: { text, sha }, keys, args }: ScriptCall): Promise<unknown> {
  try {
    return await connection.evalsha(sha, keys.length, ...keys, ...args)
  } catch (error) {
    if (!isUnknownScript(error)) throw error
    return connection.eval(text, keys.length, ...keys, ...args)
  }
}

/** Runs scripts in one round trip, on a Cluster within one bucket. Waits up to `replicaMs` for one replica. */
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
// Redirections are not followed inside a pipeline.
const isElsewhere = (error: Error) => /^(MOVED|ASK|TRYAGAIN) /.test(error.message)

/** Whether keys of several buckets need several round trips. */
export const isCluster = (connection: RedisConnection): connection is Cluster => connection instanceof Cluster
