import { wellFormed } from './bound-text.ts'
import { isRecord } from './loose-fields.ts'

export const STATE_FILE_LIMIT_BYTES = 4 * 1024 * 1024
/** Lists deeper than this are part of a record. */
const LIST_DEPTH = 6

/**
 * A state file's event with content of at most 4 MiB: whole records are left out, oldest first, and counted in
 * `dropped_records`; no text is cut, so that what stays is true. Content that no record makes too large is not kept at all,
 * and `problem` says so.
 */
export function boundStateFile<E extends { type: string }>(event: E): E {
  const content: unknown = Reflect.get(event, 'content')
  const clean = cleaned(content)
  if (sizeOf(clean) <= STATE_FILE_LIMIT_BYTES) return clean === content ? event : Object.assign({ ...event }, { content: clean })
  const copy: unknown = structuredClone(clean)
  const dropped = dropOldest(copy)
  if (sizeOf(copy) > STATE_FILE_LIMIT_BYTES) return Object.assign({ ...event }, { content: null, problem: 'too_large' })
  return Object.assign({ ...event }, { content: copy, dropped_records: dropped })
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '')
}

/** Shortens the largest lists in place from their old end, down to their newest record, until the whole fits. */
function dropOldest(content: unknown): number {
  let dropped = 0
  for (let excess = sizeOf(content) - STATE_FILE_LIMIT_BYTES; excess > 0; excess = sizeOf(content) - STATE_FILE_LIMIT_BYTES) {
    const lists = listsIn(content, 0).map((list) => ({ list, sizes: list.map(sizeOf) }))
    const largest = largestOf(lists.filter(({ list }) => list.length > 1)) ?? largestOf(lists)
    if (!largest) break
    const count = recordsToDrop(largest.sizes, excess)
    largest.list.splice(0, count)
    dropped += count
  }
  return dropped
}

function recordsToDrop(sizes: readonly number[], excess: number): number {
  let count = 0
  for (let freed = 0; freed < excess && count < Math.max(1, sizes.length - 1); count++) freed += (sizes[count] ?? 0) + 1
  return count
}

type Sized = { list: unknown[]; sizes: number[] }

function largestOf(lists: readonly Sized[]): Sized | undefined {
  const total = ({ sizes }: Sized) => sizes.reduce((sum, size) => sum + size, 0)
  return lists.length === 0 ? undefined : lists.reduce((one, other) => (total(other) > total(one) ? other : one))
}

/** Every list that is not empty, outer ones first. */
function listsIn(value: unknown, depth: number): unknown[][] {
  if (depth > LIST_DEPTH || typeof value !== 'object' || value === null) return []
  const own: unknown[][] = Array.isArray(value) && value.length > 0 ? [value] : []
  return [...own, ...Object.values(value).flatMap((inner) => listsIn(inner, depth + 1))]
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
