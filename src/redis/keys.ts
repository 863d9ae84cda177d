const BUCKETS = 64

export const ALL_BUCKETS: readonly string[] = Array.from({ length: BUCKETS }, (_, index) => `v${index}`)

/** A project's bucket, `v0` to `v63`. Keys hold `{v17}`, so a Cluster keeps a bucket on one server: scripts may use its keys together. */
export function bucketOf(project: string): string {
  return `v${Bun.hash.crc32(project) % BUCKETS}`
}

/** A key's part with everything but letters, digits, `.`, `_`, `-` percent-encoded: neither `:` nor the braces of hash tags remain. */
export const encodePart = (part: string): string => part.replace(/[^A-Za-z0-9._-]/gu, encodeCharacter)

function encodeCharacter(character: string): string {
  // In UTF-8 all lone surrogates would become the same.
  if (!character.isWellFormed()) return `%u${character.charCodeAt(0).toString(16)}`
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

/** The decoded part of a key. */
export const decodePart = (text: string): string =>
  text
    .split(/(%u[0-9a-f]{4})/)
    .map((part) => (part.startsWith('%u') ? String.fromCharCode(Number.parseInt(part.slice(2), 16)) : decodeURIComponent(part)))
    .join('')
