const BUCKETS = 64

/** The names of all buckets: `v0` to `v63`. */
export const ALL_BUCKETS: readonly string[] = Array.from({ length: BUCKETS }, (_, index) => `v${index}`)

/**
 * The bucket of a project. Its keys hold `{v17}`, so that a Cluster keeps all of a bucket on one server: one script may use them
 * together, and what concerns every project takes 64 questions, however many projects there are.
 */
export function bucketOf(project: string): string {
  return `v${Bun.hash.crc32(project) % BUCKETS}`
}

/**
 * A part of a key as an engine stores it: everything but letters, digits and `.`, `_`, `-` is percent-encoded, so that a part can
 * hold neither the separator `:` nor the braces of a Cluster's hash tag.
 */
export const encodePart = (part: string): string => part.replace(/[^A-Za-z0-9._-]/gu, encodeCharacter)

function encodeCharacter(character: string): string {
  // Half a surrogate pair has no bytes in UTF-8: all of them would become the same.
  if (!character.isWellFormed()) return `%u${character.charCodeAt(0).toString(16)}`
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

/** What was encoded. */
export const decodePart = (text: string): string =>
  text
    .split(/(%u[0-9a-f]{4})/)
    .map((part) => (part.startsWith('%u') ? String.fromCharCode(Number.parseInt(part.slice(2), 16)) : decodeURIComponent(part)))
    .join('')
