import type { Scope } from '../domain/token-terms.ts'
import type { ProvidersConfig } from '../config/config.ts'
import type { NewEvent } from '../domain/events/event.ts'
import type { EventLog } from '../event-log/event-log.ts'
import type { KeyValue } from '../key-value/key-value.ts'
import { type Access, openAccess } from './access.ts'
import { type AuditEntry, openAudit, openRefusals } from './audit.ts'
import { openProviders, type Providers } from './providers.ts'
import { openSessions, type SessionLimits, type Sessions } from './sessions.ts'
import { openSignInLinks, type SignInLinks } from './sign-in-links.ts'
import { openSigner, type Signer } from './signing.ts'
import { newToken, openTokenUse, type Token } from './tokens.ts'
import type { Viewer } from './viewer.ts'

/** Who may come in: sessions, links, tokens, providers, and the audit log. */
export type Auth = {
  sessions: Sessions
  links: SignInLinks
  access: Access
  signer: Signer
  tokenUse: ReturnType<typeof openTokenUse>
  providers: Providers
  /** Never throws and never waits. */
  note(entry: AuditEntry): void
  /** The same for what was refused, bounded in number. */
  refused(entry: Omit<AuditEntry, 'result'>): void
  /** Ends a session here and everywhere. */
  endSession(hash: string): Promise<void>
  /** Makes a token that ends after so many days, or never; its text is for its program alone. */
  createToken(wanted: WantedToken, by: string): Promise<{ text: string; id: string; endsAt: number | undefined }>
  /** Ends a token on every worker; undefined where there is none. */
  revokeToken(id: string, by: string): Promise<Token | undefined>
  /** Remembers that an admin has signed in: no link is offered at the next start. */
  noteAdmin(viewer: Viewer): Promise<void>
  /** Looks tokens up that were made elsewhere a moment ago; not more than once a second. */
  look(): Promise<void>
  /** Tells of sessions, and of tokens as `token:<id>`, that ended on whatever worker. */
  onEnded(listener: (ended: ReadonlySet<string>) => void): void
  /** Those of the given sessions and tokens that have ended meanwhile. */
  endedOf(sessions: Iterable<string>): Promise<ReadonlySet<string>>
  close(): Promise<void>
}

export type WantedToken = { name: string; scopes: Scope[]; projects: string[]; days: number | undefined }

type Deps = {
  eventLog: Pick<EventLog, 'read'>
  keyValue: KeyValue
  append(project: string, events: readonly NewEvent[]): Promise<unknown>
  keys: readonly { reveal(): string }[]
  limits: SessionLimits
  providers: ProvidersConfig
  onError(error: unknown): void
  /** Hears why a provider or an issuer could not be asked. */
  onAway(error: unknown): void
}

const LOOK_AGAIN_MS = 1_000
const TOKEN = 'token:'
const UNTIL = 'until:'

/** Instead of a session, for whoever may stay until a time (in ms since 1970) that is known. */
export const untilAt = (at: number): string => `${UNTIL}${at}`

const AT_ONCE = 16

/** Opens what decides who may come in. */
export function openAuth({ eventLog, keyValue, append, keys, limits, providers, onError, onAway }: Deps): Auth {
  const listeners: ((ended: ReadonlySet<string>) => void)[] = []
  const access = openAccess({
    ...{ eventLog, append, onError },
    onEnded({ sessions: hashes, tokens }) {
      for (const hash of hashes) sessions.forget(hash)
      const ended = new Set([...hashes, ...tokens.map((id) => `${TOKEN}${id}`)])
      for (const listener of listeners) listener(ended)
    },
  })
  const audit = openAudit({ append, onError })
  const signer = openSigner(keys)
  const sessions = openSessions({ keyValue, signer, limits })
  let lookedAt = -Infinity

  return {
    ...{ sessions, access, signer, note: audit.note, refused: openRefusals(audit.note) },
    links: openSignInLinks({ keyValue }),
    providers: openProviders({ config: providers, signer, keyValue, onAway }),
    tokenUse: openTokenUse({ keyValue, onError }),
    async endSession(hash) {
      await sessions.end(hash)
      await access.tell([{ type: 'session_ended', session: hash }])
    },
    createToken: (wanted, by) => createToken(access, wanted, by),
    revokeToken: (id, by) => revokeToken(access, id, by),
    noteAdmin: (viewer) => noteAdmin(access, viewer),
    async look() {
      if (performance.now() - lookedAt < LOOK_AGAIN_MS) return
      lookedAt = performance.now()
      await access.catchUp()
    },
    onEnded: (listener) => void listeners.push(listener),
    endedOf: (all) => endedOf(all, { sessions, access }),
    async close() {
      access.close()
      await audit.close()
    },
  }
}

async function endedOf(all: Iterable<string>, { sessions, access }: Pick<Auth, 'sessions' | 'access'>): Promise<ReadonlySet<string>> {
  const waiting = [...all]
  const ended = new Set<string>()

  async function isThere(session: string): Promise<boolean> {
    if (session.startsWith(UNTIL)) return Number(session.slice(UNTIL.length)) > Date.now()
    if (!session.startsWith(TOKEN)) return sessions.isThere(session)
    const token = access.current().tokens.get(session.slice(TOKEN.length))
    return token !== undefined && (token.endedAt === undefined || token.endedAt > Date.now())
  }
  async function checkNext(): Promise<void> {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) if (!(await isThere(next))) ended.add(next)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, checkNext))
  return ended
}

const DAY_MS = 86_400_000

async function createToken(access: Access, { name, scopes, projects, days }: WantedToken, by: string) {
  const { text, id, hash } = newToken()
  const endsAt = days === undefined ? undefined : Date.now() + days * DAY_MS
  await access.tell([{ type: 'token_created', token: { id, name, hash, scopes, projects, ends_at: endsAt ?? null }, by }])
  return { text, id, endsAt }
}

async function revokeToken(access: Access, id: string, by: string): Promise<Token | undefined> {
  const token = access.current().tokens.get(id)
  if (token) await access.tell([{ type: 'token_revoked', token: id, by }])
  return token
}

async function noteAdmin(access: Access, { user, roles }: Viewer): Promise<void> {
  const isAdmin = roles.some(({ role, projects }) => role === 'admin' && projects.includes('*'))
  if (isAdmin && !access.current().hasAdmin) await access.tell([{ type: 'admin_signed_in', by: user }])
}
