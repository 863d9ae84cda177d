import { isRecord } from '../../domain/events/loose-fields.ts'

/** One message of an orchestrator: an object whose `type` says what it is; nothing else is known of it yet. */
export type Frame = { type: string; timestamp?: unknown; [field: string]: unknown }

export const FRAME_LIMIT_BYTES = 1024 * 1024

/** Reads one text frame, or says for people why it cannot be read. */
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

/** Whether a value is a frame: an object with a type. */
export function isFrame(value: unknown): value is Frame {
  return isRecord(value) && typeof value['type'] === 'string' && value['type'] !== ''
}
