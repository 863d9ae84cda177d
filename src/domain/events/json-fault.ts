type JsonFault = { line: number; column: number; reason: string }

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end'
type TokenReader = { text: string; at: number; stack: ('{' | '[')[]; expected: Expected }

const SPACE = /[ \t\n\r]*/y
const STRING_PART = /[^"\\\u0000-\u001f]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y
const LITERAL = /(?:true|false|null)(?!\w)/y

/** Finds where JSON.parse failed. Reads token by token without recursion, so that deep nesting cannot overflow the stack. */
export function jsonFault(text: string): JsonFault {
  const reader: TokenReader = { text, at: 0, stack: [], expected: 'value' }
  for (;;) {
    skip(reader, SPACE)
    const reason = isAtEnd(reader) ? endReason(reader) : step(reader)
    if (reason !== undefined) return { ...placeAt(text, reader.at), reason }
  }
}

const isAtEnd = ({ text, at }: TokenReader) => at >= text.length

function endReason({ stack, expected }: TokenReader): string {
  const open = stack.at(-1)
  if (open !== undefined) return `the text ends before the ${open === '{' ? 'object' : 'array'} does`
  return expected === 'value' ? 'the text ends where a value should be' : 'is no JSON'
}

function step(reader: TokenReader): string | undefined {
  const character = reader.text[reader.at] ?? ''
  const { expected, stack } = reader
  if (expected === 'comma or end') return afterValue(reader, character)
  if (expected === 'colon') return character === ':' ? moveTo(reader, 'value') : `expected a colon, found ${shown(character)}`
  if (expected === 'value or ]' && character === ']') return close(reader)
  if (expected === 'key or }' && character === '}') return close(reader)
  if (expected === 'key' || expected === 'key or }') {
    return character === '"' ? string(reader, 'colon') : `expected a key in double quotes, found ${shown(character)}`
  }
  if (character === '{' || character === '[') {
    stack.push(character)
    return moveTo(reader, character === '{' ? 'key or }' : 'value or ]')
  }
  if (character === '"') return string(reader, 'comma or end')
  if (skip(reader, NUMBER) || skip(reader, LITERAL)) return expect(reader, 'comma or end')
  return `expected a value, found ${shown(character)}`
}

function afterValue(reader: TokenReader, character: string): string | undefined {
  const open = reader.stack.at(-1)
  if (open === undefined) return `nothing may follow the value, found ${shown(character)}`
  if (character === ',') return moveTo(reader, open === '{' ? 'key' : 'value')
  if (character === (open === '{' ? '}' : ']')) return close(reader)
  return `expected a comma or the end of the ${open === '{' ? 'object' : 'array'}, found ${shown(character)}`
}

function string(reader: TokenReader, next: Expected): string | undefined {
  reader.at++
  for (;;) {
    skip(reader, STRING_PART)
    const character = reader.text[reader.at]
    if (character === '"') return moveTo(reader, next)
    if (character === undefined) return 'the text ends before a text in quotes does'
    if (!skip(reader, ESCAPE)) return character === '\\' ? 'this escape is unknown' : 'control characters in texts must be escaped'
  }
}

function close(reader: TokenReader): undefined {
  reader.stack.pop()
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

/** The line and column (from 1) of an index. */
export function placeAt(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at)
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') }
}

function shown(character: string): string {
  return /[\u0021-\u007e]/.test(character) ? character : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
