// CSI, OSC (ended by BEL or ST) and other string sequences, two-byte escapes: what terminals obey and people do not read.
const ANSI =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
// Marks that reorder what stands beside them, and joiners that hide in words.
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const INVISIBLE = /[\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu
const SUSPECT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/

/**
 * Text as it may be shown: without terminal sequences, control characters and invisible marks. A mark of direction shows as
 * a visible sign, for it was there to deceive or by accident, and a reader should see either. Line ends and tabs stay.
 */
export function plainText(text: string): string {
  if (!SUSPECT.test(text)) return text
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(ANSI, '')
    .replace(CONTROL, '')
    .replace(DIRECTION, '\u2426')
    .replace(INVISIBLE, '')
}

/** The same in one line: runs of white space are one space. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim()
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })
/** A pile of combining marks can make one character of any length; it counts as one only so far. */
const GRAPHEME_UNITS = 32

/**
 * Both ends of a long text: `head` and `tail` characters as people count them, and how many are `cut` between. What would
 * cut nothing stays whole, in `head`.
 */
export function shortened(text: string, head: number, tail: number): { head: string; cut: number; tail: string } {
  if (text.length <= head + tail) return { head: text, cut: 0, tail: '' }
  const characters = charactersOf(text)
  const cut = characters.length - head - tail
  if (cut <= 0) return { head: text, cut: 0, tail: '' }
  return { head: characters.slice(0, head).join(''), cut, tail: tail === 0 ? '' : characters.slice(-tail).join('') }
}

function charactersOf(text: string): string[] {
  const characters: string[] = []
  for (const { segment } of GRAPHEMES.segment(text)) {
    if (segment.length <= GRAPHEME_UNITS) characters.push(segment)
    else characters.push(...Array.from(segment))
  }
  return characters
}
