import type { ProxyConfig } from '../config/config.ts'
import { typedText } from '../domain/events/plain-text.ts'
import { plainAddress, rangesOf } from './address-ranges.ts'
import { rolesFrom } from './claims.ts'
import { isSame } from './signing.ts'
import type { Identity } from './viewer.ts'

/** What a proxy says of a request. `reason` is for the log. */
export type ProxyAnswer = { outcome: 'signed in'; identity: Identity } | { outcome: 'refused'; reason: string }

/** `peer` is the address that the socket names, whatever X-Forwarded-For says. */
type Asked = { header(name: string): string | undefined; peer: string }

export type ProxyDoor = (asked: Asked) => ProxyAnswer

const USER_LIMIT = 300
const NAME_LIMIT = 100
const GROUPS_LIMIT = 1_000

/**
 * Believes what the headers of a proxy say, if it shows the shared secret and comes from one of the addresses: of both what is configured,
 * and at least one is. A name with a comma is refused, for two headers are joined by one: the first may be the caller's own.
 */
export function proxyDoor(config: ProxyConfig): ProxyDoor {
  const isFrom = config.from === undefined ? () => true : rangesOf(config.from)
  const shared = config.secret?.reveal()
  const refused = (reason: string): ProxyAnswer => ({ outcome: 'refused', reason })
  return ({ header, peer }) => {
    if (shared === undefined && config.from === undefined) return refused('neither a secret nor an address is configured')
    if (!isFrom(plainAddress(peer))) return refused(`${peer} is not an address of the proxy`)
    if (shared !== undefined && !isSame(header(config.secretHeader) ?? '', shared))
      return refused('the secret of the proxy is wrong or missing')
    const user = header(config.userHeader)?.trim() ?? ''
    if (user === '') return refused('the proxy names nobody')
    if (user.length > USER_LIMIT || /[\u0000-\u001f\u007f,]/.test(user)) return refused('the name of the user cannot be one')
    const name = typedText(header(config.nameHeader) ?? '', NAME_LIMIT) || typedText(user, NAME_LIMIT)
    const named = header(config.groupsHeader)?.split(',') ?? []
    const groups = named.map((group) => group.trim()).filter((group) => group !== '')
    const kept = groups.slice(0, GROUPS_LIMIT)
    return { outcome: 'signed in', identity: { user, name, groups: kept, roles: rolesFrom({ user, name, groups: kept }, config.claims) } }
  }
}
