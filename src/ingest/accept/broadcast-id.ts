import type { Frame } from '../orchestrator/orchestrator-frame.ts'

const ID_LENGTH = 32
const TRANSITIONS = new Set<unknown>(['workflow_transition', 'tdd_transition'])

/**
 * The id of what an orchestrator broadcast: the same from a live frame, from its history and from two followers.
 * Only a timestamp makes a frame one of a kind, so one without it gets an id of its own each time.
 */
export function broadcastId(frame: Frame): string {
  const { type, timestamp } = frame
  if (typeof timestamp !== 'string' || timestamp === '') return Bun.randomUUIDv7()
  if (!TRANSITIONS.has(type)) return hashId([canonical(frame)])
  return hashId([frame['project'] ?? 'default', type, frame['story_id'] ?? null, timestamp, frame['new_state'] ?? null])
}

/** 32 hex digits that name these parts. */
export function hashId(parts: readonly unknown[]): string {
  return new Bun.CryptoHasher('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, ID_LENGTH)
}

/** The same value with the keys of every object in order, so that equal content has equal JSON. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, canonical(inner)] as const)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
