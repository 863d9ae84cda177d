import { join } from 'node:path'
import { newToken } from '../../src/auth/tokens.ts'
import type { Scope } from '../../src/domain/token-terms.ts'
import { ACCESS_LOG } from '../../src/domain/events/names.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { endAfter, type Lifetime } from './ending.ts'
import { eventually } from './eventually.ts'
import type { RunningServer } from './server.ts'

export type Grants = { name: string; scopes: readonly Scope[]; projects: readonly string[] }

/** Gives tokens of a running server, by the log that it shares: without anybody signing in. It knows them then. */
export async function openTokens({ url, dataDir }: RunningServer, lifetime: Lifetime = 'test') {
  const fail = (error: unknown) => {
    throw error
  }
  const log = await openSqliteLog({ file: join(dataDir, 'events.sqlite'), onError: fail, onNotice: fail })
  endAfter(lifetime, () => log.close())
  return async ({ name, scopes, projects }: Grants): Promise<string> => {
    const { text, id, hash } = newToken()
    const token = { id, name, hash, scopes: [...scopes], projects: [...projects], ends_at: null }
    await log.append(ACCESS_LOG, [{ type: 'token_created', token, by: 'a test', id: Bun.randomUUIDv7() }])
    const isKnown = async () => (await fetch(`${url}/api/v1/status`, { headers: { authorization: `Bearer ${text}` } })).status !== 401
    // Several at once reach several workers.
    await eventually(async () => (await Promise.all(Array.from({ length: 10 }, isKnown))).every(Boolean))
    return text
  }
}
