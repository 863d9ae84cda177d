import { encodePart } from '../redis/key-part.ts'
import type { Key } from './key-value.ts'

const PREFIX = 'visualizer'

/** A key as an engine stores it: `visualizer:lease:orchestrator:main`. No two keys can collide, whatever their parts hold. */
export function keyText(key: Key): string {
  return [PREFIX, ...key.map(encodePart)].join(':')
}
