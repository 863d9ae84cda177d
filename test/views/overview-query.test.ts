import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { ATTENTION_ORDER } from '../../src/domain/summary/attention.ts'
import { LIFECYCLES, PRIORITIES } from '../../src/domain/registry/project-registry.ts'
import { isFiltered, overviewHref, overviewSearch, parsePins, parseOverviewQuery, SORTS } from '../../views/overview/overview-query.ts'

const parse = (search: string) => parseOverviewQuery(new URLSearchParams(search))

test('every filter of the URL is read', () => {
  expect(
    parse(
      'q=pay&attention=needs_you&status=active&priority=high&tag=web&sort=waiting&pins=search,billing,search,no%20name&view=grid&page=3',
    ),
  ).toEqual({
    text: 'pay',
    attention: 'needs_you',
    status: 'active',
    priority: 'high',
    tag: 'web',
    sort: 'waiting',
    pins: ['billing', 'search'],
    view: 'grid',
    page: 3,
  })
})

test.each([
  'attention=asleep',
  'status=gone',
  'priority=11',
  'page=-1',
  'page=1.5',
  'page=1e99',
  'q=',
  'q=%20',
  'tag=',
  'sort=luck',
  'view=list',
  'tv=0',
  'other=1',
])('%s is ignored', (search) => {
  expect(overviewSearch(parse(search))).toBe('')
  expect(isFiltered(parse(search))).toBe(false)
})

test('a query survives its URL', () => {
  const word = fc.string({ minLength: 1, maxLength: 60 }).filter((text) => text.trim() === text && text.isWellFormed())
  const query = fc.record({
    text: fc.option(word, { nil: undefined }),
    attention: fc.constantFrom(undefined, ...ATTENTION_ORDER),
    status: fc.constantFrom(undefined, ...LIFECYCLES),
    priority: fc.constantFrom(undefined, ...PRIORITIES),
    tag: fc.option(word, { nil: undefined }),
    sort: fc.constantFrom(undefined, ...SORTS),
    view: fc.constantFrom(undefined, 'grid' as const, 'wall' as const),
    page: fc.integer({ min: 1, max: 500 }),
  })
  fc.assert(fc.property(query, (asked) => expect(parse(overviewSearch(asked))).toEqual(asked)))
})

test('another filter begins at the first page', () => {
  expect(overviewHref({ page: 4, status: 'active' }, { tag: 'web' })).toBe('/?status=active&tag=web')
})

test('pins are kept to what an address has room for, and no link carries them', () => {
  const many = Array.from({ length: 40 }, (_, index) => `p-${index}`).join(',')
  expect(parsePins(many)).toHaveLength(20)
  expect(parsePins('<b>,, ,')).toBe(undefined)
  const query = { page: 1, pins: ['a', 'b'] }
  expect([overviewSearch(query), overviewHref(query, { tag: 'web' })]).toEqual(['?pins=a%2Cb', '/?tag=web'])
})
