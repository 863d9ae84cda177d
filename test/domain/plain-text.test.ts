import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { markedText, plainLine, plainText, shortened, typedText } from '../../src/domain/events/plain-text.ts'
import { showsSomething } from '../../src/domain/events/unseen.ts'

describe('security 17: plain text', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009b31mred', 'red'],
    ['\u001bPpayload\u001b\\after', 'after'],
    ['\u001b(Bplain', 'plain'],
    ['a\u0000b\u0007c\u007fd', 'abcd'],
    ['one\r\ntwo\rthree\n\tfour', 'one\ntwo\nthree\n\tfour'],
    ['zero\u200bwidth\ufeff', 'zero¤width¤'],
    ['half \ud83d character', 'half \ufffd character'],
    ['family 👩‍👩‍👧 and é', 'family 👩‍👩‍👧 and é'],
  ])('of %p is %p', (text, plain) => {
    expect(plainText(text)).toBe(plain)
  })

  test('shows a mark of direction instead of obeying it', () => {
    expect(plainText('access\u202egpj.exe')).toBe('access\u00a4gpj.exe')
    expect(plainText('a\u2066b\u2069c\u200fd\u061c')).toBe('a\u00a4b\u00a4c\u00a4d\u00a4')
  })

  test('is the same text when there is nothing to take away', () => {
    expect(plainText('npm test -- --run invoices')).toBe('npm test -- --run invoices')
  })

  test('is one line where a line is wanted', () => {
    expect(plainLine(' cat <<EOF\n\trm -rf /\nEOF ')).toBe('cat <<EOF rm -rf / EOF')
  })
})

describe('security 17: what cannot be seen', () => {
  test.each(
    [
      '\u200b',
      '\u00ad',
      '\u034f',
      '\u115f',
      '\u1160',
      '\u3164',
      '\uffa0',
      '\u2800',
      '\u180e',
      '\u2061',
      '\u2028',
      '\ufe0f',
      '\ufeff',
    ].concat(['\ufff9', '\ufffc', '\u{1d173}', '\u{e0001}', '\u{e0041}', '\u{e0100}', '\u{e01ef}', '\ufdd0', '\u200d', '\u200c']),
  )('is marked: %j', (character) => {
    expect(plainText(`rm${character}-rf`)).toBe('rm¤-rf')
    expect(plainText(`rm${character.repeat(3)}-rf`)).toBe('rm¤×3-rf')
    expect(markedText(`a${character}`)).toContain(`U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`)
    expect(showsSomething(` ${character}\u00a0${character}`)).toBe(false)
  })

  test.each([
    'hearts ❤️ and signs ⚠️ ©️ ▶︎',
    'families 👩‍👩‍👧‍👦, jobs 👩🏽‍⚕️, flags 🏳️‍🌈 🏴‍☠️ 🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿, keys 1️⃣ #️⃣',
    'می‌خواهم',
    'نامه‌ای',
    'क्‍ष र्‍य क्‌ष',
    'শ্রী‌মান র‍্যাব',
    'ශ්‍රී ලංකා',
    'สวัสดี\u200bครับ ភាសា\u200bខ្មែរ',
    'ᠠ\u180bᠨ',
    '葛\u{e0100}城市',
    'e\u0301 ệ Z̧̈ שָׁלוֹם',
  ])('stays where it shapes what is seen: %s', (text) => {
    expect(plainText(text, 'command')).toBe(text)
    expect(plainText(text)).toBe(text)
  })

  test.each([
    ['👩‍', '👩¤'],
    ['👍️️️', '👍️¤×2'],
    ['🏴\u{e0061}\u{e0062}\u{e007f}', '🏴¤×3'],
    ['7\ufe0f', '7¤'],
    ['ab\u200dcd', 'ab¤cd'],
    ['نامه\u200c', 'نامه¤'],
    ['葛\u{e0100}\u{e0101}', '葛\u{e0100}¤'],
  ])('is marked beside what it would shape elsewhere: %s', (text, plain) => {
    expect(plainText(text)).toBe(plain)
  })

  test('is told by its names, and by how much of it there is', () => {
    expect(markedText('a\u200b\u2060\u200bb')).toContain('U+200B, U+2060')
    expect(markedText('a\u200b\u2060\u3164\u00adb')).toContain('U+200B, U+2060, U+3164 …')
  })

  test('is also a long run of blanks, or of line ends', () => {
    expect(plainText(`run a${' '.repeat(40)}b`)).toBe('run a ¤×40 b')
    expect(plainLine(`run a${' \t'.repeat(20)}b`)).toBe('run a ¤×40 b')
    expect(plainText(`a${'\n'.repeat(30)}b`)).toBe('a\n⏎×30\nb')
    expect(plainText(`if x:\n${' '.repeat(40)}return\n\n\ny`)).toBe(`if x:\n${' '.repeat(40)}return\n\n\ny`)
    expect(plainText(`a\n${' '.repeat(100)}rm`)).toBe('a\n ¤×100 rm')
  })

  test('is everything, where somebody decides on it', () => {
    expect(plainText('\u001b[8mrm -rf /\u001b[0m\u0000\r\nok\rno', 'decision')).toBe('¤rm -rf /¤¤\nok¤no')
    expect(markedText('a\u001b[8mb\u001b]0;rm -rf\u0007', 'command')).toMatch(/ESC \[8m.*ESC \]0;rm -rf/)
    expect(plainText('a\u001b] rm -rf /', 'command')).toBe('a¤ rm -rf /')
    expect(plainText('a\u001b]0; rm -rf /')).toBe('a0; rm -rf /')
    expect(plainText('bon jour\u00a0!', 'decision')).toBe('bon jour\u00a0!')
    expect(plainText('rm\u00a0-rf\u3000/', 'command')).toBe('rm¤-rf¤/')
    expect(plainLine('echo a # b\n  rm c', 'command')).toBe('echo a # b ⏎ rm c')
  })

  test('counts more than four marks on a letter, and gives a mark without a letter one', () => {
    expect(plainText(`a${'\u0301'.repeat(300)}b`)).toBe(`a${'\u0301'.repeat(4)}¤×296b`)
    expect(plainText(`\u0336\u0336x`)).toBe('◌\u0336\u0336x')
  })

  test('cannot be made to pass for a mark, nor a mark be made by a text', () => {
    expect(plainText('\ufdd0sign\ufdd2name\ufdd1')).toBe('¤sign¤name¤')
    const hidden = fc.constantFrom('\u200b', '\u3164', '\u202e', '\u{e0101}', 'a', ' ', '\ufdd0', '\ufdd1', '\ufdd2', '👍', '\ufe0f', '\n')
    fc.assert(
      fc.property(fc.string({ unit: hidden, maxLength: 60 }), (text) => {
        expect(plainText(text, 'command')).not.toMatch(/\u200b|\u3164|\u202e|\u{e0101}|[\ufdd0-\ufdd2]/u)
      }),
    )
  })
})

test('what a person typed is looked for without what cannot be seen', () => {
  expect(typedText(' de\u200bploy\u3164 \u001b[31mnow ', 50)).toBe('deploy now')
  expect(typedText('x'.repeat(60), 50)).toHaveLength(50)
})

describe('a shortened text', () => {
  test('shows both ends and counts what is between', () => {
    expect(shortened('abcdefghij', 3, 2)).toEqual({ head: 'abc', cut: 5, tail: 'ij' })
  })

  test('stays whole when nothing would be cut', () => {
    expect(shortened('abcde', 3, 2)).toEqual({ head: 'abcde', cut: 0, tail: '' })
    expect(shortened('👩‍👩‍👧👩‍👩‍👧', 1, 1)).toEqual({ head: '👩‍👩‍👧👩‍👩‍👧', cut: 0, tail: '' })
  })

  test('counts characters as people do', () => {
    expect(shortened('👩‍👩‍👧e\u0301xyz🇩🇪', 2, 1)).toEqual({ head: '👩‍👩‍👧e\u0301', cut: 3, tail: '🇩🇪' })
    expect(shortened('abcdef', 2, 0)).toEqual({ head: 'ab', cut: 4, tail: '' })
  })

  test('is cut between words where one ends nearby, and keeps a mark whole', () => {
    expect(shortened('git push --force origin main', 13, 8)).toEqual({ head: 'git push', cut: 16, tail: 'main' })
    expect(shortened('aaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 4, 2)).toEqual({ head: 'aaaa', cut: 23, tail: 'aa' })
    const marked = markedText(`abc${'\u200b'.repeat(500)}defghijk`)
    expect(plainText(marked.slice(0, 3))).toBe('abc')
    expect(shortened(marked, 4, 2).head).toBe(marked.slice(0, marked.indexOf('d')))
  })

  test('lets no pile of marks pass as one character', () => {
    const pile = `a${'\u0301'.repeat(1_000)}`
    expect(shortened(pile, 10, 10).cut).toBe(981)
  })
})
