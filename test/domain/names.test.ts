import { describe, expect, test } from 'bun:test'
import { ForeignId, isForeignId, projectNameProblem } from '../../src/domain/events/names.ts'

describe('the name of a project', () => {
  test.each(['a', 'apollo', 'Apollo-11', '0x', 'my.app_v2', 'a'.repeat(63)])('may be %s', (name) => {
    expect(projectNameProblem(name)).toBeUndefined()
  })

  test.each([
    ...['', '.hidden', '-dash', 'a b', 'a/b', 'ünï', 'a\n', 'a'.repeat(64)].map((name) => [name, /^use 1 to 63 letters/] as const),
    ...['_projects', '_'].map((name) => [name, /names that begin with _ are reserved/] as const),
    ...['default', 'unassigned'].map((name) => [name, /is reserved/] as const),
  ])('may not be %p', (name, problem) => {
    expect(projectNameProblem(name)).toMatch(problem)
  })
})

describe('an identifier of somebody else', () => {
  test('is anything that can be seen, up to 128 characters', () => {
    expect(['x', 'story 7/ü', 'x'.repeat(128)].map(isForeignId)).toEqual([true, true, true])
    expect(['', 'x'.repeat(129), 'a\u0000', 'a\u202eb', 'a\u200bb', 'a\nb'].map(isForeignId)).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
    ])
  })

  test.each([
    ...['half \ud83d', '\udc00', 'what became of bytes that were no text: \ufffd'],
    ...['a\u3164', 'soft\u00adhyphen', 'a\u{e0101}', 'tag\u{e0041}', '\u2800', 'a\u2028b', '👍\ufe0f\ufe0f', '   ', '\u00a0\u3000'],
  ])('is not one that could be taken for another: %j', (id) => {
    expect(isForeignId(id)).toBe(false)
    expect(ForeignId.safeParse(id).success).toBe(false)
  })

  test.each(['❤️-1', 'a b', 'épic', '故事-7', '葛\u{e0100}', '🇩🇪', '.', '..'])('may be odd, as long as it is seen: %s', (id) => {
    expect(isForeignId(id)).toBe(true)
    expect(ForeignId.safeParse(id).success).toBe(true)
  })
})
