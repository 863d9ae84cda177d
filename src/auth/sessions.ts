import { z } from 'zod'
import { newest } from '../domain/bounded.ts'
import type { Key, KeyValue } from '../key-value/key-value.ts'
import { hashOf, newSecret, type Signer } from './signing.ts'
import type { Identity, Viewer } from './viewer.ts'

const Grants = z.array(z.object({ role: z.string(), projects: z.array(z.string()) }))

const Stored = z.object({
  user: z.string(),
  name: z.string(),
  groups: z.array(z.string()),
  roles: Grants,
  way: z.string(),
  /** Times in ms since 1970. */
  begunAt: z.number(),
  seenAt: z.number(),
  endsAt: z.number(),
  from: z.string().optional(),
  browser: z.string().optional(),
  providerToken: z.string().optional(),
})

/** As it is stored, under the hash of its id. */
export type Session = z.infer<typeof Stored> & { hash: string }

/** The limits of sessions, in ms. */
export type SessionLimits = { idleMs: number; mostMs: number }

export type Beginning = {
  identity: Identity
  way: string
  from?: string | undefined
  browser?: string | undefined
  providerToken?: string | undefined
}

export type Sessions = ReturnType<typeof openSessions>

type Deps = { keyValue: KeyValue; signer: Signer; limits: SessionLimits; now?: () => number }

const PURPOSE = 'session'
const SEEN_MS = 60_000
/** Of one user; the oldest ends when another begins. */
export const SESSIONS_KEPT = 50
const TRIES = 20
/** What a worker remembers, so that a busy page does not ask the store for each request. */
const REMEMBERED_MS = 2_000
const REMEMBERED = 5_000
const TEXT_SHOWN = 200

const keyOf = (hash: string): Key => ['session', hash]
const listOf = (user: string): Key => ['sessions', hashOf(user)]

type Store = Required<Deps>

const SEALED = 'provider token'

async function read({ keyValue, signer, limits, now }: Store, hash: string): Promise<Session | undefined> {
  const text = await keyValue.get(keyOf(hash))
  if (text === undefined) return undefined
  const { providerToken: token, ...stored } = Stored.parse(JSON.parse(text))
  const session = { ...stored, hash, providerToken: token && signer.unseal(SEALED, token) }
  return session.endsAt > now() && session.seenAt + limits.idleMs > now() ? session : undefined
}

async function write({ keyValue, signer, limits, now }: Store, { hash, providerToken: token, ...session }: Session): Promise<void> {
  const ttlMs = Math.max(1, Math.min(limits.idleMs, session.endsAt - now()))
  await keyValue.set(keyOf(hash), JSON.stringify({ ...session, providerToken: token && signer.seal(SEALED, token) }), { ttlMs })
}

/** Changes the list of a user's sessions; of two changes at once both count. */
async function changeList({ keyValue, limits }: Store, user: string, change: (hashes: readonly string[]) => string[]): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const expected = await keyValue.get(listOf(user))
    const value = JSON.stringify(change(hashesIn(expected)))
    if (await keyValue.compareAndSet(listOf(user), { expected, value, ttlMs: limits.mostMs })) return
  }
  throw new Error('the list of sessions is changed by many at once')
}

async function add(store: Store, session: Session): Promise<void> {
  await write(store, session)
  let over: readonly string[] = []
  await changeList(store, session.user, (hashes) => {
    const kept = newest([...hashes, session.hash], SESSIONS_KEPT)
    over = hashes.filter((hash) => !kept.includes(hash))
    return kept
  })
  for (const hash of over) await store.keyValue.delete(keyOf(hash))
}

async function remove(store: Store, hash: string): Promise<Session | undefined> {
  const session = await read(store, hash)
  await store.keyValue.delete(keyOf(hash))
  if (session) await changeList(store, session.user, (hashes) => hashes.filter((one) => one !== hash))
  return session
}

async function list(store: Store, user: string): Promise<Session[]> {
  const hashes = hashesIn(await store.keyValue.get(listOf(user)))
  const found = await Promise.all(hashes.map((hash) => read(store, hash)))
  return found.filter((session) => session !== undefined).toSorted((one, other) => other.seenAt - one.seenAt)
}

async function see(store: Store, session: Session): Promise<Session> {
  if (store.now() - session.seenAt <= SEEN_MS) return session
  const seen = { ...session, seenAt: store.now() }
  await write(store, seen)
  return seen
}

function openMemory(now: () => number) {
  const remembered = new Map<string, { session: Session; at: number }>()
  return {
    get(hash: string): Session | undefined {
      const known = remembered.get(hash)
      return known && now() - known.at < REMEMBERED_MS ? known.session : undefined
    },
    set(session: Session): void {
      if (remembered.size >= REMEMBERED) remembered.clear()
      remembered.set(session.hash, { session, at: now() })
    },
    forget: (hash: string) => void remembered.delete(hash),
  }
}

/** Sessions in the shared store. Only hashes of their ids are stored. Every method rejects with StoreUnavailableError while it is away. */
export function openSessions({ keyValue, signer, limits, now = Date.now }: Deps) {
  const store: Store = { keyValue, signer, limits, now }
  const memory = openMemory(now)
  return {
    /** Begins a session with a new id; the cookie's value is given once and not stored. */
    async begin(beginning: Beginning): Promise<{ cookie: string; session: Session }> {
      const id = newSecret()
      const session = newSession(hashOf(id), beginning, { at: now(), mostMs: limits.mostMs })
      await add(store, session)
      return { cookie: signer.sign(PURPOSE, id), session }
    },
    async find(cookie: string): Promise<Session | undefined> {
      const id = signer.verify(PURPOSE, cookie)
      if (id === undefined) return undefined
      const known = memory.get(hashOf(id))
      if (known) return known
      const session = await read(store, hashOf(id))
      if (!session) return undefined
      const seen = await see(store, session)
      memory.set(seen)
      return seen
    },
    end(hash: string): Promise<Session | undefined> {
      memory.forget(hash)
      return remove(store, hash)
    },
    list: (user: string): Promise<Session[]> => list(store, user),
    forget: memory.forget,
    isThere: async (hash: string): Promise<boolean> => (await read(store, hash)) !== undefined,
  }
}

function newSession(hash: string, beginning: Beginning, { at, mostMs }: { at: number; mostMs: number }): Session {
  const { identity, way, from, browser, providerToken } = beginning
  return {
    ...{ user: identity.user, name: identity.name, groups: [...identity.groups] },
    roles: identity.roles.map(({ role, projects }) => ({ role, projects: [...projects] })),
    ...{ hash, way, begunAt: at, seenAt: at, endsAt: at + mostMs, from, providerToken },
    browser: browser?.slice(0, TEXT_SHOWN),
  }
}

function hashesIn(text: string | undefined): string[] {
  return text === undefined ? [] : z.array(z.string()).parse(JSON.parse(text))
}

/** Who makes the requests of a session. */
export const viewerOf = ({ user, name, groups, roles, hash }: Session): Viewer => ({
  user,
  name,
  groups,
  roles,
  via: 'session',
  session: hash,
})
