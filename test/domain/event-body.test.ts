import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { readEventBody } from '../../src/domain/events/event-body.ts'
import { jsonFault } from '../../src/domain/events/json-text.ts'
import { RefusedError } from '../../src/domain/refused.ts'

const NDJSON = 'application/x-ndjson'

function refusalOf(text: string, mediaType?: string): RefusedError {
  try {
    readEventBody(text, mediaType)
  } catch (error) {
    if (error instanceof RefusedError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('a body of events', () => {
  test('is one object, an array, or an object a line', () => {
    expect(readEventBody('{"a":1}', 'application/json; charset=utf-8')).toEqual([{ value: { a: 1 } }])
    expect(readEventBody('[1,2]', undefined)).toEqual([
      { value: 1, index: 0 },
      { value: 2, index: 1 },
    ])
    expect(readEventBody('{"a":1}\r\n\n{"a":2}\n', NDJSON)).toEqual([
      { value: { a: 1 }, line: 1 },
      { value: { a: 2 }, line: 3 },
    ])
  })

  test.each([
    'application/json',
    'Application/JSON',
    'application/vnd.visualizer+json',
    'application/x-ndjson',
    'application/ndjson',
    'application/jsonl',
  ])('may be sent as %s', (mediaType) => {
    expect(readEventBody('{"a":1}', mediaType)).toHaveLength(1)
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/x-protobuf'])(
    'may not be sent as %s',
    (mediaType) => {
      expect(refusalOf('{}', mediaType).message).toContain('send application/json (one event or an array) and application/x-ndjson')
    },
  )

  test.each([
    ['', 'application/json'],
    [' \n', NDJSON],
    ['[]', 'application/json'],
  ])('that is empty is refused: %p', (text, mediaType) => {
    expect(refusalOf(text, mediaType).message).toMatch(/holds no event/)
  })

  test('holds a thousand events at most', () => {
    const many = (count: number) => JSON.stringify(Array.from({ length: count }, () => ({})))
    expect(readEventBody(many(1_000), undefined)).toHaveLength(1_000)
    expect(refusalOf(many(1_001))).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('1001 events') })
  })

  test('says where its JSON breaks', () => {
    expect(refusalOf('{\n  "a": 1,\n  "b": x\n}')).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: 'line 3, column 8: expected a value, found x',
      details: { line: 3, column: 8 },
    })
  })

  test('says which line of NDJSON breaks', () => {
    expect(refusalOf('{"a":1}\n\n{"a":}\n', NDJSON)).toMatchObject({
      message: 'line 3, column 6: expected a value, found }',
      details: { line: 3 },
    })
  })

  test('security 23: is refused, not died of, when it nests without end', () => {
    expect(refusalOf('['.repeat(500_000)).message).toMatch(/the text ends before the array does/)
  })
})

describe('the place where JSON breaks', () => {
  test.each([
    ['', 1, 1, 'the text ends where a value should be'],
    ['{"a":1', 1, 7, 'the text ends before the object does'],
    ['[[],{},]', 1, 8, 'expected a value, found ]'],
    ['[1,]', 1, 4, 'expected a value, found ]'],
    ['[1 2]', 1, 4, 'expected a comma or the end of the array, found 2'],
    ['{"a" 1}', 1, 6, 'expected a colon, found 1'],
    ["{'a':1}", 1, 2, "expected a key in double quotes, found '"],
    ['{"a":1,}', 1, 8, 'expected a key in double quotes, found }'],
    ['{"a":"b', 1, 8, 'the text ends before a text in quotes does'],
    ['{"a":"\\x"}', 1, 7, 'this escape is unknown'],
    ['{"a":"b\nc"}', 1, 8, 'control characters in texts must be escaped'],
    ['{} {}', 1, 4, 'nothing may follow the value, found {'],
    ['[01]', 1, 2, 'expected a value, found 0'],
    ['[NaN]', 1, 2, 'expected a value, found N'],
    ['\ufeff{}', 1, 1, 'expected a value, found U+FEFF'],
    ['\n\n  nope', 3, 3, 'expected a value, found n'],
  ])('of %p is line %i, column %i: %s', (text, line, column, reason) => {
    expect(() => void JSON.parse(text)).toThrow()
    expect(jsonFault(text)).toEqual({ line, column, reason })
  })

  test('is found in every text that JSON.parse refuses', () => {
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '\\', 'x', '\u0001', ':'))
      .map(([json, place, extra]) => json.slice(0, place % (json.length + 1)) + extra + json.slice((place % (json.length + 1)) + 1))
    fc.assert(
      fc.property(broken, (text) => {
        let isBroken = false
        try {
          JSON.parse(text)
        } catch {
          isBroken = true
        }
        if (!isBroken) return
        const { line, column, reason } = jsonFault(text)
        expect(line).toBeGreaterThan(0)
        expect(column).toBeGreaterThan(0)
        expect(reason).not.toBe('is no JSON')
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('security 23: what a body says and its values would not', () => {
  const scalar = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('":', '\\":', '\\', '"', '9007199254740993'),
    fc.boolean(),
    fc.integer(),
    fc.constant(null),
  )
  const tree = fc.object({ key: fc.oneof(fc.string(), fc.constantFrom('a', '":', 'a\\', '"')), values: [scalar], maxDepth: 4 })

  test('is nothing, however it is written', () => {
    fc.assert(
      fc.property(
        fc.array(tree, { minLength: 1, maxLength: 3 }).chain((value) => fc.tuple(fc.constant(value), fc.constantFrom(undefined, 1))),
        ([value, indent]) => {
          const text = JSON.stringify(value, undefined, indent)
          expect(readEventBody(text, undefined).map(({ value: inner }) => inner)).toEqual(JSON.parse(text) as unknown[])
        },
      ),
    )
  })

  test('is found wherever it stands', () => {
    const lossy = fc.constantFrom(
      '9007199254740993',
      '-12345678901234567890',
      '1e400',
      '{"k":1,"k":1}',
      '{"k":{},"\\u006b":[]}',
      '{"" : 1, "":2}',
      '{"a\\\\":1,"b":1,"b":2}',
      '{"a\\t\\"":1,"b"\n:1,"b":2}',
    )
    fc.assert(
      fc.property(tree, lossy, fc.nat(), (value, loss, seed) => {
        const slots = JSON.stringify({ ...value, slot: 'HERE' })
        const text = slots.replace('"HERE"', () => loss)
        const { message, details } = refusalOf(`[{"n":${seed % 9}},${text}]`)
        expect(message).toMatch(/^line [12], column \d+: event 1: /)
        expect(details).toMatchObject({ index: 1 })
      }),
    )
  })

  test('is found in what is nested deeper than any event', () => {
    const deep = (inner: string) => `${'['.repeat(50_000)}${inner}${']'.repeat(50_000)}`
    expect(refusalOf(deep('{"a":1,"a":2}')).message).toContain('is given twice')
    expect(readEventBody(deep('1'), undefined)).toHaveLength(1)
  })
})
