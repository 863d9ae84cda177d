import { describe, expect, test } from 'bun:test'
import { returnAddress } from '../../src/auth/return-address.ts'

const TRICKS = [
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\\/evil.example',
  '\\/evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\n//evil.example',
  ' //evil.example',
  'https://evil.example',
  'https:evil.example',
  'http:///evil.example',
  'HTTPS://evil.example/',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'mailto:a@evil.example',
  'evil.example',
  '@evil.example',
  '//visualizer.invalid@evil.example',
  'https://localhost:5000@evil.example/',
  'http://visualizer.invalid/projects/apollo',
  '/..//evil.example',
  '/.//evil.example',
  '/projects/../../evil.example',
  '/..%2fevil.example',
  '/..%2f',
  '/%2e%2e//evil.example',
  '/%2fevil.example',
  '/%5cevil.example',
  '/%252fevil.example',
  '/%25252fevil.example',
  '/%2525252525252fevil.example',
  '/%09/evil.example',
  '/%0d%0aSet-Cookie:%20a=b',
  '/projects/apollo%0d%0aLocation:%20//evil.example',
  '/projects/apollo?filter=%0d%0a%0d%0a<script>',
  '/%00//evil.example',
  '/%E2%80%AE/evil.example',
  '/\u3000/evil.example',
  '/%ff',
  '/%',
  '?to=//evil.example',
  '#//evil.example',
  '',
  `/${'a'.repeat(1_001)}`,
]

describe('security 33: after sign-in nobody is led away by', () => {
  test.each(TRICKS)('%j', (address) => {
    expect(returnAddress(address)).toBe('/')
  })
})

describe('security 33: after sign-in people come back to', () => {
  test.each([
    '/',
    '/projects/apollo',
    '/projects/apollo/stories/US-1%2Fa',
    '/projects/apollo/activity?type=story_created&text=what%20is%20it',
    '/?tag=team%3Apay&at=2026-11-23T20:30:00Z',
    '/projects/apollo?link=https://git.example.com/a//b',
  ])('%s', (address) => {
    expect(returnAddress(address)).toBe(address)
  })
})

test('security 33: after sign-in nobody comes back to the sign-in or the sign-out', () => {
  for (const address of [
    '/login',
    '/login?to=/x',
    '/logout',
    '/LOGOUT',
    '/%6cogout',
    '/auth/callback?code=1',
    '/auth/login',
    '/signed-out',
  ])
    expect([address, returnAddress(address)]).toEqual([address, '/'])
  for (const nothing of [undefined, null]) expect(returnAddress(nothing)).toBe('/')
})
