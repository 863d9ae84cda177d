import type * as Jose from 'jose'
import type { Action } from '../domain/policy-line.ts'
import type { JwtConfig } from '../config/config.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { type Claims, claimTexts, identityFrom } from './claims.ts'
import { SCOPES } from '../domain/token-terms.ts'
import { actionsOf } from './tokens.ts'
import type { Identity } from './viewer.ts'

/** `reason` is for the log: whoever sent the token is told nothing of it. */
export type JwtAnswer =
  /** `endsAt` in ms since 1970. */
  | { outcome: 'verified'; identity: Identity; scopes: readonly Action[] | undefined; endsAt: number }
  | { outcome: 'refused'; reason: string }
  /** No token can be judged: the issuer's keys were never loaded, or too long ago. */
  | { outcome: 'keys away' }

export type JwtVerifier = { verify(token: string): Promise<JwtAnswer> }

const SKEW_SECONDS = 30
const TOKEN_LIMIT = 8_192
const KEYS_LIMIT_BYTES = 512 * 1024
const KEYS_TIMEOUT_MS = 5_000
/** However many tokens name an unknown key, the issuer is asked no more often. */
const KEYS_COOL_DOWN_MS = 30_000
/** Keys that the issuer took back count no longer than this while it answers. */
const KEYS_REFRESH_MS = 10 * 60_000
/** And no longer than this while it does not. */
const KEYS_LIFE_MS = 24 * 3_600_000

const TYPES = new Set(['jwt', 'at+jwt', 'application/at+jwt'])

/** Verifies tokens that an issuer signed; its keys are loaded at the first one. `onError` hears why they could not be. */
export function jwtVerifier(
  config: JwtConfig,
  { now = () => performance.now(), onError }: { now?: () => number; onError(error: unknown): void },
): JwtVerifier {
  let opened: Promise<Opened> | undefined
  return {
    async verify(token) {
      if (token.length > TOKEN_LIMIT) return { outcome: 'refused', reason: 'too long' }
      opened ??= import('jose').then((jose) => open(jose, config, { now, onError }))
      const { jose, find } = await opened
      try {
        return answer(await jose.jwtVerify(token, find, checksOf(config)), config)
      } catch (error) {
        if (error instanceof KeysAwayError) return { outcome: 'keys away' }
        if (error instanceof jose.errors.JOSEError || error instanceof TypeError) return { outcome: 'refused', reason: reasonOf(error) }
        throw error
      }
    },
  }
}

const checksOf = ({ issuer, audiences, algorithms }: JwtConfig): Jose.JWTVerifyOptions => ({
  ...{ issuer, audience: [...audiences], algorithms: [...algorithms] },
  ...{ clockTolerance: SKEW_SECONDS, requiredClaims: ['exp', 'sub'] },
})

function answer({ payload, protectedHeader }: Jose.JWTVerifyResult, config: JwtConfig): JwtAnswer {
  const { typ, crit } = protectedHeader
  if (crit !== undefined) return { outcome: 'refused', reason: 'has critical extensions' }
  if (typ !== undefined && !TYPES.has(typ.toLowerCase())) return { outcome: 'refused', reason: 'is no access token' }
  if (payload.iat !== undefined && payload.iat > Date.now() / 1000 + SKEW_SECONDS)
    return { outcome: 'refused', reason: 'is from the future' }
  const { issuer, groupsClaim, claims } = config
  const identity = identityFrom(payload, { issuer, groupsClaim, grants: claims })
  if (identity === undefined) return { outcome: 'refused', reason: 'names no subject' }
  const endsAt = ((payload.exp ?? 0) + SKEW_SECONDS) * 1000
  return { outcome: 'verified', identity, scopes: scopesIn(payload, config.scopesClaim), endsAt }
}

/** Scopes as a list, or separated by spaces; each may begin with `visualizer:`. Without the claim a token may do nothing. */
function scopesIn(claims: Claims, claim: string | undefined): Action[] | undefined {
  if (claim === undefined) return undefined
  const words = claimTexts(claims, claim).flatMap((text) => text.split(' '))
  const scopes = words.map((word) => SCOPES.find((scope) => word === scope || word === `visualizer:${scope}`))
  return actionsOf(scopes.filter((scope) => scope !== undefined))
}

const reasonOf = (error: Error) => ('code' in error && typeof error.code === 'string' ? `${error.code}: ${error.message}` : error.message)

class KeysAwayError extends Error {}

type Opened = { jose: typeof Jose; find: Jose.JWTVerifyGetKey }
type Clock = { now(): number; onError(error: unknown): void }

function open(jose: typeof Jose, { jwksUrl }: JwtConfig, { now, onError }: Clock): Opened {
  let [askedAt, loadedAt] = [-Infinity, -Infinity]
  let loading: Promise<void> | undefined
  const ask = boundedFetch({ limitBytes: KEYS_LIMIT_BYTES, timeoutMs: KEYS_TIMEOUT_MS })
  // It never asks by itself: its cool-down begins with a success, so an issuer that is away would be asked for every token.
  const set = jose.createRemoteJWKSet(new URL(jwksUrl), {
    ...{ cooldownDuration: Infinity, cacheMaxAge: Infinity, timeoutDuration: KEYS_TIMEOUT_MS },
    [jose.customFetch]: ask,
  })

  /** Loads the keys, unless they were asked for a moment ago. Resolves either way. */
  function load(): Promise<void> {
    if (loading !== undefined || now() - askedAt < KEYS_COOL_DOWN_MS) return loading ?? Promise.resolve()
    askedAt = now()
    loading = set
      .reload()
      .then(() => void (loadedAt = now()), onError)
      .finally(() => (loading = undefined))
    return loading
  }

  async function find(...given: Parameters<Jose.JWTVerifyGetKey>) {
    const age = () => now() - loadedAt
    if (age() > KEYS_LIFE_MS) await load()
    else if (age() > KEYS_REFRESH_MS) load().catch(onError)
    if (age() > KEYS_LIFE_MS) throw new KeysAwayError()
    try {
      return await set(...given)
    } catch (error) {
      if (!(error instanceof jose.errors.JWKSNoMatchingKey)) throw error
      await load()
      return set(...given)
    }
  }
  return { jose, find }
}
