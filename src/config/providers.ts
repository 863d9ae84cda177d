import type { Secret } from './secret.ts'

/** A role for those of whom a provider says this: the claim's value, or one of its list; `*` for any. */
export type ClaimGrant = { claim: string; value: string; role: string; projects: readonly string[] }

export type OidcConfig = {
  issuer: string
  clientId: string
  /** Undefined: a public client. */
  clientSecret: Secret | undefined
  /** Separated by spaces; `openid` is among them. */
  scopes: string
  isVerifiedEmailRequired: boolean
  groupsClaim: string
  claims: readonly ClaimGrant[]
}

/** Tokens of programs that an issuer signs. */
export type JwtConfig = {
  issuer: string
  audiences: readonly string[]
  jwksUrl: string
  algorithms: readonly string[]
  groupsClaim: string
  /** Undefined: roles alone decide. */
  scopesClaim: string | undefined
  claims: readonly ClaimGrant[]
}
