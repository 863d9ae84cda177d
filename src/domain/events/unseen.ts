/** Prose loses terminal sequences, a decision loses nothing, and in a command blanks matter. */
export type Reading = 'prose' | 'decision' | 'command'

export const MARK = /\ufdd0([^\ufdd0-\ufdd2]*)\ufdd2([^\ufdd0-\ufdd2]*)\ufdd1/g

/** In every font that has Latin letters; pictures of control characters are empty boxes in many. */
const UNSEEN_SIGN = '¤'

const mark = (sign: string, name: string) => `\ufdd0${sign}\ufdd2${name}\ufdd1`

const MARKS_ON_A_LETTER = 4
const LONG_GAP = 16
const LONG_INDENT = 65
const LONG_BREAK = 5

// CSI, OSC (ended by BEL or ST) and other string sequences, two-byte escapes. An unterminated one does not match: it would hide the rest.
const SEQUENCE =
  '(?:\\u001b\\[|\\u009b)[0-?]*[ -\\/]*[@-~]|(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)|\\u001b[ -\\/]*[0-~]'

export const STEERING = new RegExp(SEQUENCE, 'gv')

// Scripts that need joiners, and those that separate words by zero-width spaces.
const JOINING =
  '[[\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Mand}\\p{scx=Nkoo}\\p{scx=Adlm}\\p{scx=Mong}\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}\\p{scx=Mymr}\\p{scx=Khmr}]&&[\\p{L}\\p{M}]]'
const UNSPACED = '[[\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}]&&[\\p{L}\\p{M}]]'
const VIRAMA = '[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d4d\\u0dca\\u1039\\u103a\\u17d2]'
const PICTOGRAPH = '\\p{Extended_Pictographic}[\\u{1f3fb}-\\u{1f3ff}]?\\ufe0f?'

const SHAPING = [
  '\\u{1f3f4}\\u{e0067}\\u{e0062}(?:\\u{e0065}\\u{e006e}\\u{e0067}|\\u{e0073}\\u{e0063}\\u{e0074}|\\u{e0077}\\u{e006c}\\u{e0073})\\u{e007f}',
  `${PICTOGRAPH}(?:\\u200d${PICTOGRAPH})+`,
  '\\p{Extended_Pictographic}[\\ufe0e\\ufe0f]',
  '[0-9#*]\\ufe0f\\u20e3',
  `(?<=${JOINING})[\\u200c\\u200d](?=${JOINING})`,
  `(?<=${VIRAMA})[\\u200c\\u200d]`,
  `(?<=${UNSPACED})\\u200b(?=${UNSPACED})`,
  '(?<=[\\p{scx=Mong}&&\\p{L}])[\\u180b-\\u180f]',
  '(?<=\\p{Unified_Ideograph})[\\u{e0100}-\\u{e01ef}]',
].join('|')

// Blank letters and symbols, line separators, annotations and noncharacters, which the property lacks.
const UNSEEN =
  '[\\p{Default_Ignorable_Code_Point}\\u061c\\u2028\\u2029\\u2800\\ufff9-\\ufffc\\u{1d159}\\u{16fe4}\\ufdd0-\\ufdef\\ufffe\\uffff]'
const CONTROL = '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]'
const ODD_BLANK = '[\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000]'
const BLANK = `[ \\t\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000]`
const COMBINING = `[\\p{M}--\\p{Default_Ignorable_Code_Point}]`

function pattern(unseen: string, ...first: string[]): RegExp {
  const parts = [
    ...first,
    `(?<shaping>${SHAPING})`,
    `(?<gap>(?<=[^\\s])${BLANK}{${LONG_GAP},}|(?<=^|\\n)${BLANK}{${LONG_INDENT},})`,
    `(?<breaks>\\n(?:[ \\t]*\\n){${LONG_BREAK - 1},})`,
    `(?<unseen>${unseen})`,
    `(?<loose>(?<=^|\\n)(?=${COMBINING}))`,
    `(?<=${COMBINING}{${MARKS_ON_A_LETTER}})(?<pile>${COMBINING}+)`,
  ]
  return new RegExp(parts.join('|'), 'gv')
}

const run = (...classes: string[]) => `[${classes.join('')}](?:(?!${SHAPING})[${classes.join('')}])*`

const PATTERNS: Record<Reading, RegExp> = {
  prose: pattern(run(UNSEEN)),
  decision: pattern(run(UNSEEN, CONTROL), `(?<steering>${SEQUENCE})`),
  command: pattern(run(UNSEEN, CONTROL, ODD_BLANK), `(?<steering>${SEQUENCE})`),
}

const ORDINARY = /^[\n\t\u0020-\u007e]*$/
const LONG = new RegExp(`[ \\t]{${LONG_GAP}}|\\n[ \\t]*\\n[ \\t]*\\n`)

/** The well-formed text with a mark for each invisible run. */
export function withMarks(text: string, reading: Reading): string {
  if (ORDINARY.test(text) && !LONG.test(text)) return text
  return text.replace(PATTERNS[reading], (found: string, ...rest: unknown[]) => marked(found, groupsOf(rest)))
}

type Groups = Partial<Record<'steering' | 'gap' | 'breaks' | 'unseen' | 'loose' | 'pile', string>>

const groupsOf = (rest: readonly unknown[]): Groups => Object.assign({}, rest.at(-1))

function marked(found: string, { steering, gap, breaks, unseen, loose, pile }: Groups): string {
  if (gap !== undefined) return ` ${mark(`${UNSEEN_SIGN}×${gap.length}`, `${gap.length} spaces`)} `
  if (breaks !== undefined) return `\n${mark(`⏎×${linesIn(breaks)}`, `${linesIn(breaks)} line ends`)}\n`
  if (steering !== undefined) return mark(UNSEEN_SIGN, `ESC ${steering.replace(STEERED, '')}`)
  if (unseen !== undefined) return mark(`${UNSEEN_SIGN}${times(Array.from(unseen).length)}`, codesOf(unseen))
  if (pile !== undefined)
    return mark(`${UNSEEN_SIGN}${times(Array.from(pile).length)}`, `more marks on a letter than can be read: ${codesOf(pile)}`)
  return loose === undefined ? found : '\u25cc'
}

const STEERED = /^(?:\u001b|\u009b)|[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdd2]|\p{Default_Ignorable_Code_Point}/gu

const times = (count: number) => (count === 1 ? '' : `×${count}`)
const linesIn = (text: string) => text.split('\n').length - 1

const CODES_TOLD = 3

function codesOf(text: string): string {
  const codes = [...new Set(Array.from(text, codeOf))]
  return codes.length > CODES_TOLD ? `${codes.slice(0, CODES_TOLD).join(', ')} …` : codes.join(', ')
}

const codeOf = (character: string) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

const ANY_UNSEEN = new RegExp(`(?<shaping>${SHAPING})|${UNSEEN}|${CONTROL}`, 'gv')
const ALL_UNSEEN = new RegExp(`${UNSEEN}|${CONTROL}|${BLANK}|\\s`, 'gv')

/** Whether a text contains an invisible character that does not belong. */
export function hidesSomething(text: string): boolean {
  if (ORDINARY.test(text)) return /[\n\t]/.test(text)
  return [...text.matchAll(ANY_UNSEEN)].some(({ groups }) => groups?.['shaping'] === undefined) || /[\n\t]/.test(text)
}

/** Whether a text contains anything visible. */
export function showsSomething(text: string): boolean {
  return /[!-~]/.test(text) || text.replace(ALL_UNSEEN, '') !== ''
}
