import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../support/ports.ts'
import { benchFolder } from './server.ts'

export type BenchedRedis = { url: string; empty(): Promise<void>; end(): Promise<void> }

const SETTINGS = join(import.meta.dir, '../../config/redis/redis.conf')

/** A real redis-server with the settings that are shipped: each write is on disk before it is answered. */
export async function startRedis(): Promise<BenchedRedis> {
  const port = await freePort()
  const argv = ['redis-server', SETTINGS, '--bind', '127.0.0.1', '--port', String(port), '--dir', benchFolder()]
  const child = Bun.spawn(argv, { stdio: ['ignore', 'ignore', 'inherit'] })
  process.on('exit', () => child.kill('SIGKILL'))
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 20 })
  // Until it listens.
  client.on('error', () => undefined)
  await client.ping()
  return {
    url: `redis://127.0.0.1:${port}`,
    empty: async () => void (await client.flushall()),
    async end() {
      client.disconnect()
      child.kill('SIGTERM')
      await child.exited
    },
  }
}
