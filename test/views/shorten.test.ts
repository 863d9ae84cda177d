import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { joined, shorten } from '../../views/atoms/shorten.ts'

test('a text that fits stays as it is', () => {
  expect(shorten('npm test', 20)).toEqual({ head: 'npm test', hidden: 0, tail: '' })
})

test('a long text keeps both ends and counts what is between them', () => {
  const { head, hidden, tail } = shorten(`rm ${'x'.repeat(500)} --force`, 90)
  expect(head).toStartWith('rm xxx')
  expect(tail).toEndWith('xx --force')
  expect(head.length + hidden + tail.length).toBe(511)
})

test('megabytes are cut the same way', () => {
  const text = `begin ${'x'.repeat(4_000_000)} the end`
  const { head, hidden, tail } = shorten(text, 90)
  expect([head.slice(0, 5), tail.slice(-7)]).toEqual(['begin', 'the end'])
  expect(head.length + hidden + tail.length).toBe(text.length)
})

test('no character is cut in half, however the text is made', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 0, maxLength: 600 }), fc.integer({ min: 3, max: 40 }), (text, limit) => {
      const { head, tail } = shorten(text, limit)
      return head.isWellFormed() && tail.isWellFormed()
    }),
  )
})

test('both ends are joined by one ellipsis, whatever they end and begin with', () => {
  expect(joined({ head: 'cut before …', hidden: 5, tail: '… and after' })).toBe('cut before … and after')
  expect(joined({ head: 'fits …', hidden: 0, tail: '' })).toBe('fits …')
})
