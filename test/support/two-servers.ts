import { join } from 'node:path'
import { z } from 'zod'
import type { Key } from '../../src/key-value/key-value.ts'
import { openSqliteKeyValue } from '../../src/key-value/sqlite.ts'
import { endAfter, temporaryFolder } from './ending.ts'
import { eventually } from './eventually.ts'
import { call } from './report.ts'
import { type RunningServer, startServer } from './server.ts'

/** A dead owner's lease is taken within 10 s; a busy machine takes longer. */
export const TAKEOVER_MS = 20_000

/** Two servers with ports of their own on one data folder and one configuration, as the workers of a host are. */
export async function startTwo(config: string) {
  const dataDir = temporaryFolder()
  const servers = await Promise.all([startServer({ config, dataDir }), startServer({ config, dataDir })])
  const shared = openSqliteKeyValue({ file: join(dataDir, 'shared.sqlite') })
  endAfter('test', () => shared.close())

  /** The one that holds a lease, and the other. */
  async function ownerOf(lease: Key): Promise<{ owner: RunningServer; other: RunningServer }> {
    return eventually(async () => {
      const pid = (await shared.get(lease))?.split(' ')[2]
      const owner = servers.find((server) => String(server.pid()) === pid)
      const other = servers.find((server) => server !== owner)
      return owner && other && { owner, other }
    })
  }
  return { servers, shared, dataDir, ownerOf }
}

/** Holds a server's process until it is let go on, as a machine that hangs does. */
export function freeze(server: RunningServer): { goOn(): void } {
  const pid = server.pid()
  process.kill(pid, 'SIGSTOP')
  return { goOn: () => process.kill(pid, 'SIGCONT') }
}

/** All of a project's events, by what the API tells. */
export async function eventsOf(server: RunningServer, project: string): Promise<Record<string, unknown>[]> {
  const { body } = await call(server, `/api/v1/projects/${project}/events?limit=1000`)
  return z.object({ events: z.array(z.record(z.string(), z.unknown())) }).parse(body).events
}
