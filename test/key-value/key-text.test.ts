import { describe, expect, test } from 'bun:test'
import { type Arbitrary, array, assert, constantFrom, oneof, property, string, tuple } from 'fast-check'
import { type Key, keyText } from '../../src/key-value/key-value.ts'
import { decodePart, encodePart } from '../../src/redis/keys.ts'

/** Any text at all, often of what separates, encodes and tags. */
const part = oneof(
  string({ unit: 'binary' }),
  string({ unit: constantFrom(':', '%', '{', '}', 'u', 'd', '8', '0', 'a', '\n', '\0', 'é', '\uD800', '\uDC00', '\uDBFF') }),
)
const key: Arbitrary<Key> = tuple(part, array(part, { maxLength: 3 })).map(([first, rest]) => [first, ...rest])

describe('security 36: the text of a key', () => {
  test('is another for every other key', () => {
    assert(
      property(key, key, (one, other) => (keyText(one) === keyText(other)) === (JSON.stringify(one) === JSON.stringify(other))),
      { numRuns: 5_000 },
    )
    const halves = ['\uD800', '\uD801', '\uFFFD'].map((half) => keyText([half]))
    expect(new Set(halves).size).toBe(3)
    expect(keyText(['a', ''])).not.toBe(keyText(['a']))
    expect(keyText(['a:b'])).not.toBe(keyText(['a', 'b']))
  })

  test('holds letters, digits, three marks, percent signs and the separator, whatever the key holds', () => {
    assert(property(key, (any) => /^visualizer(:[A-Za-z0-9._%-]*)+$/.test(keyText(any))))
    expect(keyText(['lease', 'orchestrator', 'main'])).toBe('visualizer:lease:orchestrator:main')
  })

  test('tells each part back', () => {
    assert(property(part, (any) => decodePart(encodePart(any)) === any))
  })
})
