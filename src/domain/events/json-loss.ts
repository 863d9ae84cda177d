import { placeAt } from './json-fault.ts'

type JsonLoss = { line: number; column: number; path: readonly string[]; reason: string }

type Level = { keys: Set<string> | undefined; at: string | number }

const [QUOTE, COMMA, COLON, MINUS, BACKSLASH] = [34, 44, 58, 45, 92]
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125]
const NUMBER = /[-+.\deE]+/y
const LONG_DIGITS = 16

/** Deeper values are refused anyway; bounds the recursion. */
const DEEPEST = 64

/** Finds what JSON.parse changes silently in a text that it parsed to `value`: duplicate keys, integers beyond 2^53, infinities. */
export function jsonLoss(text: string, value: unknown): JsonLoss | undefined {
  const keys = keysIn(value, 0)
  return keys !== undefined && keys === keysWritten(text) ? undefined : findLoss(text)
}

/** The number of keys in a value; undefined where a number may differ from the text. */
function keysIn(value: unknown, depth: number): number | undefined {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER ? undefined : 0
  if (typeof value !== 'object' || value === null) return 0
  if (depth > DEEPEST) return undefined
  const inner: unknown[] = Array.isArray(value) ? value : Object.values(value)
  let keys = Array.isArray(value) ? 0 : inner.length
  for (const each of inner) {
    const more = keysIn(each, depth + 1)
    if (more === undefined) return undefined
    keys += more
  }
  return keys
}

/** An upper bound of the keys in a text: every key stands before a colon. */
function keysWritten(text: string): number {
  let keys = 0
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    let before = at - 1
    while (isSpace(text.charCodeAt(before))) before -= 1
    if (text.charCodeAt(before) === QUOTE) keys += 1
  }
  return keys
}

const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9

function findLoss(text: string): JsonLoss | undefined {
  const levels: Level[] = []
  let isKey = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfString(text, at)
      if (isKey && !isNewKey(levels.at(-1), decodedKey(text, at, end))) {
        return { ...placeAt(text, at), path: wayTo(levels), reason: 'is given twice' }
      }
      at = end
    } else if (code === COLON) isKey = false
    else if (code === COMMA) isKey = nextOf(levels.at(-1))
    else if (code === OPEN_OBJECT) {
      levels.push({ keys: new Set(), at: '' })
      isKey = true
    } else if (code === OPEN_ARRAY) {
      levels.push({ keys: undefined, at: 0 })
      isKey = false
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) levels.pop()
    else if (code === MINUS || (code >= 48 && code <= 57)) {
      const literal = numberAt(text, at)
      const reason = numberLoss(literal)
      if (reason !== undefined) return { ...placeAt(text, at), path: wayTo(levels), reason }
      at += literal.length - 1
    }
  }
  return undefined
}

function nextOf(level: Level | undefined): boolean {
  if (level && typeof level.at === 'number') level.at++
  return level?.keys !== undefined
}

function isNewKey(level: Level | undefined, key: string): boolean {
  if (!level?.keys) return true
  level.at = key
  if (level.keys.has(key)) return false
  level.keys.add(key)
  return true
}

function endOfString(text: string, begin: number): number {
  let end = text.indexOf('"', begin + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let begin = at
  while (text.charCodeAt(begin - 1) === BACKSLASH) begin--
  return (at - begin) % 2 === 1
}

function decodedKey(text: string, begin: number, end: number): string {
  const raw = text.slice(begin + 1, end)
  return raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw
}

function numberAt(text: string, at: number): string {
  NUMBER.lastIndex = at
  return NUMBER.exec(text)?.[0] ?? ''
}

function numberLoss(literal: string): string | undefined {
  if (literal.length < LONG_DIGITS && !/e/i.test(literal)) return undefined
  const value = Number(literal)
  if (!Number.isFinite(value)) return 'is beyond what a number can be; send it as a text'
  if (!/^-?\d+$/.test(literal) || Number.isSafeInteger(value)) return undefined
  return 'is an integer beyond 2^53, which many readers would change; send it as a text'
}

const wayTo = (levels: readonly Level[]) => levels.map((level) => String(level.at))
