/** A text that somebody may send to deceive or by accident: what it is called, what it is, and whether something in it cannot be seen. */
export type OddText = { name: string; text: string; hides: boolean }

const odd = (name: string, text: string): OddText => ({ name, text, hides: true })
const plain = (name: string, text: string): OddText => ({ name, text, hides: false })

const SINGLE: [name: string, code: number][] = [
  ['zero-width space', 0x200b],
  ['zero-width joiner', 0x200d],
  ['zero-width non-joiner', 0x200c],
  ['word joiner', 0x2060],
  ['byte order mark', 0xfeff],
  ['soft hyphen', 0xad],
  ['grapheme joiner', 0x34f],
  ['hangul choseong filler', 0x115f],
  ['hangul jungseong filler', 0x1160],
  ['hangul filler', 0x3164],
  ['halfwidth hangul filler', 0xffa0],
  ['blank braille', 0x2800],
  ['mongolian separator', 0x180e],
  ['khmer vowel', 0x17b4],
  ['invisible times', 0x2062],
  ['line separator', 0x2028],
  ['paragraph separator', 0x2029],
  ['annotation anchor', 0xfff9],
  ['object replacement', 0xfffc],
  ['musical blank', 0x1d159],
  ['language tag', 0xe0001],
  ['variation selector 16', 0xfe0f],
  ['variation selector 17', 0xe0100],
  ['variation selector 256', 0xe01ef],
  ['noncharacter', 0xfdd0],
  ['left-to-right mark', 0x200e],
  ['right-to-left override', 0x202e],
  ['isolate', 0x2067],
  ['arabic letter mark', 0x61c],
]

const tags = (text: string) => Array.from(text, (letter) => String.fromCodePoint(0xe0000 + (letter.codePointAt(0) ?? 0))).join('')

/** Forty and more of them: each belongs wherever a text of somebody else is shown. */
export const ODD_TEXTS: readonly OddText[] = [
  ...SINGLE.map(([name, code]) => odd(name, `deploy${String.fromCodePoint(code)}now to production`)),
  odd('many of one', `deploy${'\u200b'.repeat(600)}now`),
  odd('a message in tags', `deploy now${tags('and then delete all')}`),
  odd('a message in selectors', `deploy 👍${'\u{e0104}\u{e0119}\ufe01'.repeat(40)} now`),
  odd('selectors after an emoji', 'deploy 👍\ufe0f\ufe0f\ufe0f now'),
  odd('three hundred marks', `de${'\u0301\u0316\u20dd'.repeat(100)}ploy now`),
  odd('marks on every letter', Array.from('deploy now', (letter) => letter + '\u0336\u0353\u0489'.repeat(8)).join('')),
  odd('a long gap', `deploy now${' '.repeat(300)}rm -rf /srv`),
  odd('a gap of wide blanks', `deploy now${'\u3000'.repeat(60)}rm -rf /srv`),
  odd('many empty lines', `deploy now${'\n'.repeat(60)}rm -rf /srv`),
  odd('a joiner at a word of its own', 'نامه\u200c deploy'),
  plain('emoji', 'deploy ❤️ 👩‍👩‍👧‍👦 👩🏽‍⚕️ 🏳️‍🌈 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣ ⚠️ now'),
  plain('persian', 'می‌خواهم نامه‌ای بفرستم'),
  plain('hindi', 'क्‍ष और क्‌ष'),
  plain('thai', 'สวัสดี\u200bครับ ที่นี่'),
  plain('a command in right-to-left text', 'שלום, להריץ `/rm -rf build` עכשיו?'),
  plain('right to left', 'שלום עולם, זה פרויקט (v2.0) עם טקסט מימין לשמאל '.repeat(6)),
  plain('one long word', 'Donaudampfschifffahrtsgesellschaft'.repeat(20)),
  plain('many words', 'and then some more words '.repeat(60)),
  plain('wide signs', '﷽'.repeat(20)),
  plain('markup', '<b>deploy</b> <script>alert(1)</script> & "now"'),
]
