import { Cluster, type Redis } from 'ioredis'
import type { RedisConnection } from './connect.ts'

/** How long opening waits for a server; without it what was opened rejects until the server is there. */
const OPEN_MS = 2_000
const OUTCOMES = ['ready', 'error', 'end']

/** Resolves once the connection (on a Cluster: that of each master) is ready, or has failed for the first time, or has taken too long. */
export async function settled(connection: RedisConnection): Promise<void> {
  await oneSettled(connection)
  if (connection instanceof Cluster) await Promise.all(connection.nodes('master').map(oneSettled))
}

async function oneSettled(connection: Redis | Cluster): Promise<void> {
  if (connection.status === 'ready') return
  const { promise, resolve } = Promise.withResolvers<void>()
  const done = () => resolve()
  for (const outcome of OUTCOMES) connection.once(outcome, done)
  const timer = setTimeout(done, OPEN_MS)
  await promise
  clearTimeout(timer)
  for (const outcome of OUTCOMES) connection.off(outcome, done)
}
