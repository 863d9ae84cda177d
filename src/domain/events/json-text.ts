type JsonFault = { line: number; column: number; reason: string }
type JsonLoss = JsonFault & { path: readonly string[] }

type Level = { keys: Set<string> | undefined; at: string | number }
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end'
type TokenReader = { text: string; at: number; levels: Level[]; expected: Expected; loss: JsonLoss | undefined }

const SPACE = /[ \t\n\r]*/y
const STRING_PART = /[^"\\\u0000-\u001f]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y
const LITERAL = /(?:true|false|null)(?!\w)/y
/** Integers with fewer digits are exact. */
const LONG_DIGITS = 16
/** Deeper values are refused anyway; bounds the recursion. */
const DEEPEST = 64

/** Finds where JSON.parse failed. Reads token by token without recursion, so that deep nesting cannot overflow the stack. */
export function jsonFault(text: string): JsonFault {
  const reader = openReader(text)
  for (;;) {
    const reason = next(reader)
    if (reason !== undefined) return { ...placeAt(text, reader.at), reason }
  }
}

/** Finds what JSON.parse changes silently in a text that it parsed to `value`: duplicate keys, integers beyond 2^53, infinities. */
export function jsonLoss(text: string, value: unknown): JsonLoss | undefined {
  const keys = keysIn(value, 0)
  if (keys !== undefined && keys === keysWritten(text)) return undefined
  const reader = openReader(text)
  while (reader.loss === undefined && next(reader) === undefined);
  return reader.loss
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

const QUOTE = 34
const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9

const openReader = (text: string): TokenReader => ({ text, at: 0, levels: [], expected: 'value', loss: undefined })

function next(reader: TokenReader): string | undefined {
  skip(reader, SPACE)
  return reader.at >= reader.text.length ? endReason(reader) : step(reader)
}

function endReason({ levels, expected }: TokenReader): string {
  const level = levels.at(-1)
  if (level) return `the text ends before the ${kindOf(level)} does`
  return expected === 'value' ? 'the text ends where a value should be' : 'is no JSON'
}

function step(reader: TokenReader): string | undefined {
  const character = reader.text[reader.at] ?? ''
  const { expected, levels, at } = reader
  if (expected === 'comma or end') return afterValue(reader, character)
  if (expected === 'colon') return character === ':' ? moveTo(reader, 'value') : `expected a colon, found ${shown(character)}`
  if (expected === 'value or ]' && character === ']') return close(reader)
  if (expected === 'key or }' && character === '}') return close(reader)
  if (expected === 'key' || expected === 'key or }') {
    return character === '"'
      ? (string(reader, 'colon') ?? noteKey(reader, at))
      : `expected a key in double quotes, found ${shown(character)}`
  }
  if (character === '{' || character === '[') {
    levels.push(character === '{' ? { keys: new Set(), at: '' } : { keys: undefined, at: 0 })
    return moveTo(reader, character === '{' ? 'key or }' : 'value or ]')
  }
  if (character === '"') return string(reader, 'comma or end')
  if (skip(reader, NUMBER)) noteNumber(reader, at)
  else if (!skip(reader, LITERAL)) return `expected a value, found ${shown(character)}`
  return expect(reader, 'comma or end')
}

function afterValue(reader: TokenReader, character: string): string | undefined {
  const level = reader.levels.at(-1)
  if (!level) return `nothing may follow the value, found ${shown(character)}`
  if (character === (level.keys ? '}' : ']')) return close(reader)
  if (character !== ',') return `expected a comma or the end of the ${kindOf(level)}, found ${shown(character)}`
  if (typeof level.at === 'number') level.at += 1
  return moveTo(reader, level.keys ? 'key' : 'value')
}

const kindOf = ({ keys }: Level) => (keys ? 'object' : 'array')

function string(reader: TokenReader, following: Expected): string | undefined {
  reader.at++
  for (;;) {
    skip(reader, STRING_PART)
    const character = reader.text[reader.at]
    if (character === '"') return moveTo(reader, following)
    if (character === undefined) return 'the text ends before a text in quotes does'
    if (!skip(reader, ESCAPE)) return character === '\\' ? 'this escape is unknown' : 'control characters in texts must be escaped'
  }
}

/** The same key may be written with escapes and without. */
function noteKey(reader: TokenReader, begin: number): undefined {
  const level = reader.levels.at(-1)
  const key = String(JSON.parse(reader.text.slice(begin, reader.at)))
  if (!level?.keys) return
  level.at = key
  if (level.keys.has(key)) lose(reader, begin, 'is given twice')
  level.keys.add(key)
}

function noteNumber(reader: TokenReader, begin: number): void {
  const literal = reader.text.slice(begin, reader.at)
  if (literal.length < LONG_DIGITS && !/e/i.test(literal)) return
  const value = Number(literal)
  if (!Number.isFinite(value)) lose(reader, begin, 'is beyond what a number can be; send it as a text')
  else if (/^-?\d+$/.test(literal) && !Number.isSafeInteger(value))
    lose(reader, begin, 'is an integer beyond 2^53, which many readers would change; send it as a text')
}

function lose(reader: TokenReader, at: number, reason: string): void {
  reader.loss ??= { ...placeAt(reader.text, at), path: reader.levels.map((level) => String(level.at)), reason }
}

function close(reader: TokenReader): undefined {
  reader.levels.pop()
  return moveTo(reader, 'comma or end')
}

function moveTo(reader: TokenReader, expected: Expected): undefined {
  reader.at++
  return expect(reader, expected)
}

function expect(reader: TokenReader, expected: Expected): undefined {
  reader.expected = expected
}

function skip(reader: TokenReader, pattern: RegExp): boolean {
  pattern.lastIndex = reader.at
  const matched = pattern.exec(reader.text)?.[0].length ?? 0
  reader.at += matched
  return matched > 0
}

function placeAt(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at)
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') }
}

function shown(character: string): string {
  return /[\u0021-\u007e]/.test(character) ? character : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
