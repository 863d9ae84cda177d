import { isRecord } from '../../domain/events/loose-fields.ts'

export type Frame = { type: string; timestamp?: unknown; [field: string]: unknown }

export const FRAME_LIMIT_BYTES = 1024 * 1024

/** Parses a text frame, or says why it cannot be read. */
export function readFrame(text: string): { frame: Frame } | { problem: string } {
  if (text.length > FRAME_LIMIT_BYTES || Buffer.byteLength(text) > FRAME_LIMIT_BYTES) return { problem: 'a frame larger than 1 MiB' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'a frame that is not JSON' }
  }
  if (!isRecord(value)) return { problem: 'a frame that is not a JSON object' }
  if (!isFrame(value)) return { problem: 'a frame without a type' }
  return { frame: value }
}

/** Whether a value is an object with a type. */
export function isFrame(value: unknown): value is Frame {
  return isRecord(value) && typeof value['type'] === 'string' && value['type'] !== ''
}

const ID_LENGTH = 32
const TRANSITIONS = new Set<unknown>(['workflow_transition', 'tdd_transition'])

/** The id of a broadcast: equal for a live frame, its history entry and every follower; random without a timestamp. */
export function broadcastId(frame: Frame): string {
  const { type, timestamp } = frame
  if (typeof timestamp !== 'string' || timestamp === '') return Bun.randomUUIDv7()
  if (!TRANSITIONS.has(type)) return hashId([canonical(frame)])
  return hashId([frame['project'] ?? 'default', type, frame['story_id'] ?? null, timestamp, frame['new_state'] ?? null])
}

/** A hash of the parts, 32 hex digits. */
export function hashId(parts: readonly unknown[]): string {
  return new Bun.CryptoHasher('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, ID_LENGTH)
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, canonical(inner)] as const)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
