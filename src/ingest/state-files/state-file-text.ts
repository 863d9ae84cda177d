import { jsonFault } from '../../domain/events/json-text.ts'

export type Parsed = { content: Record<string, unknown> } | { damage: string }

const DEEPEST = 100
const LOCATED_TO = 1024 * 1024
const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** Parses bytes as a JSON object. Damage is described without quoting the text, which may hold secrets. */
export function parseStateFile(bytes: Uint8Array): Parsed {
  if (bytes.length === 0) return { damage: 'it is empty' }
  const text = decode(bytes)
  if (text === undefined) return { damage: 'it is not UTF-8 text' }
  if (isNestedDeeper(text, DEEPEST)) return { damage: `it is nested more than ${DEEPEST} levels deep` }
  try {
    return objectOf(parse(text))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const fault = text.length <= LOCATED_TO ? jsonFault(text) : undefined
    return { damage: fault ? `line ${fault.line}, column ${fault.column}: ${fault.reason}` : 'it is no JSON' }
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** `__proto__` is dropped: copying it would set a prototype. */
function parse(text: string): unknown {
  const value: unknown = /__proto__|\\u00/i.test(text)
    ? JSON.parse(text, (key, member: unknown) => (key === '__proto__' ? undefined : member))
    : JSON.parse(text)
  return value
}

function objectOf(value: unknown): Parsed {
  if (value === null) return { damage: 'it holds null, not an object' }
  if (Array.isArray(value)) return { damage: 'it holds a list, not an object' }
  if (typeof value !== 'object') return { damage: `it holds a ${typeof value}, not an object` }
  return { content: { ...value } }
}

const [QUOTE, BACKSLASH, OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [34, 92, 91, 123, 93, 125]

/** Checked before parsing: deep nesting could exhaust the stack of the parser or of later code. */
function isNestedDeeper(text: string, limit: number): boolean {
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at)
    if (letter === QUOTE) isInString = !isInString
    else if (isInString && letter === BACKSLASH) at++
    else if (isInString) continue
    else if (letter === OPEN_OBJECT || letter === OPEN_LIST) depth++
    else if (letter === CLOSE_OBJECT || letter === CLOSE_LIST) depth--
    if (depth > limit) return true
  }
  return false
}
