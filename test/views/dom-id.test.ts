import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { domId } from '../../views/atoms/dom-id.ts'

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.string({ unit: fc.constantFrom('_', '0', '-', '.', 'ü', ' ') }))

test('an id needs no escaping in a selector, whatever the key', () => {
  fc.assert(fc.property(anyText, (key) => /^cycle-[A-Za-z0-9_-]*$/.test(domId('cycle', key))))
})

test('two keys never share an id', () => {
  fc.assert(fc.property(anyText, anyText, (one, other) => (domId('agent', one) === domId('agent', other)) === (one === other)))
})

test('an id is the same on every page and in every version', () => {
  expect(domId('project', 'payments.api')).toBe('project-payments_002eapi')
  expect(domId('cycle', 'story-9f31c2ab')).toBe('cycle-story-9f31c2ab')
  expect(domId('event', 42)).toBe('event-42')
  expect(domId('agent', '_002e')).toBe('agent-_005f002e')
})
