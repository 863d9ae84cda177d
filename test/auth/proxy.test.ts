import { describe, expect, test } from 'bun:test'
import { proxyDoor } from '../../src/auth/proxy.ts'
import type { ProxyConfig } from '../../src/config/config.ts'
import { secret } from '../../src/config/secret.ts'

const SECRET = 'a shared secret of tests'
const CONFIG: ProxyConfig = {
  ...{ secret: secret(SECRET), secretHeader: 'X-Proxy-Secret', from: undefined },
  ...{ userHeader: 'X-Forwarded-User', nameHeader: 'X-Forwarded-Preferred-Username', groupsHeader: 'X-Forwarded-Groups', claims: [] },
}
const MARA = { 'X-Forwarded-User': 'mara', 'X-Proxy-Secret': SECRET }

function asked(headers: Record<string, string>, changes: Partial<ProxyConfig> = {}, peer = '10.0.0.7') {
  const fields = new Headers(headers)
  return proxyDoor({ ...CONFIG, ...changes })({ header: (name) => fields.get(name) ?? undefined, peer })
}

test('a proxy with the secret says who it is, the groups, and so the roles', () => {
  const claims = [
    { claim: 'groups', value: 'platform', role: 'operator', projects: ['payments-*'] },
    { claim: 'user', value: 'mara', role: 'viewer', projects: ['*'] },
    { claim: 'groups', value: 'admins', role: 'admin', projects: ['*'] },
  ]
  const headers = { ...MARA, 'X-Forwarded-Preferred-Username': 'Mara Lind', 'X-Forwarded-Groups': 'web, platform,,' }
  expect(asked(headers, { claims })).toEqual({
    outcome: 'signed in',
    identity: {
      ...{ user: 'mara', name: 'Mara Lind', groups: ['web', 'platform'] },
      roles: [
        { role: 'operator', projects: ['payments-*'] },
        { role: 'viewer', projects: ['*'] },
      ],
    },
  })
})

test('the headers may be called otherwise', () => {
  const changes = { userHeader: 'Remote-User', groupsHeader: 'Remote-Groups', secretHeader: 'X-Key' }
  const headers = { 'Remote-User': 'ann', 'Remote-Groups': 'a,b', 'X-Key': SECRET, 'X-Forwarded-User': 'mara' }
  expect(asked(headers, changes)).toMatchObject({ identity: { user: 'ann', name: 'ann', groups: ['a', 'b'] } })
})

describe('nobody is believed', () => {
  test.each<[string, Record<string, string>, Partial<ProxyConfig>]>([
    ['without the secret', { 'X-Forwarded-User': 'mara' }, {}],
    ['with another secret', { ...MARA, 'X-Proxy-Secret': `${SECRET}.` }, {}],
    ['with an empty secret', { ...MARA, 'X-Proxy-Secret': '' }, {}],
    ['with the secret twice', { ...MARA, 'X-Proxy-Secret': `${SECRET}, ${SECRET}` }, {}],
    ['from another address', MARA, { secret: undefined, from: ['10.0.0.8'] }],
    ['from another range', MARA, { secret: undefined, from: ['10.1.0.0/16', 'fd00::/8'] }],
    ['from an address that X-Forwarded-For alone names', { ...MARA, 'X-Forwarded-For': '10.1.0.1' }, { from: ['10.1.0.0/16'] }],
    ['with the secret from another address, where both are wanted', MARA, { from: ['10.0.0.8'] }],
    ['from the address without the secret, where both are wanted', { 'X-Forwarded-User': 'mara' }, { from: ['10.0.0.7'] }],
    ['where neither is configured', MARA, { secret: undefined }],
    ['who is not named', { 'X-Proxy-Secret': SECRET }, {}],
    ['whose name is blank', { ...MARA, 'X-Forwarded-User': '  ' }, {}],
    ['who is named twice, as when the caller sent a name of its own', { ...MARA, 'X-Forwarded-User': 'admin, mara' }, {}],
    ['whose name is too long', { ...MARA, 'X-Forwarded-User': 'm'.repeat(301) }, {}],
  ])('%s', (_, headers, changes) => {
    expect(asked(headers, changes).outcome).toBe('refused')
  })

  test('from a socket without address', () => {
    expect(asked(MARA, { from: ['0.0.0.0/0', '::/0'] }, '').outcome).toBe('refused')
  })

  test.each([
    [['10.0.0.0/24'], '10.0.0.7'],
    [['10.0.0.7'], '::ffff:10.0.0.7'],
    [['fd00::/8'], 'fd12::1%eth0'],
  ])('but from %p comes %s', (from, peer) => {
    expect(asked({ 'X-Forwarded-User': 'mara' }, { secret: undefined, from }, peer).outcome).toBe('signed in')
  })
})
