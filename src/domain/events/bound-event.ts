import { boundText, grouped, isClean } from './bound-text.ts'
import { KnownEvent } from './event.ts'
import { boundStateFile } from '../state-files/state-file-bounds.ts'

const KIB = 1024
export const TEXT_LIMIT_BYTES = 16 * KIB
export const EVENT_LIMIT_BYTES = 256 * KIB

type EventBounds = { textBytes: number; items: number; depth: number }

const STEPS: readonly EventBounds[] = [
  { textBytes: TEXT_LIMIT_BYTES, items: Infinity, depth: Infinity },
  { textBytes: 4 * KIB, items: 1_000, depth: 16 },
  { textBytes: KIB, items: 200, depth: 8 },
  { textBytes: 256, items: 50, depth: 4 },
  { textBytes: 128, items: 20, depth: 3 },
]

const FIELDS = new Map<string, ReadonlySet<string>>(
  KnownEvent.options.map((option) => [option.shape.type.value, new Set(['id', 'timestamp', 'project', ...Object.keys(option.shape)])]),
)
const ALWAYS = new Set(['type', 'id', 'timestamp', 'project'])
const MARK_BYTES = 64
const KEY_BYTES = KIB
const ESCAPE_BYTES = 6
const UTF8_BYTES = 3

/** Cuts texts to 16 KiB and the event to 256 KiB, marked, and replaces NUL. Call it after redaction: half a secret is not recognised. */
export function boundEvent<E extends { type: string }>(event: E): E {
  if (event.type === 'state_file') return boundStateFile(event)
  if (quickBytes(event) * ESCAPE_BYTES <= EVENT_LIMIT_BYTES) return event
  let bounded = event
  for (const bounds of STEPS) {
    // From the whole event each time, so that the mark says how much is missing in all.
    bounded = boundFields(event, bounds)
    if (fits(bounded)) return bounded
  }
  return dropLargest(bounded)
}

function boundFields<E extends { type: string }>(event: E, bounds: EventBounds): E {
  const changes: [string, unknown][] = []
  const renamed: string[] = []
  for (const [key, value] of Object.entries(event)) {
    const bounded = boundValue(value, bounds, 1)
    const name = boundText(key, KEY_BYTES)
    if (name !== key) renamed.push(key)
    if (bounded !== value || name !== key) changes.push([name, bounded])
  }
  if (changes.length === 0) return event
  const copy = { ...event }
  for (const key of renamed) Reflect.deleteProperty(copy, key)
  return Object.assign(copy, Object.fromEntries(changes))
}

function boundValue(value: unknown, bounds: EventBounds, depth: number): unknown {
  if (typeof value === 'string') return boundText(value, bounds.textBytes)
  if (typeof value !== 'object' || value === null) return value
  if (depth > bounds.depth) return '… [cut]'
  return Array.isArray(value) ? boundList(value, bounds, depth) : boundRecord(value, bounds, depth)
}

function boundList(list: readonly unknown[], bounds: EventBounds, depth: number): readonly unknown[] {
  const kept = list.length > bounds.items ? list.slice(0, bounds.items) : list
  let isChanged = kept !== list
  const bounded = kept.map((item) => {
    const inner = boundValue(item, bounds, depth + 1)
    isChanged ||= inner !== item
    return inner
  })
  if (kept !== list) bounded.push(`… [cut: ${grouped(list.length - kept.length)} more]`)
  return isChanged ? bounded : list
}

function boundRecord(record: object, bounds: EventBounds, depth: number): object {
  const entries = Object.entries(record)
  const kept = entries.length > bounds.items ? entries.slice(0, bounds.items) : entries
  let isChanged = kept !== entries
  const bounded = kept.map(([key, value]): [string, unknown] => {
    const inner = boundValue(value, bounds, depth + 1)
    const name = boundText(key, Math.min(bounds.textBytes, KEY_BYTES))
    isChanged ||= inner !== value || name !== key
    return [name, inner]
  })
  if (kept !== entries) bounded.push(['…', `[cut: ${grouped(entries.length - kept.length)} more fields]`])
  return isChanged ? Object.fromEntries(bounded) : record
}

function fits(event: object): boolean {
  return Buffer.byteLength(JSON.stringify(event)) <= EVENT_LIMIT_BYTES
}

/** An upper bound of the bytes of an event that needs no change; Infinity when anything must be replaced. */
function quickBytes(value: unknown): number {
  if (typeof value === 'string') return value.length * UTF8_BYTES <= TEXT_LIMIT_BYTES && isClean(value) ? value.length + 2 : Infinity
  if (typeof value !== 'object' || value === null) return 24
  if (Array.isArray(value)) return value.reduce((bytes: number, item) => bytes + quickBytes(item) + 1, 2)
  let bytes = 2
  for (const key of Object.keys(value)) bytes += quickBytes(key) + quickBytes(Reflect.get(value, key)) + 2
  return bytes
}

function dropLargest<E extends { type: string }>(event: E): E {
  const needed = FIELDS.get(event.type) ?? ALWAYS
  const jsonBytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? '') + 1
  const fields = Object.entries(event).map(([key, value]) => ({ key, bytes: jsonBytes(key) + jsonBytes(value) }))
  const copy = { ...event }
  let total = fields.reduce((sum, { bytes }) => sum + bytes, 0)
  let dropped = 0
  for (const { key, bytes } of fields.sort((one, other) => other.bytes - one.bytes)) {
    if (total <= EVENT_LIMIT_BYTES - MARK_BYTES) break
    if (needed.has(key)) continue
    Reflect.deleteProperty(copy, key)
    total -= bytes
    dropped++
  }
  return Object.assign(copy, { '…': `[cut: ${grouped(dropped)} more fields]` })
}
