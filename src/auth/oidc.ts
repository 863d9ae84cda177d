import { z } from 'zod'
import type { OidcConfig } from '../config/config.ts'
import { jsonOf } from '../domain/events/loose-fields.ts'
import type { Key, KeyValue } from '../key-value/key-value.ts'
import { type Claims, claimTexts, identityFrom } from './claims.ts'
import { isAway, openProvider, type Provider } from './oidc-provider.ts'
import { returnAddress } from './return-address.ts'
import { hashOf, isSame, newSecret, type Signer } from './signing.ts'
import type { Identity } from './viewer.ts'

/** Why a sign-in did not come about, as far as whoever signs in is told. */
export const SIGN_IN_PROBLEMS = ['provider-away', 'declined', 'unverified-email', 'not-finished'] as const
export type SignInProblem = (typeof SIGN_IN_PROBLEMS)[number]

export type Begun =
  { outcome: 'begun'; url: string; /** For the state cookie. */ state: string } | { outcome: 'provider-away'; reason: string }

export type Finished =
  | { outcome: 'signed in'; identity: Identity; idToken: string; to: string; /** For the state cookie; empty: it goes. */ state: string }
  /** `reason` is for the log. */
  | { outcome: 'refused'; problem: SignInProblem; reason: string; to: string }

/** Sign-in at an OpenID provider. */
export type Oidc = {
  /** The provider's name in words: `id.example.com`. */
  host: string
  /** Where to send the browser so that it comes back to `to` in the end. */
  begin(to: string, state: string | undefined): Promise<Begun>
  /** What came of it, from the query that the provider sent the browser back with. Rejects with StoreUnavailableError. */
  finish(query: string, state: string | undefined): Promise<Finished>
  /** Where to send the browser so that it is signed out there too; undefined where the provider has no such page or does not answer. */
  endUrl(idToken: string): Promise<string | undefined>
}

export type OidcOptions = {
  config: OidcConfig
  signer: Signer
  keyValue: Pick<KeyValue, 'compareAndSet'>
  onError(error: unknown): void
}

export const STATE_SECONDS = 600

const PURPOSE = 'sign-in state'
const PENDING_LIMIT = 3
/** With its name and attributes a cookie may have 4,096 bytes. */
const COOKIE_LIMIT = 3_500

const Pending = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), to: z.string(), until: z.number() })
type Pending = z.infer<typeof Pending>

/** Opens the sign-in; the provider is not asked before somebody signs in. */
export function openOidc({ config, signer, keyValue, onError }: OidcOptions): Oidc {
  const provider = openProvider(config, { onError })
  const redirectUri = new URL('/auth/callback', config.publicUrl).href
  const way: Way = { config, provider, redirectUri, keyValue, cookie: stateCookie(signer) }
  return {
    host: provider.host,
    begin: (to, state) => begin(way, to, state),
    finish: (query, state) => finish(way, query, state),
    async endUrl(idToken) {
      try {
        const { client, about } = await provider.check()
        if (about.serverMetadata().end_session_endpoint === undefined) return undefined
        const back = new URL('/signed-out', config.publicUrl).href
        return client.buildEndSessionUrl(about, { id_token_hint: idToken, post_logout_redirect_uri: back }).href
      } catch (error) {
        if (isAway(error)) return undefined
        throw error
      }
    },
  }
}

type Way = Pick<OidcOptions, 'config' | 'keyValue'> & { provider: Provider; redirectUri: string; cookie: ReturnType<typeof stateCookie> }

async function begin({ config, provider, redirectUri, cookie }: Way, to: string, state: string | undefined): Promise<Begun> {
  const until = Date.now() + STATE_SECONDS * 1000
  const begun = { state: newSecret(), nonce: newSecret(), verifier: newSecret(), to: returnAddress(to), until }
  try {
    const { client, about } = await provider.check()
    const url = client.buildAuthorizationUrl(about, {
      ...{ redirect_uri: redirectUri, scope: config.scopes, state: begun.state, nonce: begun.nonce },
      ...{ code_challenge: await client.calculatePKCECodeChallenge(begun.verifier), code_challenge_method: 'S256' },
    })
    return { outcome: 'begun', url: url.href, state: cookie.write([begun, ...cookie.read(state)]) }
  } catch (error) {
    if (isAway(error)) return { outcome: 'provider-away', reason: wordsOf(error) }
    throw error
  }
}

async function finish(
  { config, provider, redirectUri, keyValue, cookie }: Way,
  query: string,
  state: string | undefined,
): Promise<Finished> {
  const url = new URL(redirectUri)
  url.search = query
  const all = cookie.read(state)
  const pending = all.find((one) => isSame(one.state, url.searchParams.get('state') ?? ''))
  const refused = (problem: SignInProblem, reason: string): Finished => ({ outcome: 'refused', problem, reason, to: pending?.to ?? '/' })
  if (pending === undefined) return refused('not-finished', 'this browser began no such sign-in, or too long ago')
  const key: Key = ['oidc-state', hashOf(pending.state)]
  const isFirst = await keyValue.compareAndSet(key, { expected: undefined, value: 'used', ttlMs: 2 * STATE_SECONDS * 1000 })
  if (!isFirst) return refused('not-finished', 'the same answer was used before')
  const said = await exchange({ provider, url, pending }).catch((error: unknown) => problemOf(error))
  if ('problem' in said) return refused(said.problem, said.reason)
  const claims = mergedClaims(said)
  if (config.isVerifiedEmailRequired && !isVerified(claims)) return refused('unverified-email', 'the e-mail address is not verified')
  const identity = identityFrom(trustedClaims(claims), { issuer: said.issuer, groupsClaim: config.groupsClaim, grants: config.claims })
  if (identity === undefined) return refused('not-finished', 'the ID token names no subject')
  const rest = cookie.write(all.filter((one) => one !== pending))
  return { outcome: 'signed in', identity, idToken: said.idToken, to: pending.to, state: rest }
}

/** The sign-ins that a browser has begun, one for each tab, newest first. */
function stateCookie(signer: Signer) {
  return {
    read(text: string | undefined): Pending[] {
      const signed = text === undefined ? undefined : signer.verify(PURPOSE, text)
      const all = z.array(Pending).safeParse(jsonOf(Buffer.from(signed ?? '', 'base64url').toString()))
      return (all.data ?? []).filter(({ until }) => until > Date.now())
    },
    write(all: readonly Pending[]): string {
      for (let count = Math.min(all.length, PENDING_LIMIT); count > 0; count--) {
        const text = Buffer.from(JSON.stringify(all.slice(0, count))).toString('base64url')
        if (text.length <= COOKIE_LIMIT) return signer.sign(PURPOSE, text)
      }
      return ''
    },
  }
}

type Said = { issuer: string; idToken: string; inToken: Claims; asked: Claims }

/** Checks the answer and exchanges its code. What the token leaves out, providers tell when asked with the access token. */
async function exchange({ provider, url, pending }: { provider: Provider; url: URL; pending: Pending }): Promise<Said> {
  const { client, about } = await provider.open()
  const tokens = await client.authorizationCodeGrant(about, url, {
    ...{ expectedState: pending.state, expectedNonce: pending.nonce, pkceCodeVerifier: pending.verifier, idTokenExpected: true },
  })
  const inToken = tokens.claims()
  const { issuer, userinfo_endpoint: endpoint } = about.serverMetadata()
  if (inToken === undefined || tokens.id_token === undefined) throw new Error('the provider sent no ID token')
  const asked = endpoint === undefined ? {} : await client.fetchUserInfo(about, tokens.access_token, inToken.sub)
  return { issuer, idToken: tokens.id_token, inToken, asked }
}

/** The token's word counts first. Whether an address is verified is said of one address, not of another. */
function mergedClaims({ inToken, asked }: Said): Claims {
  const isOfAnother = inToken['email'] !== undefined && inToken['email'] !== asked['email']
  const { email_verified: verified, ...others } = asked
  return { ...others, ...(isOfAnother ? {} : { email_verified: verified }), ...inToken }
}

/** Some providers write the truth as text. */
const isVerified = (claims: Claims) =>
  claimTexts(claims, 'email').some((email) => email !== '') && [true, 'true'].some((truth) => claims['email_verified'] === truth)

/** An address that nobody verified gives no role: whoever has an account there may have chosen it. */
function trustedClaims(claims: Claims): Claims {
  if (isVerified(claims)) return claims
  const { email: _, ...others } = claims
  return others
}

function problemOf(error: unknown): { problem: SignInProblem; reason: string } {
  const reason = wordsOf(error)
  if (isAway(error)) return { problem: 'provider-away', reason }
  const isDeclined = error instanceof Error && 'error' in error && error.error === 'access_denied'
  return { problem: isDeclined ? 'declined' : 'not-finished', reason }
}

/** Errors of the library name what did not match in their cause. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const words = error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
  return words.slice(0, 300)
}
