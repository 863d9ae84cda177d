import { describe, expect, test } from 'bun:test'
import { plainLine, plainText, shortened } from '../../src/domain/plain-text.ts'

describe('plain text', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009b31mred', 'red'],
    ['\u001bPpayload\u001b\\after', 'after'],
    ['\u001b(Bplain', 'plain'],
    ['a\u0000b\u0007c\u007fd', 'abcd'],
    ['one\r\ntwo\rthree\n\tfour', 'one\ntwo\nthree\n\tfour'],
    ['zero\u200bwidth\ufeff', 'zerowidth'],
    ['half \ud83d character', 'half \ufffd character'],
    ['family 👩‍👩‍👧 and é', 'family 👩‍👩‍👧 and é'],
  ])('of %p is %p', (text, plain) => {
    expect(plainText(text)).toBe(plain)
  })

  test('shows a mark of direction instead of obeying it', () => {
    expect(plainText('access\u202egpj.exe')).toBe('access\u2426gpj.exe')
    expect(plainText('a\u2066b\u2069c\u200fd\u061c')).toBe('a\u2426b\u2426c\u2426d\u2426')
  })

  test('is the same text when there is nothing to take away', () => {
    expect(plainText('npm test -- --run invoices')).toBe('npm test -- --run invoices')
  })

  test('is one line where a line is wanted', () => {
    expect(plainLine(' cat <<EOF\n\trm -rf /\nEOF ')).toBe('cat <<EOF rm -rf / EOF')
  })
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

  test('lets no pile of marks pass as one character', () => {
    const pile = `a${'\u0301'.repeat(1_000)}`
    expect(shortened(pile, 10, 10).cut).toBe(981)
  })
})
