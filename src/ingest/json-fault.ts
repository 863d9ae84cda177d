/** Where and why a text is no JSON. Lines and columns count from 1; the reason quotes nothing but one character. */
export type JsonFault = { line: number; column: number; reason: string }

const BLANK = /[ \t\n\r]*/y
const SCALAR = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y
const ESCAPED = '"\\/bfnrtu'

type Place = 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'comma or end' | 'end'
type Reader = { text: string; at: number; open: ('{' | '[')[] }

/** The engine's own message names no position; people who mend a file need one. Undefined when the text is JSON. */
export function findJsonFault(text: string): JsonFault | undefined {
  const reader: Reader = { text, at: 0, open: [] }
  let place: Place | undefined = 'value'
  while (place) {
    skip(reader, BLANK)
    if (place === 'end' && reader.at === text.length) return undefined
    const next = step(reader, place)
    if (next === undefined) return { ...positionOf(text, reader.at), reason: reasonAt(reader, place) }
    place = next
  }
  return undefined
}

/** Reads what may stand at a place and gives the next place; undefined when something else stands there. */
function step(reader: Reader, place: Place): Place | undefined {
  const letter = reader.text[reader.at]
  switch (place) {
    case 'colon':
      return letter === ':' ? move(reader, 'value') : undefined
    case 'name':
    case 'name or }':
      if (letter === '}' && place === 'name or }') return close(reader)
      return letter === '"' && readText(reader) ? 'colon' : undefined
    case 'comma or end':
      if (letter === ',') return move(reader, reader.open.at(-1) === '{' ? 'name' : 'value')
      return letter === (reader.open.at(-1) === '{' ? '}' : ']') ? close(reader) : undefined
    case 'value':
    case 'value or ]':
      if (letter === ']' && place === 'value or ]') return close(reader)
      return value(reader, letter)
    default:
      return undefined
  }
}

function value(reader: Reader, letter: string | undefined): Place | undefined {
  if (letter === '{' || letter === '[') {
    reader.open.push(letter)
    return move(reader, letter === '{' ? 'name or }' : 'value or ]')
  }
  const isRead = letter === '"' ? readText(reader) : skip(reader, SCALAR)
  return isRead ? afterValue(reader) : undefined
}

/** To behind the closing quote; where there is none, or what may not be in a text, to there. */
function readText(reader: Reader): boolean {
  const { text } = reader
  let at = reader.at + 1
  while (at < text.length && text[at] !== '"' && isInText(text, at)) at += text[at] === '\\' ? 2 : 1
  const isClosed = text[at] === '"'
  reader.at = isClosed ? at + 1 : Math.min(at, text.length)
  return isClosed
}

function isInText(text: string, at: number): boolean {
  if (text[at] !== '\\') return text.charCodeAt(at) >= 32
  return at + 1 === text.length || ESCAPED.includes(text[at + 1] ?? '')
}

function close(reader: Reader): Place {
  reader.open.pop()
  return move(reader, afterValue(reader))
}

const afterValue = (reader: Reader): Place => (reader.open.length > 0 ? 'comma or end' : 'end')

function move(reader: Reader, place: Place): Place {
  reader.at += 1
  return place
}

function skip(reader: Reader, pattern: RegExp): boolean {
  pattern.lastIndex = reader.at
  const isThere = pattern.test(reader.text)
  if (isThere) reader.at = pattern.lastIndex
  return isThere
}

function reasonAt({ text, at }: Reader, place: Place): string {
  const expected = place === 'comma or end' ? 'a comma or a closing bracket' : `a ${place.replace(' or ', ' or a ')}`
  if (at >= text.length) return 'it ends too early'
  if (place === 'end') return 'something follows after its end'
  const letter = text[at] ?? ''
  if (letter === '\\' || letter < ' ') return 'a letter that must be escaped, or an escape that is none'
  return /[!-~]/.test(letter) ? `${expected} was expected, not ${letter}` : `${expected} was expected`
}

function positionOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at)
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') }
}
