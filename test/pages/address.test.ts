import { describe, expect, test } from 'bun:test'
import { livePath } from '../../src/pages/address.ts'
import { projectOf, topicAt } from '../../src/pages/registry.ts'
import { ADDRESSES, addressOf, agentHref, projectHref, storyHref } from '../../views/atoms/part-href.ts'

const at = (path: string) => topicAt(new URL(path, 'http://localhost'))

const OF_ALL = ['/attention', '/', '/?attention=needs_you&page=2']
const OF_APOLLO = [
  projectHref('apollo'),
  storyHref('apollo', 'S-1'),
  storyHref('apollo', 'epic/1 ?#%2F'),
  storyHref('apollo', '..'),
  agentHref('apollo', '.'),
  agentHref('apollo', 'Überlänge 👩'),
  addressOf(ADDRESSES.timeline, { name: 'apollo' }),
  addressOf(ADDRESSES.flow, { name: 'apollo' }, '?days=7'),
  addressOf(ADDRESSES.activity, { name: 'apollo' }, '?kind=steps&q=red'),
  addressOf(ADDRESSES.chat, { name: 'apollo' }, '?q=release'),
  '/projects/apollo/peek',
]

describe('an address of a page', () => {
  test.each([...OF_ALL, ...OF_APOLLO])('is its topic: %s', (address) => {
    expect(at(address)?.address).toBe(address)
  })

  test.each([...OF_ALL, ...OF_APOLLO])('stands in the address of its websocket: %s', (address) => {
    const path = livePath(address, '0123abcd:7')
    expect(path).toStartWith('/live/')
    expect(at(path.slice('/live'.length))?.address).toBe(address)
    expect(new URL(path, 'http://localhost').searchParams.get('since')).toBe('0123abcd:7')
  })

  test('names the project that it shows, if it is one', () => {
    expect(OF_ALL.map(projectOf)).toEqual(OF_ALL.map(() => undefined))
    expect(OF_APOLLO.map(projectOf)).toEqual(OF_APOLLO.map(() => 'apollo'))
    expect(projectOf('')).toBeUndefined()
  })

  test('is one topic however it is spelled', () => {
    expect(at('/projects/apollo/flow?days=30&x=1')?.address).toBe('/projects/apollo/flow')
    expect(at('/projects/%61pollo/stories/S%2D1?before=7')?.address).toBe('/projects/apollo/stories/S-1')
  })

  test.each([
    '/projects/',
    '/projects/a/b',
    '/projects/%zz',
    '/projects/a/stories',
    '/projects/a/stories/%zz',
    '/projects/a/stories/b/c',
    '/projects/a/flow/',
    '/x',
  ])('is none where no page is: %s', (path) => {
    expect(at(path)).toBeUndefined()
  })

  test('is watched by nobody where nothing changes any more', () => {
    expect(at('/projects/a/events/1')).toBeUndefined()
  })

  test('does not name what deceives', () => {
    expect(at(`/projects/a/stories/${encodeURIComponent('a\u202eb')}`)).toBeUndefined()
    expect(at(`/projects/a/agents/${'x'.repeat(129)}`)).toBeUndefined()
  })
})
