import * as fc from 'fast-check'
import { describe, expect, test } from 'bun:test'
import { lasting, lastingAt, openPieces, type PieceLine } from '../../src/export/pieces.ts'
import { splicesBetween } from '../../src/export/recording.tsx'
import { markupOf, readUnits } from '../../src/export/viewed-page.ts'

function store() {
  const lines: PieceLine[] = []
  const pieces = openPieces((line) => lines.push(line))
  /** As the replay's script puts a piece together. */
  const textOf = (number: number) => {
    const [shape = 0, ...holes] = lines.filter((line) => typeof line !== 'string')[number] ?? []
    return String(lines.filter((line) => typeof line === 'string')[shape]).replaceAll('\0', () => holes.shift() ?? '')
  }
  return { lines, pieces, textOf }
}

const row = (offset: number, text: string) => `<li id="event-${offset}" class="event" data-offset="${offset}"><b>${text}</b></li>`

describe('pieces', () => {
  test('are stored once each, and their markup once for all that are alike', () => {
    const { lines, pieces } = store()
    const numbers = [row(1, 'a'), row(2, 'b'), row(1, 'a')].map((text) => pieces.numberOf(text))
    expect(numbers).toEqual([0, 1, 0])
    expect(lines.map((line) => typeof line)).toEqual(['string', 'object', 'object'])
  })

  test('come back as they were, whatever stands in them', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('&lt;', '&quot;', '>', ' data-since=', '\\', '$&', '\u2028', '0'))
    fc.assert(
      fc.property(fc.array(fc.array(part, { maxLength: 6 }), { maxLength: 8 }), (texts) => {
        const { pieces, textOf } = store()
        const written = texts.map((parts, at) => row(at, parts.join('').replace(/[<"\0]/g, '')))
        expect(written.map((text) => textOf(pieces.numberOf(text)))).toEqual(written)
      }),
    )
  })

  test('hold neither distances in time nor addresses of a service', () => {
    const html =
      '<a class="x" href="/projects/a" hx-get="/p">a</a><a href="#b">b</a><time datetime="2026" title="t" data-since="5000" data-form="ago">3 s ago</time>'
    expect(lasting(html)).toBe('<a class="x">a</a><a href="#b">b</a><time data-since="5000" data-form="ago"></time>')
    expect(lastingAt(html, 65_000)).toContain('data-form="ago">1 min ago</time>')
  })
})

test('splices make the one list of the other, and few where a row comes and another goes', () => {
  const list = fc.uniqueArray(fc.nat(30), { maxLength: 25 })
  fc.assert(
    fc.property(list, list, (was, is) => {
      const made = [...was]
      for (const { start, removed, added } of splicesBetween(was, is).toReversed()) made.splice(start, removed, ...added)
      expect(made).toEqual(is)
    }),
  )
  expect(splicesBetween([1, 2, 3, 4, 5], [1, 9, 2, 3, 4])).toEqual([
    { start: 1, removed: 0, added: [9] },
    { start: 4, removed: 1, added: [] },
  ])
})

test('units are elements with an id, and make the markup that they were read from', () => {
  const html = '<p>a</p><section id="s" title="a > b"><div>x</div><ul><li id="1">1<ul><li>n</li></ul></li><li id="2">2</li></ul></section>!'
  const root = readUnits(html)
  expect(markupOf(root)).toBe(html)
  const section = root.parts.find((part) => typeof part !== 'string')
  expect(section?.parts.map((part) => (typeof part === 'string' ? part : part.id))).toEqual([
    '<section id="s" title="a > b"><div>x</div><ul>',
    '1',
    '2',
    '</ul></section>',
  ])
})
