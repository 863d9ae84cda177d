import { describe, expect, setSystemTime, test } from 'bun:test'
import { join } from 'node:path'
import { type Finished, type Oidc, type OidcOptions, openOidc } from '../../src/auth/oidc.ts'
import { isAway, openProvider } from '../../src/auth/oidc-provider.ts'
import type { OidcConfig } from '../../src/config/config.ts'
import { type Secret, secret } from '../../src/config/secret.ts'
import { openSigner } from '../../src/auth/signing.ts'
import { openSqliteKeyValue } from '../../src/key-value/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { type FalseProvider, startFalseProvider } from '../support/false-provider.ts'
import { makeSigner, signedByHmac, unsigned } from '../support/issuer.ts'
import { type OidcServer, type OidcServerOptions, startOidcServer, Visitor } from '../support/oidc-server.ts'

const PUBLIC_URL = 'http://visualizer.example.com'
const KEYS = [secret('the newest key of these tests, 32 characters'), secret('an older key of these tests, 32 characters')]

type Changes = Partial<OidcConfig> & Partial<Pick<OidcOptions, 'keyValue'>> & { keys?: Secret[] }

type At = { issuer: string; clientId: string; clientSecret?: string }

const configOf = ({ issuer, clientId, clientSecret }: At): OidcConfig => ({
  ...{ issuer, clientId, clientSecret: clientSecret === undefined ? undefined : secret(clientSecret), scopes: 'openid email profile' },
  ...{ publicUrl: PUBLIC_URL, isVerifiedEmailRequired: true, groupsClaim: 'groups', claims: [] },
})

function openAt(provider: At, changes: Changes = {}): Oidc {
  const { keys = KEYS, keyValue = openStore(), ...settings } = changes
  const signer = openSigner(keys)
  const config = { ...configOf(provider), ...settings }
  return openOidc({ config, signer, keyValue, onError: () => {} })
}

function openStore() {
  const store = openSqliteKeyValue({ file: join(temporaryFolder(), 'shared.sqlite') })
  endAfter('test', () => store.close())
  return store
}

async function begun(oidc: Oidc, to = '/projects/apollo', state?: string): Promise<{ url: string; state: string }> {
  const answer = await oidc.begin(to, state)
  if (answer.outcome !== 'begun') throw new Error(answer.reason)
  return answer
}

/** What came of a whole sign-in of a person. */
async function signIn(oidc: Oidc, person: string): Promise<Finished> {
  const { url, state } = await begun(oidc)
  const back = await new Visitor().signInAt(url, person)
  return oidc.finish(back.search, state)
}

const startReal = (options: Partial<OidcServerOptions> = {}): Promise<OidcServer> => startOidcServer({ services: [PUBLIC_URL], ...options })

describe('security 32: signing in at a provider', () => {
  test('asks with code, PKCE by S256, state and nonce, and comes back to the configured public URL', async () => {
    const server = await startReal()
    const { url } = await begun(openAt(server))
    const asked = Object.fromEntries(new URL(url).searchParams)
    expect(new URL(url).origin).toBe(server.issuer)
    expect(asked).toMatchObject({ response_type: 'code', code_challenge_method: 'S256', redirect_uri: `${PUBLIC_URL}/auth/callback` })
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked[name]).toMatch(/^[\w-]{43}$/)
  })

  test.each([
    ['basic', 'client_secret_basic', false],
    ['a secret in the body, and claims from userinfo alone', 'client_secret_post', true],
    ['a public client', 'none', false],
  ] as const)('tells who it is, the groups and the roles that the table gives: %s', async (_, authMethod, isTokenBare) => {
    const server = await startReal({ authMethod, isTokenBare })
    const claims = [
      { claim: 'groups', value: 'platform-leads', role: 'operator', projects: ['payments-*'] },
      { claim: 'email', value: 'mara@example.com', role: 'viewer', projects: ['*'] },
      { claim: 'groups', value: 'admins', role: 'admin', projects: ['*'] },
    ]
    const provider = authMethod === 'none' ? { issuer: server.issuer, clientId: server.clientId } : server
    expect(await signIn(openAt(provider, { claims }), 'mara')).toMatchObject({
      outcome: 'signed in',
      to: '/projects/apollo',
      state: '',
      identity: {
        user: `${server.issuer}#mara`,
        name: 'Mara Lind',
        groups: ['platform-leads', 'web'],
        roles: [
          { role: 'operator', projects: ['payments-*'] },
          { role: 'viewer', projects: ['*'] },
        ],
      },
    })
  })

  test('wants a verified e-mail address, unless the configuration does not; one that is not verified gives no role', async () => {
    const server = await startReal()
    expect(await signIn(openAt(server), 'jonas')).toMatchObject({ outcome: 'refused', problem: 'unverified-email', to: '/projects/apollo' })
    expect(await signIn(openAt(server), 'nameless')).toMatchObject({ outcome: 'refused', problem: 'unverified-email' })
    const claims = [{ claim: 'email', value: 'jonas@example.com', role: 'admin', projects: ['*'] }]
    const lenient = openAt(server, { isVerifiedEmailRequired: false, claims })
    expect(await signIn(lenient, 'jonas')).toMatchObject({ outcome: 'signed in', identity: { name: 'Jonas Weber', roles: [] } })
    expect(await signIn(lenient, 'nameless')).toMatchObject({ outcome: 'signed in', identity: { name: 'nameless' } })
  })

  test('comes to an end in each of several tabs', async () => {
    const server = await startReal()
    const oidc = openAt(server)
    const one = await begun(oidc, '/projects/apollo')
    const two = await begun(oidc, '/projects/gemini', one.state)
    const [first, second] = await Promise.all([one, two].map(({ url }) => new Visitor().signInAt(url, 'mara')))
    const ended = await oidc.finish(first!.search, two.state)
    expect(ended).toMatchObject({ outcome: 'signed in', to: '/projects/apollo' })
    expect(await oidc.finish(second!.search, ended.outcome === 'signed in' ? ended.state : '')).toMatchObject({ to: '/projects/gemini' })
  })

  test('keeps what it must remember in less than a cookie may hold', async () => {
    const oidc = openAt(await startReal())
    let state: string | undefined
    for (let tab = 0; tab < 8; tab++) state = (await begun(oidc, `/projects/apollo?text=${'x'.repeat(900)}`, state)).state
    expect(state!.length).toBeLessThan(3_600)
    const { state: short } = await begun(oidc, `/${'y'.repeat(2_000)}`)
    expect(short.length).toBeLessThan(500)
  })

  test('ends with an older key as well, for a while after a new one came', async () => {
    const server = await startReal()
    const keyValue = openStore()
    const { url, state } = await begun(openAt(server, { keys: KEYS.slice(1), keyValue }))
    const back = await new Visitor().signInAt(url, 'mara')
    expect((await openAt(server, { keyValue }).finish(back.search, state)).outcome).toBe('signed in')
  })
})

type Callback = { back: URL; state: string; oidc: Oidc; server: OidcServer; keyValue: ReturnType<typeof openStore> }
type Tampered = string | { query: string; state?: string | undefined; at?: Oidc }
type Tampering = (callback: Callback) => Promise<Tampered> | Tampered

const changed = (url: URL, change: (query: URLSearchParams) => void) => {
  const query = new URLSearchParams(url.search)
  change(query)
  return `?${String(query)}`
}

const TAMPERINGS: [what: string, tamper: Tampering][] = [
  ['no state', ({ back }) => changed(back, (query) => query.delete('state'))],
  ['another state', ({ back }) => changed(back, (query) => query.set('state', 'a'.repeat(43)))],
  ['two states', ({ back }) => `${back.search}&state=${'a'.repeat(43)}`],
  ['no code', ({ back }) => changed(back, (query) => query.delete('code'))],
  ['an empty code', ({ back }) => changed(back, (query) => query.set('code', ''))],
  ['another code', ({ back }) => changed(back, (query) => query.set('code', 'guessed'))],
  ['two codes', ({ back }) => `${back.search}&code=other`],
  ['no issuer', ({ back }) => changed(back, (query) => query.delete('iss'))],
  ['another issuer, which mixes up two providers', ({ back }) => changed(back, (query) => query.set('iss', 'https://evil.example'))],
  ['two issuers', ({ back }) => `${back.search}&iss=https://evil.example`],
  ['a token beside the code', ({ back }) => `${back.search}&id_token=a.b.c`],
  ['a packed answer', ({ back }) => `${back.search}&response=a.b.c`],
  ['an error without state', () => '?error=access_denied'],
  ['nothing', () => ''],
  ['a browser that began nothing', ({ back }) => ({ query: back.search, state: undefined })],
  ['a browser that began another sign-in', async ({ back, oidc }) => ({ query: back.search, state: (await begun(oidc)).state })],
  ['a cookie that was changed', ({ back, state }) => ({ query: back.search, state: `${state.slice(0, 80)}AAAA${state.slice(84)}` })],
  ['a cookie that was cut', ({ back, state }) => ({ query: back.search, state: state.slice(0, 60) })],
  ['a cookie that is no cookie', ({ back }) => ({ query: back.search, state: '{"state":""}' })],
  [
    'a cookie of a service with other keys',
    async ({ back, server }) => ({
      query: back.search,
      state: (await begun(openAt(server, { keys: [secret('the key of another service, long enough')] }))).state,
    }),
  ],
  [
    "the code of somebody else's sign-in",
    async ({ back, oidc, state }) => {
      const other = await new Visitor().signInAt((await begun(oidc)).url, 'jonas')
      return { query: changed(back, (query) => query.set('code', other.searchParams.get('code')!)), state }
    },
  ],
  [
    "the code of this browser's other sign-in",
    async ({ back, oidc, state }) => {
      const second = await begun(oidc, '/', state)
      const other = await new Visitor().signInAt(second.url, 'mara')
      return { query: changed(back, (query) => query.set('code', other.searchParams.get('code')!)), state: second.state }
    },
  ],
]

describe('security 32: a callback is refused with', () => {
  test.each(TAMPERINGS)('%s', async (_, tamper) => {
    const server = await startReal()
    const keyValue = openStore()
    const oidc = openAt(server, { keyValue })
    const { url, state } = await begun(oidc)
    const back = await new Visitor().signInAt(url, 'mara')
    const tampered = await tamper({ back, state, oidc, server, keyValue })
    const { query, at = oidc, ...others } = typeof tampered === 'string' ? { query: tampered } : tampered
    const answer = await at.finish(query, 'state' in others ? others.state : state)
    expect(answer).toMatchObject({ outcome: 'refused', problem: 'not-finished' })
  })
})

describe('security 32: even a provider that takes a code again and again finds', () => {
  async function answered() {
    const [provider, keyValue] = [await startFalseProvider(), openStore()]
    const open = () => openAt({ ...provider, clientSecret: 'secret' }, { keyValue })
    const { url, state } = await begun(open())
    const { search } = provider.answerTo(url)
    return { open, search, state }
  }

  test('that each answer counts once, on all instances together', async () => {
    const { open, search, state } = await answered()
    const [here, there] = [open(), open()]
    const all = await Promise.all([here, there, here, there].map((oidc) => oidc.finish(search, state)))
    expect(all.map(({ outcome }) => outcome).toSorted()).toEqual(['refused', 'refused', 'refused', 'signed in'])
    expect(await there.finish(search, state)).toMatchObject({ problem: 'not-finished', reason: 'the same answer was used before' })
  })

  test('that an answer after more than ten minutes is none', async () => {
    const { open, search, state } = await answered()
    endAfter('test', () => void setSystemTime())
    setSystemTime(Date.now() + 599_000)
    const late = await answered()
    setSystemTime(Date.now() + 2_000)
    expect(await open().finish(search, state)).toMatchObject({ outcome: 'refused', problem: 'not-finished' })
    expect(await late.open().finish(late.search, late.state)).toMatchObject({ outcome: 'signed in' })
  })
})

type Lie = Parameters<FalseProvider['lie']>[0]
const claimed = (changes: Record<string, unknown>): Lie => ({
  idToken: ({ issuer, claims }) => issuer.token({ claims: { ...claims, ...changes }, header: { typ: 'JWT' } }),
})

const LIES: [what: string, lie: Lie][] = [
  ['no nonce', claimed({ nonce: undefined })],
  ['another nonce', claimed({ nonce: 'other' })],
  ['another audience', claimed({ aud: 'other' })],
  ['several audiences, and no word for whom it is', claimed({ aud: ['visualizer', 'other'] })],
  ['another party that it is for', claimed({ aud: ['visualizer', 'other'], azp: 'other' })],
  ['another issuer', claimed({ iss: 'https://evil.example' })],
  ['no subject', claimed({ sub: undefined })],
  ['no end', claimed({ exp: undefined })],
  ['an end that is past', claimed({ exp: 1_000 })],
  ['no time of issue', claimed({ iat: undefined })],
  [
    'a signature of another key',
    { idToken: async ({ issuer, claims }) => issuer.token({ claims, key: (await makeSigner('RS256', 'rsa-1')).privateKey }) },
  ],
  ['no signature', { idToken: ({ claims }) => unsigned({ alg: 'none' }, claims) }],
  ['a signature by the shared secret', { idToken: ({ claims }) => signedByHmac({ alg: 'HS256', typ: 'JWT' }, claims, 'secret') }],
  ['no ID token', { token: () => Response.json({ access_token: 'a', token_type: 'Bearer' }) }],
  ['an error', { token: () => Response.json({ error: 'invalid_grant' }, { status: 400 }) }],
  ['userinfo of somebody else', { userinfo: () => Response.json({ sub: 'jonas', email: 'jonas@example.com', email_verified: true }) }],
]

async function finishAt(provider: FalseProvider, changes: Changes = {}): Promise<Finished> {
  const oidc = openAt({ issuer: provider.issuer, clientId: provider.clientId, clientSecret: 'secret' }, changes)
  const { url, state } = await begun(oidc)
  return oidc.finish(provider.answerTo(url).search, state)
}

describe('security 32: a provider is not believed that sends', () => {
  test.each(LIES)('%s', async (_, lie) => {
    const provider = await startFalseProvider()
    provider.lie(lie)
    expect(await finishAt(provider)).toMatchObject({ outcome: 'refused', problem: 'not-finished' })
  })

  test('a verified address in userinfo and another one in the token', async () => {
    const provider = await startFalseProvider()
    provider.lie(claimed({ email: 'boss@example.com' }))
    expect(await finishAt(provider)).toMatchObject({ outcome: 'refused', problem: 'unverified-email' })
    provider.lie(claimed({ email: 'mara@example.com' }))
    expect(await finishAt(provider)).toMatchObject({ outcome: 'signed in', identity: { name: 'Mara' } })
  })
})

describe('a provider that is away', () => {
  test('is not asked before somebody signs in, and one that comes back is used', async () => {
    const server = await startReal()
    await server.kill()
    const oidc = openAt(server)
    expect(await oidc.begin('/', undefined)).toMatchObject({ outcome: 'provider-away' })
    expect(oidc.host).toBe(new URL(server.issuer).host)
  })

  test('is told of when the code cannot be exchanged', async () => {
    const server = await startReal()
    const oidc = openAt(server)
    const { url, state } = await begun(oidc)
    const back = await new Visitor().signInAt(url, 'mara')
    await server.kill()
    expect(await oidc.finish(back.search, state)).toMatchObject({ outcome: 'refused', problem: 'provider-away', to: '/projects/apollo' })
  })

  test.each<[string, Lie]>([
    ['answers 500 for a token', { token: () => new Response('', { status: 500 }) }],
    ['answers 503 for what it knows of somebody', { userinfo: () => new Response('', { status: 503 }) }],
    ['answers more than a MiB', { userinfo: () => Response.json({ sub: 'mara', pad: 'x'.repeat(1_100_000) }) }],
  ])('is told of when it %s', async (_, lie) => {
    const provider = await startFalseProvider()
    provider.lie(lie)
    expect(await finishAt(provider)).toMatchObject({ outcome: 'refused', problem: 'provider-away' })
  })

  test('is not asked again at once, and takes nobody in who says to be another issuer', async () => {
    const provider = await startFalseProvider()
    provider.lie({ metadata: { issuer: 'https://evil.example' } })
    let at = 0
    const { open, errors } = openAsked(provider, () => at)
    for (let times = 0; times < 20; times++) expect(await open().catch(isAway)).toBe(true)
    expect(errors.length).toBe(1)
    provider.lie({})
    at += 6_000
    expect((await open()).about.serverMetadata().issuer).toBe(provider.issuer)
  })

  test('is asked again before people are sent there, and known meanwhile to those who come back', async () => {
    const provider = await startFalseProvider()
    let at = 0
    const { open, check, errors } = openAsked(provider, () => at)
    const { about } = await check()
    provider.lie({ metadata: { issuer: 'https://evil.example' } })
    expect((await check()).about).toBe(about)
    at += 16_000
    expect(await check().catch(isAway)).toBe(true)
    expect([(await open()).about === about, errors.length]).toEqual([true, 1])
    provider.lie({})
    at += 6_000
    expect((await check()).about).not.toBe(about)
  })
})

function openAsked({ issuer, clientId }: FalseProvider, now: () => number) {
  const errors: unknown[] = []
  const config = configOf({ issuer, clientId })
  return { ...openProvider(config, { now, onError: (error) => void errors.push(error) }), errors }
}

test('somebody who declines at the provider is told so', async () => {
  expect(await signIn(openAt(await startReal()), '')).toMatchObject({ outcome: 'refused', problem: 'declined' })
})

test('security mistake: signing out leads to the provider, which leads back to the configured public URL', async () => {
  const server = await startReal()
  const oidc = openAt(server)
  const signedIn = await signIn(oidc, 'mara')
  const url = new URL((await oidc.endUrl(signedIn.outcome === 'signed in' ? signedIn.idToken : '')) ?? '')
  expect([url.origin, url.searchParams.get('post_logout_redirect_uri')]).toEqual([server.issuer, `${PUBLIC_URL}/signed-out`])
  expect((await fetch(url)).status).toBe(200)
  await server.kill()
  expect(await openAt(server).endUrl('x')).toBeUndefined()
  expect(await openAt(await startFalseProvider()).endUrl('x')).toBeUndefined()
})
