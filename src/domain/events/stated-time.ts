import { textOf } from './loose-fields.ts'

/** A reporter's time, in ms since 1970: exact with a zone, otherwise as if it were UTC. */
export type StatedTime = { ms: number; isZoned: boolean }

/** The text of a reporter's time and whose clock wrote it: `by` is the orchestrator's name, undefined for every other reporter. */
export type Stamp = { text: string; by: string | undefined }

export const STATED_TIME_FORMS = '2026-11-23T20:30:47.032322, the same with a space for the T, with Z or with an offset like +01:00'

const FORM = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:\s?([Zz]|[+-]\d\d(?::?\d\d)?))?$/
const MINUTE_MS = 60_000
const QUARTER_MS = 15 * MINUTE_MS
const WIDEST_ZONE_MS = 14 * 60 * MINUTE_MS

/** Parses the formats that reporters write; undefined for anything else and for impossible dates. */
export function parseStatedTime(text: string): StatedTime | undefined {
  const match = FORM.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second = '0', fraction, zone] = match
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day))
  // Date accepts 31 February as 3 March.
  const placed = new Date(midnight)
  if (placed.getUTCDate() !== Number(day) || placed.getUTCMonth() !== Number(month) - 1) return undefined
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second)
  const ms = midnight + seconds * 1000 + (fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0')))
  const zoneMs = zoneOf(zone)
  if (zoneMs === undefined) return zone === undefined ? { ms, isZoned: false } : undefined
  return { ms: ms - zoneMs, isZoned: true }
}

function zoneOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined
  if (zone === 'Z' || zone === 'z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', ''))]
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS
}

/** The instant (ms since 1970) of a text; a zoneless one needs its clock's offset (ms to add to get UTC). */
export function placeStatedTime(text: string, offsetMs: number | undefined): number | undefined {
  const stated = parseStatedTime(text)
  if (!stated) return undefined
  if (stated.isZoned) return stated.ms
  return offsetMs === undefined ? undefined : stated.ms + offsetMs
}

/** Two clocks that differ by less are taken to agree. */
export const BELIEVED_WITHIN_MS = 120_000

/** The instant (ms since 1970) of a text by the clock that stamped its event; a clock off by two minutes is corrected by the arrival. */
export function placeLikeStamp(text: string, stamp: string | undefined, arrival: number): number | undefined {
  const stamped = stamp === undefined ? undefined : parseStatedTime(stamp)
  const said = parseStatedTime(text)
  if (!said || !stamped || said.isZoned !== stamped.isZoned) return placeStatedTime(text, undefined)
  const offset = said.isZoned ? 0 : (clockOffset(arrival, stamped) ?? 0)
  const behind = arrival - (stamped.ms + offset)
  return said.ms + offset + (Math.abs(behind) > BELIEVED_WITHIN_MS ? behind : 0)
}

/** The offset (ms, by 15 minutes) of a zoneless clock, from a text that it wrote near a known instant; undefined where no zone fits. */
export function clockOffset(closeTo: number, stated: StatedTime): number | undefined {
  const offset = Math.round((closeTo - stated.ms) / QUARTER_MS) * QUARTER_MS
  return Math.abs(offset) > WIDEST_ZONE_MS ? undefined : offset
}

/** Further apart than this, the clock was set in between. */
const BELIEVED_MS = 24 * 60 * MINUTE_MS

/** How much later (ms, negative: earlier) one stamp is than another by the same clock; undefined where they cannot be compared. */
export function stampedLater(stamp: Stamp | undefined, than: Stamp | undefined): number | undefined {
  // The clocks of two orchestrators say nothing of each other.
  if (!stamp || !than || stamp.by !== than.by) return undefined
  const [one, other] = [parseStatedTime(stamp.text), parseStatedTime(than.text)]
  if (!one || !other || one.isZoned !== other.isZoned) return undefined
  const later = one.ms - other.ms
  return Math.abs(later) > BELIEVED_MS ? undefined : later
}

/** The fields of an event that tell when it happened by its reporter's clock, and whose clock that is. */
export type Stamped = { timestamp?: string | undefined; occurred_at?: unknown; told_by?: unknown }

/** When an event happened by its reporter's clock. The text is read only where two are compared: every step of a cycle has one. */
export function stampOf({ timestamp, occurred_at, told_by }: Stamped): Stamp | undefined {
  // A link already placed `occurred_at` by the orchestrator's clock; its text changes with the season.
  const text = textOf(occurred_at, 64) ?? timestamp
  return text === undefined ? undefined : { text, by: textOf(told_by, 200) }
}

/** Whether one stamp is earlier than the other by the same clock; false where they cannot be compared. */
export function isStampedBefore(stamp: Stamp | undefined, other: Stamp | undefined): boolean {
  return (stampedLater(stamp, other) ?? 0) < 0
}

/** ISO 8601; an instant (ms since 1970) that Date cannot hold is 1970, and takes no page down. */
export const isoTime = (ms: number): string => new Date(Math.abs(ms) <= 8.64e15 ? ms : 0).toISOString()
