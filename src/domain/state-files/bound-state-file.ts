import { wellFormed } from '../events/bound-text.ts'
import { isRecord } from '../events/loose-fields.ts'
import { boundContent } from './state-file-bounds.ts'

export const STATE_FILE_LIMIT_BYTES = 4 * 1024 * 1024

/**
 * A state file's event with content of at most 4 MiB: whole records are left out, those that are over and old first, and counted in
 * `dropped_records`; no text is cut, so that what stays is true. Content that no record makes too large is not kept at all,
 * and `problem` says so.
 */
export function boundStateFile<E extends { type: string }>(event: E): E {
  const content: unknown = Reflect.get(event, 'content')
  const clean = cleaned(content)
  if (sizeOf(clean) <= STATE_FILE_LIMIT_BYTES) return clean === content ? event : Object.assign({ ...event }, { content: clean })
  const copy: unknown = structuredClone(clean)
  const bounded = isRecord(copy) ? boundContent(String(Reflect.get(event, 'file')), copy, STATE_FILE_LIMIT_BYTES) : undefined
  if (!bounded) return Object.assign({ ...event }, { content: null, problem: 'too_large' })
  const open = bounded.droppedOpen > 0 ? { dropped_open: bounded.droppedOpen } : {}
  return Object.assign({ ...event }, { content: bounded.content, dropped_records: bounded.droppedRecords, ...open })
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '')
}

/** The same value when it is clean already, else a copy with well-formed texts. */
function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value)
  if (Array.isArray(value)) return sameOr(value, value.map(cleaned))
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [wellFormed(key), cleaned(inner)])
  return entries.every(([key, inner]) => Object.is(value[key], inner)) ? value : Object.fromEntries(entries)
}

function sameOr(list: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  return list.every((item, index) => Object.is(item, other[index])) ? list : other
}
