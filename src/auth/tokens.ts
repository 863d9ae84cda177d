import type { Scope } from '../domain/token-terms.ts'
import type { Key, KeyValue } from '../key-value/key-value.ts'
import { hashOf, isSame, newSecret } from './signing.ts'
import type { Action } from '../domain/policy-line.ts'
import type { Viewer } from './viewer.ts'

/** A token of a program, as it is stored: its secret by hash only. Times in ms since 1970. */
export type Token = {
  id: string
  name: string
  hash: string
  scopes: readonly Scope[]
  /** Patterns of the projects that it is for. */
  projects: readonly string[]
  createdAt: number
  createdBy: string
  /** When it ends, or ended; undefined: never. */
  endedAt: number | undefined
  revokedBy: string | undefined
}

const MAY: Record<Scope, readonly Action[]> = {
  ingest: ['report'],
  read: ['see'],
  command: ['see', 'act'],
  admin: ['see', 'act', 'report', 'manage', 'admin'],
}

/** What scopes come to, together. */
export const actionsOf = (scopes: readonly Scope[]): Action[] => [...new Set(scopes.flatMap((scope) => MAY[scope]))]

/** What a new token consists of: the text for its program, which is shown once, and what is stored. */
export type NewToken = { text: string; id: string; hash: string }

/** Begins every token, so that scanners for secrets find it where it does not belong. */
export const TOKEN_PREFIX = 'vis_'
const WRITTEN = /^vis_([A-Za-z0-9]{10})_([\w-]{43})$/
const ID_LENGTH = 10

/** A new token. Its text is for its program alone. */
export function newToken(): NewToken {
  const id = newSecret().replaceAll(/[-_]/g, '').slice(0, ID_LENGTH)
  const secret = newSecret()
  return { text: `${TOKEN_PREFIX}${id}_${secret}`, id, hash: hashOf(secret) }
}

/** The token of a text, if its secret is right and it has not ended. */
export function tokenOf(tokens: ReadonlyMap<string, Token>, text: string, now: number): Token | undefined {
  const [, id = '', secret = ''] = WRITTEN.exec(text) ?? []
  const token = tokens.get(id)
  const isRight = isSame(hashOf(secret), token?.hash ?? '')
  return token && isRight && (token.endedAt === undefined || token.endedAt > now) ? token : undefined
}

/** Whether a text is written like a token of ours. */
export const isToken = (text: string): boolean => WRITTEN.test(text)

/** Who makes the requests of a token. */
export const tokenViewer = ({ id, name, scopes, projects }: Token): Viewer => ({
  user: `token:${name}`,
  name,
  groups: [],
  roles: [{ role: 'admin', projects }],
  via: 'token',
  session: `token:${id}`,
  scopes: actionsOf(scopes),
})

const USED_MS = 60_000
const USED_KEPT_MS = 400 * 86_400_000
const REMEMBERED = 5_000
const usedKey = (id: string): Key => ['token-used', id]

/** When tokens were last used, to the minute. May be lost. */
export function openTokenUse({
  keyValue,
  onError,
  now = Date.now,
}: {
  keyValue: KeyValue
  onError(error: unknown): void
  now?: () => number
}) {
  const told = new Map<string, number>()
  return {
    note(id: string) {
      if (now() - (told.get(id) ?? -Infinity) < USED_MS) return
      if (told.size >= REMEMBERED) told.clear()
      told.set(id, now())
      keyValue.set(usedKey(id), String(now()), { ttlMs: USED_KEPT_MS }).catch(onError)
    },
    /** In ms since 1970; undefined: never, or unknown. */
    async last(id: string): Promise<number | undefined> {
      const text = await keyValue.get(usedKey(id))
      return text === undefined ? undefined : Number(text)
    },
  }
}
