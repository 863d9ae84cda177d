import { isForeignId } from './names.ts'
import { showsSomething } from './unseen.ts'
import { foremost } from '../bounded.ts'

/*
 * Reading what other programs wrote, field by field, without trusting any of it. What does not fit is absent.
 */

/** A JSON object, not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a text says as JSON; undefined where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Whatever it was meant to be: callers look at what they got in any case.
    return undefined
  }
}

/**
 * Text that shows something, both its ends of one longer than `limit` characters: states keep what is shown, the log keeps
 * all of it.
 */
export function textOf(value: unknown, limit = 2_000): string | undefined {
  if (typeof value !== 'string' || !showsSomething(value)) return undefined
  return value.length > limit ? bothEnds(value, limit) : value
}

/** Both ends of a text, together about `limit` characters long. */
export function bothEnds(text: string, limit: number): string {
  const tail = Math.floor(limit / 3)
  return `${text.slice(0, limit - tail).toWellFormed()} … ${text.slice(-tail).toWellFormed()}`
}

/** An identifier that somebody else chose; one that could be taken for another is none. */
export function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && isForeignId(value) ? value : undefined
}

/** A finite number, also one written as text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** The objects of a list. Whoever keeps them bounds them: what goes depends on what they are. */
export function recordsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

/** The first texts of a list, each once, and how many there are. */
export function textsOf(value: unknown, limit: number): { kept: string[]; total: number } {
  const texts = Array.isArray(value) ? value.map((item) => textOf(item, 500)).filter((text) => text !== undefined) : []
  return foremost([...new Set(texts)], limit)
}

/** An enum's word without the class that Python may write before it: `TaskStatus.PENDING` is `PENDING`. */
export function enumWord(value: unknown): string | undefined {
  const text = textOf(value, 256)
  return text === undefined ? undefined : text.replace(/^[A-Za-z_]\w*\./, '')
}

/** An enum's word in lower case, as statuses are written. */
export function statusWord(value: unknown): string | undefined {
  return enumWord(value)?.toLowerCase()
}

/** The fields of a tool's call that say what it does; the first that says something is told. */
export const TOLD_FIRST = ['command', 'file_path', 'pattern', 'url', 'query', 'description', 'prompt', 'error'] as const

/** What a tool was called with, in one text: the field that says most, where there are fields. */
export function toolDetail(detail: unknown): string | undefined {
  if (!isRecord(detail)) return textOf(detail)
  const said = TOLD_FIRST.map((name) => detail[name]).find((part) => textOf(part) !== undefined)
  return textOf(said) ?? textOf(JSON.stringify(detail))
}
