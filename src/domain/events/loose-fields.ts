import { isForeignId } from './names.ts'
import { showsSomething } from './unseen.ts'
import { foremost } from '../bounded.ts'

/** Whether a value is an object, no array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The parsed JSON of a text; undefined where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Non-blank text, cut in the middle beyond `limit` characters. */
export function textOf(value: unknown, limit = 2_000): string | undefined {
  if (typeof value !== 'string' || !showsSomething(value)) return undefined
  return value.length > limit ? bothEnds(value, limit) : value
}

/** The beginning and the end of a text, about `limit` characters together. */
export function bothEnds(text: string, limit: number): string {
  const tail = Math.floor(limit / 3)
  return `${text.slice(0, limit - tail).toWellFormed()} … ${text.slice(-tail).toWellFormed()}`
}

/** An identifier chosen by somebody else; undefined where it is deceptive or too long. */
export function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && isForeignId(value) ? value : undefined
}

/** A finite number, also one written as text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** The objects of a list; callers bound them. */
export function recordsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

/** The first distinct texts of a list, and how many there are. */
export function textsOf(value: unknown, limit: number): { kept: string[]; total: number } {
  const texts = Array.isArray(value) ? value.map((item) => textOf(item, 500)).filter((text) => text !== undefined) : []
  return foremost([...new Set(texts)], limit)
}

/** An enum's word without the class name that Python writes before it: `TaskStatus.PENDING` is `PENDING`. */
export function enumWord(value: unknown): string | undefined {
  const text = textOf(value, 256)
  return text === undefined ? undefined : text.replace(/^[A-Za-z_]\w*\./, '')
}

/** An enum's word in lower case. */
export function statusWord(value: unknown): string | undefined {
  return enumWord(value)?.toLowerCase()
}

export const TOLD_FIRST = ['command', 'file_path', 'pattern', 'url', 'query', 'description', 'prompt', 'error'] as const

/** What a tool was called with, as one text. */
export function toolDetail(detail: unknown): string | undefined {
  if (!isRecord(detail)) return textOf(detail)
  const said = TOLD_FIRST.map((name) => detail[name]).find((part) => textOf(part) !== undefined)
  return textOf(said) ?? textOf(JSON.stringify(detail))
}
