import { describe, expect, test } from 'bun:test'
import { type JwtAnswer, jwtVerifier } from '../../src/auth/jwt.ts'
import { eventually } from '../support/eventually.ts'
import { AUDIENCE, type Issuer, makeSigner, signed, signedByHmac, startIssuer, unsigned } from '../support/issuer.ts'

const HOUR = 3_600
const seconds = () => Math.floor(Date.now() / 1000)
const none = () => undefined

const verifierOf = (issuer: Issuer, changes: Partial<Issuer['config']> = {}, now?: () => number) => {
  const errors: unknown[] = []
  const options = { onError: (error: unknown) => void errors.push(error), ...(now === undefined ? {} : { now }) }
  return { ...jwtVerifier({ ...issuer.config, ...changes }, options), errors }
}

const payloadOf = (issuer: Issuer) => ({ iss: issuer.issuer, aud: AUDIENCE, sub: 'a', iat: seconds(), exp: seconds() + HOUR })

type Making = (issuer: Issuer) => Promise<string> | string

const WRONG: [what: string, make: Making][] = [
  ['nothing', () => ''],
  ['one word', () => 'token'],
  ['two parts', () => 'a.b'],
  ['five parts, as encrypted ones have', () => 'a.b.c.d.e'],
  ['three empty parts', () => '..'],
  ['a header that is no JSON', () => `${btoa('x')}.${btoa('{}')}.AA`],
  ['a payload that is a list', (it) => signed({ alg: 'RS256', kid: 'rsa-1' }, [], { alg: 'RS256', key: it.signers.RS256.privateKey })],
  ['more than 8 KiB', (it) => it.token({ claims: { pad: 'x'.repeat(9_000) } })],
  ['no signature, alg none', (it) => unsigned({ alg: 'none' }, payloadOf(it))],
  ['no signature, alg None', (it) => unsigned({ alg: 'None', kid: 'rsa-1' }, payloadOf(it))],
  ['no signature, alg nOnE and a kid', (it) => unsigned({ alg: 'nOnE', kid: 'rsa-1', typ: 'JWT' }, payloadOf(it), 'AA')],
  ['no signature, alg RS256', (it) => unsigned({ alg: 'RS256', kid: 'rsa-1' }, payloadOf(it))],
  ['no alg', (it) => it.token({ header: { alg: undefined } })],
  [
    'an HMAC by the public key',
    (it) => signedByHmac({ alg: 'HS256', kid: 'rsa-1', typ: 'JWT' }, payloadOf(it), it.signers.RS256.publicPem),
  ],
  ['an HMAC by nothing', (it) => signedByHmac({ alg: 'HS256', kid: 'rsa-1' }, payloadOf(it), 'x')],
  ['an algorithm that is not allowed, RS384', (it) => it.token({ header: { alg: 'RS384' } })],
  ['an algorithm that is not allowed, PS256', (it) => it.token({ header: { alg: 'PS256' } })],
  ["another key's algorithm", (it) => it.token({ header: { alg: 'ES256' } })],
  ["another key's id", (it) => it.token({ header: { kid: 'ec-1' } })],
  ['the key of somebody else under the same id', async (it) => it.token({ key: (await makeSigner('RS256', 'x')).privateKey })],
  [
    'a key in its own header',
    async (it) => {
      const own = await makeSigner('RS256', 'rsa-1')
      return it.token({ key: own.privateKey, header: { jwk: own.publicJwk } })
    },
  ],
  [
    'the address of its own keys',
    async (it) => {
      const [own, other] = [await makeSigner('RS256', 'own'), await startIssuer()]
      other.publish(own)
      return it.token({ key: own.privateKey, header: { kid: 'own', jku: other.config.jwksUrl } })
    },
  ],
  [
    'the address of its own certificate',
    async (it) => it.token({ key: (await makeSigner('RS256', 'x')).privateKey, header: { x5u: `${it.issuer}/x` } }),
  ],
  ['its own certificate', async (it) => it.token({ key: (await makeSigner('RS256', 'x')).privateKey, header: { x5c: ['MIIB'] } })],
  ['a kid that is a path', (it) => it.token({ header: { kid: '../../../../dev/null' } })],
  ['a kid that is SQL', (it) => it.token({ header: { kid: "x' UNION SELECT 'key" } })],
  ['a kid of 4 KiB', (it) => it.token({ header: { kid: 'k'.repeat(4_096) } })],
  ['a kid that is no text', (it) => it.token({ header: { kid: { $ne: '' } } })],
  ['an extension that is critical and unknown', (it) => it.token({ header: { crit: ['policy'], policy: 1 } })],
  ['an extension that is critical and about the payload', (it) => it.token({ header: { crit: ['b64'], b64: true } })],
  ['crit without a word', (it) => it.token({ header: { crit: [] } })],
  ['another issuer', (it) => it.token({ claims: { iss: 'https://evil.example' } })],
  ['an issuer that only begins like ours', (it) => it.token({ claims: { iss: `${it.issuer}/` } })],
  ['no issuer', (it) => it.token({ claims: { iss: undefined } })],
  ['another audience', (it) => it.token({ claims: { aud: 'https://other.example' } })],
  ['a list without our audience', (it) => it.token({ claims: { aud: ['a', `${AUDIENCE}/`] } })],
  ['no audience', (it) => it.token({ claims: { aud: undefined } })],
  ['no subject', (it) => it.token({ claims: { sub: undefined } })],
  ['an empty subject', (it) => it.token({ claims: { sub: '' } })],
  ['a subject with a line end', (it) => it.token({ claims: { sub: 'a\nb' } })],
  ['no end', (it) => it.token({ claims: { exp: undefined } })],
  ['an end that is text', (it) => it.token({ claims: { exp: '9999999999' } })],
  ['an end more than 30 s ago', (it) => it.token({ claims: { exp: seconds() - 40 } })],
  ['a beginning that is not yet', (it) => it.token({ claims: { nbf: seconds() + 60 } })],
  ['a time of issue that is not yet', (it) => it.token({ claims: { iat: seconds() + 60 } })],
  ['the type of an ID for sign-out', (it) => it.token({ header: { typ: 'logout+jwt' } })],
  ['the type of a proof', (it) => it.token({ header: { typ: 'dpop+jwt' } })],
  ['the type of an event', (it) => it.token({ header: { typ: 'secevent+jwt' } })],
  [
    'a changed payload',
    async (it) => {
      const [header, payload = '', signature] = (await it.token()).split('.')
      const changed = Buffer.from(Buffer.from(payload, 'base64url').toString().replace('deploy-bot', 'the-admin!')).toString('base64url')
      return [header, changed, signature].join('.')
    },
  ],
  ['a cut signature', async (it) => (await it.token()).slice(0, -20)],
]

const RIGHT: [what: string, make: Making][] = [
  ['RS256', (it) => it.token()],
  ['ES256', (it) => it.token({ signer: it.signers.ES256 })],
  ['EdDSA', (it) => it.token({ signer: it.signers.EdDSA })],
  ['the type JWT', (it) => it.token({ header: { typ: 'JWT' } })],
  ['no type', (it) => it.token({ header: { typ: undefined } })],
  ['the whole media type', (it) => it.token({ header: { typ: 'application/AT+JWT' } })],
  ['several audiences', (it) => it.token({ claims: { aud: ['other', AUDIENCE] } })],
  ['an end within the skew', (it) => it.token({ claims: { exp: seconds() - 10 } })],
  ['a beginning within the skew', (it) => it.token({ claims: { nbf: seconds() + 10, iat: seconds() + 10 } })],
  ['fields that are ignored', (it) => it.token({ header: { jku: 'https://evil.example', x5u: 'https://evil.example' } })],
]

describe('security 30: a token is refused for', () => {
  test.each(WRONG)('%s', async (_, make) => {
    const issuer = await startIssuer()
    const { verify, errors } = verifierOf(issuer)
    const { outcome } = await verify(await make(issuer))
    expect([outcome, errors]).toEqual(['refused', []])
    expect(issuer.asked()).toBeLessThan(2)
  })
})

describe('security 30: a token is taken with', () => {
  test.each(RIGHT)('%s', async (_, make) => {
    const issuer = await startIssuer()
    const answer = await verifierOf(issuer).verify(await make(issuer))
    expect(answer).toMatchObject({ outcome: 'verified', identity: { user: `${issuer.issuer}#deploy-bot`, name: 'deploy-bot' } })
  })
})

describe('what a token says:', () => {
  const told = async (claims: Record<string, unknown>, changes: Partial<Issuer['config']> = {}): Promise<JwtAnswer> => {
    const issuer = await startIssuer()
    return verifierOf(issuer, changes).verify(await issuer.token({ claims }))
  }

  test('its name, its groups, and the roles that a table gives for claims', async () => {
    const claims = [
      { claim: 'groups', value: 'platform', role: 'operator', projects: ['payments-*'] },
      { claim: 'realm_access.roles', value: 'boss', role: 'admin', projects: ['*'] },
      { claim: 'https://example.com/team', value: '*', role: 'viewer', projects: ['tag:web'] },
      { claim: 'groups', value: 'nobody', role: 'admin', projects: ['*'] },
    ]
    const answer = await told(
      {
        name: 'Deploy\u202e bot',
        groups: ['platform', 'web', 7, null],
        realm_access: { roles: ['boss'] },
        'https://example.com/team': 'blue',
      },
      { claims },
    )
    expect(answer).toMatchObject({
      identity: {
        name: 'Deploy bot',
        groups: ['platform', 'web', '7'],
        roles: claims.slice(0, 3).map(({ role, projects }) => ({ role, projects })),
      },
    })
  })

  test('the scopes, once the configuration names their claim; without it in the token nothing is allowed', async () => {
    const scopes = async (claims: Record<string, unknown>) => {
      const answer = await told(claims, { scopesClaim: 'scope' })
      return answer.outcome === 'verified' ? answer.scopes : answer
    }
    expect(await scopes({ scope: 'openid visualizer:ingest read' })).toEqual(['report', 'see'])
    expect(await scopes({ scope: ['command', 'see', 'constructor', 'toString'] })).toEqual(['see', 'act'])
    expect(await scopes({})).toEqual([])
    expect(await told({ scope: 'read' })).toMatchObject({ scopes: undefined })
  })
})

describe("security 31: the issuer's keys", () => {
  test('are asked for once in 30 s, however many tokens name an unknown key', async () => {
    let at = 0
    const issuer = await startIssuer()
    const { verify } = verifierOf(issuer, {}, () => at)
    const strange = await issuer.token({ header: { kid: 'unknown' } })
    const outcomes = await Promise.all(Array.from({ length: 10_000 }, () => verify(strange)))
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['refused']))
    expect(issuer.asked()).toBe(1)
    at += 31_000
    await Promise.all(Array.from({ length: 100 }, () => verify(strange)))
    expect(issuer.asked()).toBe(2)
    expect((await verify(await issuer.token())).outcome).toBe('verified')
    expect(issuer.asked()).toBe(2)
  })

  test('are loaded again for a new key', async () => {
    let at = 0
    const issuer = await startIssuer()
    const { verify } = verifierOf(issuer, {}, () => at)
    await verify(await issuer.token())
    const next = await makeSigner('RS256', 'rsa-2')
    issuer.publish(next)
    at += 31_000
    expect((await verify(await issuer.token({ signer: next }))).outcome).toBe('verified')
    expect((await verify(await issuer.token())).outcome).toBe('refused')
  })

  test('count on while the issuer is away, for a day', async () => {
    let at = 0
    const issuer = await startIssuer()
    const { verify, errors } = verifierOf(issuer, {}, () => at)
    await verify(await issuer.token())
    issuer.answerWith(() => new Response('away', { status: 503 }))
    at += 20 * 60_000
    expect((await verify(await issuer.token())).outcome).toBe('verified')
    await eventually(() => errors.length === 1)
    at += 25 * 3_600_000
    expect((await verify(await issuer.token())).outcome).toBe('keys away')
    expect(errors.length).toBe(2)
  })

  test('that were taken back stop to count soon, without a token that needs others', async () => {
    let at = 0
    const issuer = await startIssuer()
    const { verify } = verifierOf(issuer, {}, () => at)
    await verify(await issuer.token())
    issuer.publish(issuer.signers.ES256)
    at += 11 * 60_000
    expect((await verify(await issuer.token())).outcome).toBe('verified')
    const reloaded = await verify(await issuer.token({ header: { kid: 'rsa-1' }, signer: issuer.signers.ES256 }))
    expect([reloaded.outcome, issuer.asked()]).toEqual(['refused', 2])
    expect((await verify(await issuer.token())).outcome).toBe('refused')
  })

  test.each<[string, () => Response | Promise<Response>]>([
    ['an error', () => new Response('', { status: 500 })],
    ['a redirect, which is not followed', () => Response.redirect('http://127.0.0.1:1/keys', 302)],
    ['what is no JSON', () => new Response('<html>')],
    ['what is no key set', () => Response.json({ keys: 'all' })],
    ['more than half a MiB', () => Response.json({ keys: [], pad: 'x'.repeat(600_000) })],
  ])('that answer %s let nobody in and are not asked again at once', async (_, answer) => {
    const issuer = await startIssuer()
    const { verify, errors } = verifierOf(issuer)
    issuer.answerWith(answer)
    const tokens = await Promise.all([issuer.token(), issuer.token({ header: { kid: 'x' } })])
    expect(await Promise.all(tokens.map(verify))).toEqual([{ outcome: 'keys away' }, { outcome: 'keys away' }])
    expect(await Promise.all(tokens.map(verify))).toEqual([{ outcome: 'keys away' }, { outcome: 'keys away' }])
    expect([issuer.asked(), errors.length]).toEqual([1, 1])
  })

  test('that never come are waited for 5 s', async () => {
    const issuer = await startIssuer()
    const { verify } = verifierOf(issuer)
    issuer.answerWith(() => new Promise<Response>(none))
    expect(await verify(await issuer.token())).toEqual({ outcome: 'keys away' })
  }, 20_000)
})
