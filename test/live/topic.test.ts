import { describe, expect, test } from 'bun:test'
import { type LiveTarget, livePath, projectOf, readTarget, readTopic, topicOf } from '../../src/live/topic.ts'

const at = (path: string) => readTarget(new URL(path, 'http://localhost'))

const TARGETS: LiveTarget[] = [
  { page: 'attention' },
  { page: 'overview', query: { page: 2, attention: 'needs_you' } },
  { page: 'project', name: 'apollo' },
  { page: 'story', name: 'apollo', key: 'S-1' },
  { page: 'story', name: 'apollo', key: 'epic/1 ?#%2F' },
  { page: 'story', name: 'apollo', key: '..' },
  { page: 'agent', name: 'apollo', key: '.' },
  { page: 'agent', name: 'apollo', key: 'Überlänge 👩' },
  { page: 'timeline', name: 'apollo', search: '' },
  { page: 'flow', name: 'apollo', search: '' },
]

describe('an address of a page', () => {
  test.each(TARGETS.map((target) => [topicOf(target), target] as const))('is read from its topic: %s', (topic, target) => {
    expect(readTopic(topic)).toEqual(target)
  })

  test.each(TARGETS.map((target) => [livePath(target, '0123abcd:7'), target] as const))(
    'is read from its websocket: %s',
    (path, target) => {
      expect(at(path)).toEqual(target)
      expect(new URL(path, 'http://localhost').searchParams.get('since')).toBe('0123abcd:7')
    },
  )

  test('names the project that it shows, if it is one', () => {
    expect(TARGETS.map((target) => projectOf(topicOf(target)))).toEqual([undefined, undefined, ...Array(8).fill('apollo')])
    expect(projectOf('')).toBeUndefined()
  })

  test.each([
    '/live/projects/',
    '/live/projects/a/b',
    '/live/projects/%zz',
    '/live/projects/a/stories',
    '/live/projects/a/stories/%zz',
    '/live/x',
  ])('is none where no page is: %s', (path) => {
    expect(at(path)).toBeUndefined()
  })

  test('does not name what deceives', () => {
    expect(at(`/live/projects/a/stories/${encodeURIComponent('a\u202eb')}`)).toBeUndefined()
    expect(at(`/live/projects/a/agents/${'x'.repeat(129)}`)).toBeUndefined()
  })
})
