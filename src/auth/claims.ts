import { isRecord } from '../domain/events/loose-fields.ts'
import { typedText } from '../domain/events/plain-text.ts'
import type { ClaimGrant } from '../config/config.ts'
import type { Identity, RoleGrant } from './viewer.ts'

/** What a provider, an issuer or a proxy says of somebody. */
export type Claims = Readonly<Record<string, unknown>>

const GROUPS_LIMIT = 1_000
const TEXT_LIMIT = 500
const NAME_LIMIT = 100

/** The texts of a claim, one or a list. A name with dots that no claim has is a path: `realm_access.roles`. */
export function claimTexts(claims: Claims, name: string): string[] {
  const value = Object.hasOwn(claims, name) ? claims[name] : name.split('.').reduce<unknown>(within, claims)
  const values: unknown[] = Array.isArray(value) ? value.slice(0, GROUPS_LIMIT) : [value]
  return values.filter(isPlain).map(String)
}

const within = (claims: unknown, step: string): unknown => (isRecord(claims) && Object.hasOwn(claims, step) ? claims[step] : undefined)

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value.length <= TEXT_LIMIT)

/** The roles that a table gives for claims; the value `*` stands for any. */
export function rolesFrom(claims: Claims, table: readonly ClaimGrant[]): RoleGrant[] {
  return table
    .filter(({ claim, value }) => claimTexts(claims, claim).some((text) => text === value || (value === '*' && text !== '')))
    .map(({ role, projects }) => ({ role, projects }))
}

/** Within an issuer a subject is never given to another person; an e-mail address and a name are. */
export const userOf = (issuer: string, subject: string): string => `${issuer}#${subject}`

/** Whom claims speak of; undefined where they name no subject. */
export function identityFrom(
  claims: Claims,
  { issuer, groupsClaim, grants }: { issuer: string; groupsClaim: string; grants: readonly ClaimGrant[] },
): Identity | undefined {
  const [subject = ''] = typeof claims['sub'] === 'string' ? claimTexts(claims, 'sub') : []
  if (subject === '' || /[\u0000-\u001f\u007f]/.test(subject)) return undefined
  const named = ['name', 'preferred_username', 'email', 'client_id'].flatMap((claim) => claimTexts(claims, claim))
  const name = named.map((text) => typedText(text, NAME_LIMIT)).find((text) => text !== '') ?? subject
  return { user: userOf(issuer, subject), name, groups: claimTexts(claims, groupsClaim), roles: rolesFrom(claims, grants) }
}
