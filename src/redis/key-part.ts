/**
 * A part of a key as an engine stores it: everything but letters, digits and `.`, `_`, `-` is percent-encoded, so that a part can
 * hold neither the separator `:` nor the braces of a Cluster's hash tag.
 */
export const encodePart = (part: string): string =>
  part.replace(/[^A-Za-z0-9._-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )

/** What was encoded. */
export const decodePart = (text: string): string => decodeURIComponent(text)
