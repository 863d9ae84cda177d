import { join } from 'node:path'
import { newToken, type Scope } from '../../src/auth/tokens.ts'
import { ACCESS_LOG } from '../../src/domain/events/names.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { endAfter, type Lifetime } from './ending.ts'

export type Grants = { name: string; scopes: readonly Scope[]; projects: readonly string[] }

/** Gives tokens of a running server, by the log that it shares: at once, and without anybody signing in. */
export async function openTokens(dataDir: string, lifetime: Lifetime = 'test') {
  const fail = (error: unknown) => {
    throw error
  }
  const log = await openSqliteLog({ file: join(dataDir, 'events.sqlite'), onError: fail, onNotice: fail })
  endAfter(lifetime, () => log.close())
  return async ({ name, scopes, projects }: Grants): Promise<string> => {
    const { text, id, hash } = newToken()
    const token = { id, name, hash, scopes: [...scopes], projects: [...projects], ends_at: null }
    await log.append(ACCESS_LOG, [{ type: 'token_created', token, by: 'a test', id: Bun.randomUUIDv7() }])
    return text
  }
}
