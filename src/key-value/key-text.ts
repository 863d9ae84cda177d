import type { Key } from './key-value.ts'

const PREFIX = 'visualizer'

/**
 * A key as an engine stores it: `visualizer:lease:orchestrator:main`. In each part everything but letters, digits and `.`,
 * `_`, `-` is percent-encoded, so that a part can hold neither the separator nor the braces of a Cluster's hash tag.
 */
export function keyText(key: Key): string {
  return [PREFIX, ...key.map(encodePart)].join(':')
}

const encodePart = (part: string) =>
  part.replace(/[^A-Za-z0-9._-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )
