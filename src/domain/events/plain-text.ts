import { MARK, type Reading, STEERING, withMarks } from './unseen.ts'

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
const SUSPECT = /[^\n\t\u0020-\u007e]/

/** Text for a page with a mark (unseen.ts) for each invisible character; prose loses terminal sequences, decisions lose nothing. */
export function markedText(text: string, reading: Reading = 'prose'): string {
  if (!SUSPECT.test(text)) return withMarks(text, reading)
  const wellFormed = text.toWellFormed()
  if (reading !== 'prose') return withMarks(wellFormed.replaceAll('\r\n', '\n'), reading)
  return withMarks(wellFormed.replace(/\r\n?/g, '\n').replace(STEERING, '').replace(CONTROL, ''), reading)
}

/** The same as one line: white space is folded; in a command a line end is marked. */
export function markedLine(text: string, reading: Reading = 'prose'): string {
  const marked = markedText(text, reading).trim()
  const line = reading === 'command' ? marked.replace(/[ \t]*\n\s*/g, ' ⏎ ') : marked
  return line.replace(/\s+/g, ' ')
}

/** Text without markup: marks are `¤`, or `¤×3` for three characters. */
export function plainText(text: string, reading: Reading = 'prose'): string {
  return markedText(text, reading).replace(MARK, '$1')
}

/** The same as one line. */
export function plainLine(text: string, reading: Reading = 'prose'): string {
  return markedLine(text, reading).replace(MARK, '$1')
}

/** What a person could have typed, at most `limit` UTF-16 units: query strings may carry anything. */
export function typedText(text: string, limit: number): string {
  return markedText(text).replace(MARK, '').trim().slice(0, limit).toWellFormed()
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })
const GRAPHEME_UNITS = 32

/** At most `head` and `tail` graphemes of a long text, `cut` of them missing between; a text that fits is all in `head`. */
export function shortened(text: string, head: number, tail: number): { head: string; cut: number; tail: string } {
  if (text.length <= head + tail) return { head: text, cut: 0, tail: '' }
  const characters = charactersOf(text)
  if (characters.length <= head + tail) return { head: text, cut: 0, tail: '' }
  const headEnd = wordEnd(characters, head)
  const tailStart = wordStart(characters, characters.length - tail)
  return { head: characters.slice(0, headEnd).join(''), cut: tailStart - headEnd, tail: characters.slice(tailStart).join('') }
}

const WORD_REACH = 24
const SHARE_GIVEN = 0.5

const isBlank = (character: string | undefined) => character === ' ' || character === '\n'

function wordEnd(characters: readonly string[], end: number): number {
  if (isBlank(characters[end])) return end
  const least = Math.max(end - WORD_REACH, Math.ceil(end * SHARE_GIVEN))
  for (let at = end - 1; at >= least; at--) if (isBlank(characters[at])) return at
  return end
}

function wordStart(characters: readonly string[], start: number): number {
  if (isBlank(characters[start - 1])) return start
  const most = start + Math.min(WORD_REACH, Math.floor((characters.length - start) * SHARE_GIVEN))
  for (let at = start; at < most; at++) if (isBlank(characters[at])) return at + 1
  return start
}

function charactersOf(text: string): string[] {
  const characters: string[] = []
  let from = 0
  for (const found of text.matchAll(MARK)) {
    characters.push(...graphemesOf(text.slice(from, found.index)), found[0])
    from = found.index + found[0].length
  }
  return from === 0 ? graphemesOf(text) : [...characters, ...graphemesOf(text.slice(from))]
}

function graphemesOf(text: string): string[] {
  const characters: string[] = []
  for (const { segment } of GRAPHEMES.segment(text)) {
    if (segment.length <= GRAPHEME_UNITS) characters.push(segment)
    else characters.push(...Array.from(segment))
  }
  return characters
}
