import { beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSessions, SESSIONS_KEPT } from '../../src/auth/sessions.ts'
import { LINK_MS, openSignInLinks } from '../../src/auth/sign-in-links.ts'
import { tellChanges } from '../../src/auth/tell-changes.ts'
import type { AuditEntry } from '../../src/auth/audit.ts'
import { openSigner } from '../../src/auth/signing.ts'
import type { Identity } from '../../src/auth/viewer.ts'
import type { KeyValue } from '../../src/key-value/key-value.ts'
import { openRedisKeyValue } from '../../src/key-value/redis.ts'
import { openSqliteKeyValue } from '../../src/key-value/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'

const key = (text: string) => ({ reveal: () => text })
const signer = openSigner([key('a key of these tests')])
const ann: Identity = { user: 'ann@example.com', name: 'Ann', groups: ['leads'], roles: [{ role: 'operator', projects: ['payments-*'] }] }
const limits = { idleMs: 60 * 60_000, mostMs: 24 * 60 * 60_000 }
const begun = { identity: ann, way: 'link', from: '192.0.2.7', browser: 'Firefox' }

let redis: RedisServer

beforeAll(async () => {
  redis = await startRedis({ lifetime: 'file' })
})

type Store = { keyValue: KeyValue; dump(): Promise<string> }

async function onSqlite(): Promise<Store> {
  const folder = temporaryFolder()
  const keyValue = openSqliteKeyValue({ file: join(folder, 'shared.sqlite') })
  return {
    keyValue,
    dump: async () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join(''),
  }
}

async function onRedis(): Promise<Store> {
  await redis.cli('flushall')
  const keyValue = await openRedisKeyValue({ redis: redis.config })
  const dump = async () => {
    const keys = (await redis.cli('keys', '*')).split('\n')
    return (await Promise.all(keys.map(async (one) => `${one} ${await redis.cli('get', one)}`))).join('\n')
  }
  return { keyValue, dump }
}

describe.each([
  ['SQLite', onSqlite],
  ['Redis', onRedis],
])('sessions on %s', (_, open) => {
  let store: Store
  let now: number

  beforeEach(async () => {
    store = await open()
    endAfter('test', () => store.keyValue.close())
    now = Date.now()
  })

  /** As of a worker of its own, which remembers nothing of the others. */
  const worker = (by = signer) => openSessions({ keyValue: store.keyValue, signer: by, limits, now: () => now })

  test('security 08: a session is found by its cookie on every worker, and its id is stored nowhere', async () => {
    const { cookie, session } = await worker().begin(begun)
    const found = await worker().find(cookie)
    expect(found).toMatchObject({ ...ann, way: 'link', from: '192.0.2.7', browser: 'Firefox', hash: session.hash })
    const [id = '', signature = ''] = cookie.split('.')
    expect(Buffer.from(id, 'base64url')).toHaveLength(32)
    const dump = await store.dump()
    expect(dump).toContain('visualizer:session:')
    expect(dump).not.toContain(id)
    expect(dump).not.toContain(signature)
  })

  test('what the provider gave to end its own session is read by our keys alone', async () => {
    const { cookie } = await worker().begin({ ...begun, providerToken: 'header.planted-claims.signature' })
    expect(await store.dump()).not.toContain('planted-claims')
    expect((await worker().find(cookie))?.providerToken).toBe('header.planted-claims.signature')
    const rotated = openSigner([key('another key'), key('a key of these tests')])
    expect((await worker(rotated).find(cookie))?.providerToken).toBe('header.planted-claims.signature')
  })

  test('a cookie that was changed, or signed by another key, is none; one that the key before signed is', async () => {
    const { cookie } = await worker().begin(begun)
    const [id = '', signature = ''] = cookie.split('.')
    const wrong = [
      id,
      `${id}.`,
      `.${signature}`,
      `${id}.${signature.slice(1)}`,
      `x${cookie}`,
      `${cookie}.${signature}`,
      '',
      'x'.repeat(5_000),
    ]
    for (const other of wrong) expect([other, await worker().find(other)]).toEqual([other, undefined])
    expect(await worker(openSigner([key('another key')])).find(cookie)).toBeUndefined()
    expect(await worker(openSigner([key('another key'), key('a key of these tests')])).find(cookie)).toBeDefined()
  })

  test('security 09: it ends without use, and in any case after its time', async () => {
    const { cookie } = await worker().begin(begun)
    now += limits.idleMs - 1_000
    expect(await worker().find(cookie)).toBeDefined()
    now += limits.idleMs - 1_000
    expect(await worker().find(cookie)).toBeDefined()
    now += limits.idleMs + 1_000
    expect(await worker().find(cookie)).toBeUndefined()
    const other = await worker().begin(begun)
    for (let used = 0; used < limits.mostMs - limits.idleMs; used += limits.idleMs / 2) {
      now += limits.idleMs / 2
      await worker().find(other.cookie)
    }
    expect(await worker().find(other.cookie)).toBeDefined()
    now += limits.idleMs / 2
    now += limits.idleMs / 2 + 1
    expect(await worker().find(other.cookie)).toBeUndefined()
  })

  test('those of a user are listed, the last used first, and end one by one', async () => {
    const one = await worker().begin(begun)
    const other = await worker().begin({ ...begun, browser: 'Safari' })
    await worker().begin({ ...begun, identity: { ...ann, user: 'ben@example.com' } })
    now += 120_000
    await worker().find(one.cookie)
    expect((await worker().list(ann.user)).map(({ browser }) => browser)).toEqual(['Firefox', 'Safari'])
    await worker().end(one.session.hash)
    expect(await worker().find(one.cookie)).toBeUndefined()
    expect((await worker().list(ann.user)).map(({ hash }) => hash)).toEqual([other.session.hash])
    expect(await worker().list('ben@example.com')).toHaveLength(1)
  })

  test('of very many of one user the oldest end', async () => {
    const sessions = worker()
    const first = await sessions.begin(begun)
    for (let count = 0; count < SESSIONS_KEPT; count++) await sessions.begin(begun)
    expect(await worker().find(first.cookie)).toBeUndefined()
    expect(await worker().list(ann.user)).toHaveLength(SESSIONS_KEPT)
  })

  test('sessions that begin at once are all listed', async () => {
    const begun10 = await Promise.all(Array.from({ length: 10 }, () => worker().begin(begun)))
    expect(new Set((await worker().list(ann.user)).map(({ hash }) => hash))).toEqual(new Set(begun10.map(({ session }) => session.hash)))
  })

  test('a link lets in once, of many at once one, and not after its time', async () => {
    const links = () => openSignInLinks({ keyValue: store.keyValue, now: () => now })
    const made = { user: 'ann', name: 'Ann', role: 'viewer', projects: ['*'], by: 'ben' }
    const { code } = await links().make(made)
    expect(await store.dump()).not.toContain(code)
    expect(await links().find(code)).toMatchObject(made)
    const used = await Promise.all(Array.from({ length: 10 }, () => links().use(code)))
    expect(used.filter((link) => link !== undefined)).toHaveLength(1)
    expect([await links().find(code), await links().use(code), await links().use('x'), await links().use('')]).toEqual(
      Array.from({ length: 4 }, () => undefined),
    )
    const late = await links().make(made)
    now += LINK_MS + 1
    expect(await links().use(late.code)).toBeUndefined()
  })

  test('another configuration or policy than at the last start is noted once by a whole fleet, without what it holds', async () => {
    const noted: AuditEntry[] = []
    const start = (settings: Record<string, string>) =>
      Promise.all(Array.from({ length: 6 }, () => tellChanges({ keyValue: store.keyValue, note: (entry) => noted.push(entry) }, settings)))
    await start({ configuration: 'one', policy: 'p, planted' })
    await start({ configuration: 'one', policy: 'p, planted' })
    await start({ configuration: 'one', policy: 'p, other' })
    expect(noted.map(({ what }) => what)).toEqual([
      'start with its first configuration',
      'start with its first policy',
      'start with another policy',
    ])
    expect(noted[2]?.details?.['before']).toBe(noted[1]?.details?.['now'])
    expect(JSON.stringify(noted) + (await store.dump())).not.toContain('planted')
  })

  test('the link for the first administrator is made once by a whole fleet', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => openSignInLinks({ keyValue: store.keyValue }).makeFirst()))
    expect(made.filter((code) => code !== undefined)).toHaveLength(1)
  })
})
