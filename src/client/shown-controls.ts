import { isRecord } from '../domain/events/loose-fields.ts'

// Line ends and tabs are white space to whoever makes one line of a text.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

const sign = (character: string) => {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '\u2421' : `\\x${code.toString(16)}`
}

/** The same fields with a visible sign (␛ for escape) for each control character in their texts. */
export function shownControls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [signed(key), shown(value)]))
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return signed(value)
  if (Array.isArray(value)) return value.map(shown)
  return isRecord(value) ? shownControls(value) : value
}

const signed = (text: string) => text.replace(CONTROLS, sign)
