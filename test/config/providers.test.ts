import { describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/ending.ts'
import { type Input, load, loaded } from './support.ts'

const ISSUER = 'https://id.example.com/realms/main'
const OIDC = { AUTH: 'oidc', OIDC_ISSUER: ISSUER, OIDC_CLIENT_ID: 'visualizer', OIDC_CLIENT_SECRET: 'hunter2-hunter2' }

function fileOf(text: string): string {
  const path = join(temporaryFolder(), 'client_secrets.json')
  writeFileSync(path, text)
  return path
}

const WEB = { client_id: 'from-file', client_secret: 'of the file', issuer: ISSUER, redirect_uris: ['http://localhost:5000/auth/callback'] }

describe('AUTH=oidc', () => {
  test('is set up by variables alone, on this machine even without a public URL', () => {
    const { oidc } = loaded({ env: OIDC }).providers
    expect(oidc).toMatchObject({ issuer: ISSUER, clientId: 'visualizer', scopes: 'openid email profile', isVerifiedEmailRequired: true })
    expect([oidc?.clientSecret?.reveal(), oidc?.publicUrl]).toEqual(['hunter2-hunter2', 'http://localhost:5000'])
  })

  test('is set up by the file, with roles for claims; a variable comes before it', () => {
    const yaml = `
web_interface: { public_url: https://visualizer.example.com }
security:
  auth: oidc
  policy: ['p, role:deployer, act, *, allow']
  oidc:
    issuer: ${ISSUER}
    client_id: visualizer
    require_verified_email: false
    groups_claim: realm_access.roles
    claims:
      - { claim: groups, value: platform-leads, role: operator, projects: ["payments-*", "tag:web"] }
      - { claim: level, value: 7, role: role:deployer }
`
    const { oidc } = loaded({ yaml, env: { OIDC_CLIENT_ID: 'other', OIDC_SCOPES: 'openid groups' } }).providers
    expect(oidc).toEqual({
      ...{
        publicUrl: 'https://visualizer.example.com',
        issuer: ISSUER,
        clientId: 'other',
        clientSecret: undefined,
        scopes: 'openid groups',
      },
      ...{ isVerifiedEmailRequired: false, groupsClaim: 'realm_access.roles' },
      claims: [
        { claim: 'groups', value: 'platform-leads', role: 'operator', projects: ['payments-*', 'tag:web'] },
        { claim: 'level', value: '7', role: 'deployer', projects: ['*'] },
      ],
    })
  })

  test('takes client_secrets.json as other programs write it, by a variable or from the folder of the configuration', () => {
    const path = fileOf(JSON.stringify({ web: { ...WEB, auth_uri: 'https://id.example.com/auth', token_uri: 'x', userinfo_uri: 'y' } }))
    const { oidc } = loaded({ env: { AUTH: 'oidc', OIDC_CLIENT_SECRETS: path, OIDC_CLIENT_ID: 'of the variable' } }).providers
    expect([oidc?.issuer, oidc?.clientId, oidc?.clientSecret?.reveal()]).toEqual([ISSUER, 'of the variable', 'of the file'])
    const { oidc: same } = loaded({ yaml: `security: { auth: oidc, oidc: { client_secrets: "${path}" } }` }).providers
    expect(same?.clientId).toBe('from-file')
  })

  test('takes the secret from a file', () => {
    const { OIDC_CLIENT_SECRET: _, ...env } = OIDC
    const { oidc } = loaded({ env: { ...env, OIDC_CLIENT_SECRET_FILE: fileOf('kept in a file\n') } }).providers
    expect(oidc?.clientSecret?.reveal()).toBe('kept in a file')
  })

  const faults: [what: string, input: Input, ...lines: string[]][] = [
    ['no provider', { env: { AUTH: 'oidc' } }, 'environment OIDC_ISSUER: is required', 'environment OIDC_CLIENT_ID: is required'],
    [
      'a section without the provider',
      { yaml: 'security:\n  auth: oidc\n  oidc:\n    client_id: v\n' },
      'orch-config.yaml:4:5 security.oidc.issuer: is required with AUTH=oidc',
    ],
    [
      'no public URL where others reach it',
      { env: { ...OIDC, HOST: '0.0.0.0' } },
      'environment PUBLIC_URL: is required with AUTH=oidc, here or as web_interface.public_url',
    ],
    [
      'a provider over http',
      { env: { ...OIDC, OIDC_ISSUER: 'http://id.example.com' } },
      'environment OIDC_ISSUER: must begin with https://',
    ],
    [
      'a password in the address',
      { env: { ...OIDC, OIDC_ISSUER: 'https://a:b@id.example.com' } },
      'OIDC_ISSUER: must not hold a user name',
    ],
    [
      'the address of its description',
      { env: { ...OIDC, OIDC_ISSUER: `${ISSUER}/.well-known/openid-configuration` } },
      'environment OIDC_ISSUER: must be the issuer itself, without /.well-known/openid-configuration',
    ],
    ['scopes without openid', { env: { ...OIDC, OIDC_SCOPES: 'email' } }, 'environment OIDC_SCOPES: must hold openid'],
    [
      'a truth that is none',
      { env: { ...OIDC, OIDC_REQUIRE_VERIFIED_EMAIL: 'maybe' } },
      'OIDC_REQUIRE_VERIFIED_EMAIL: must be true or false',
    ],
    [
      'a role that nothing defines',
      { env: OIDC, yaml: 'security:\n  oidc:\n    claims:\n      - { claim: groups, value: a, role: operater }\n' },
      'orch-config.yaml:4:42 security.oidc.claims[0].role: is "operater", which no line of security.policy defines; did you mean operator?',
    ],
    [
      'projects that are none',
      { env: OIDC, yaml: 'security:\n  oidc:\n    claims: [{ claim: a, value: b, role: viewer, projects: ["a/b"] }]\n' },
      'orch-config.yaml:3:61 security.oidc.claims[0].projects[0]: must be a name that may hold *',
    ],
    [
      'a claim without a value',
      { env: OIDC, yaml: 'security:\n  oidc:\n    claims: [{ claim: groups, role: viewer }]\n' },
      'orch-config.yaml:3:14 security.oidc.claims[0].value: ',
    ],
  ]

  test.each(faults)('refuses the start for %s, with the place', (_, input, ...lines) => {
    const { problems } = load(input)
    for (const line of lines) expect(problems.join('\n')).toContain(line)
    expect(problems.length).toBe(lines.length)
  })

  test.each<[string, string, string]>([
    ['is no JSON', '{"web": [}', 'client_secrets.json:1:'],
    ['lacks the client', '{\n  "web": {\n    "issuer": "https://id.example.com" }}', 'client_secrets.json:2:10 web.client_id: is required'],
    ['has another form', '{"installed": {}}', 'client_secrets.json:1:1 web: is required'],
  ])('refuses the start for a client_secrets.json that %s, with its line', (_, text, line) => {
    const { problems } = load({ env: { AUTH: 'oidc', OIDC_CLIENT_SECRETS: fileOf(text) } })
    expect(problems[0]).toContain(line)
    expect(problems.filter((problem) => !problem.includes('client_secrets.json:'))).toEqual([])
  })

  test('refuses the start for a client_secrets.json that is not there', () => {
    const { problems } = load({ env: { AUTH: 'oidc', OIDC_CLIENT_SECRETS: '/nowhere/client_secrets.json' } })
    expect(problems).toEqual(['environment OIDC_CLIENT_SECRETS: /nowhere/client_secrets.json does not exist'])
  })

  test('warns of a client_secrets.json that does not name where people come back to', () => {
    const path = fileOf(JSON.stringify({ web: WEB }))
    const { warnings } = load({ env: { AUTH: 'oidc', OIDC_CLIENT_SECRETS: path, PUBLIC_URL: 'https://v.example.com' } })
    expect(warnings[0]).toContain('web.redirect_uris: does not name https://v.example.com/auth/callback')
  })
})

describe('AUTH=proxy', () => {
  test('takes a secret, addresses, or both', () => {
    const { proxy } = loaded({ env: { AUTH: 'proxy', PROXY_SECRET: 'sixteen letters!' } }).providers
    expect(proxy).toMatchObject({ secretHeader: 'X-Proxy-Secret', from: undefined, userHeader: 'X-Forwarded-User' })
    expect(proxy?.secret?.reveal()).toBe('sixteen letters!')
    const yaml = 'security: { auth: proxy, proxy: { from: [10.0.0.0/8], user_header: Remote-User, groups_header: Remote-Groups } }'
    expect(loaded({ yaml }).providers.proxy).toMatchObject({ secret: undefined, from: ['10.0.0.0/8'], userHeader: 'Remote-User' })
  })

  test('without either refuses the start', () => {
    const reason = 'AUTH=proxy needs PROXY_SECRET, or addresses in security.proxy.from: else anybody could say who they are'
    expect(load({ env: { AUTH: 'proxy' } }).problems).toEqual([`environment PROXY_SECRET: ${reason}`])
    const yaml = 'security:\n  auth: proxy\n  proxy: { user_header: Remote-User }\n'
    expect(load({ yaml }).problems).toEqual([`orch-config.yaml:3:10 security.proxy: ${reason}`])
  })

  test.each([
    ['security: { auth: proxy, proxy: { secret: short } }', 'security.proxy.secret: '],
    [
      'security: { auth: proxy, proxy: { secret: 1234567890123456789 } }',
      'security.proxy.secret: expected text, got a value that is not shown',
    ],
    ['security: { auth: proxy, proxy: { from: [10.0.0.0/99] } }', 'security.proxy.from[0]: must be an address or a range'],
    ['security: { auth: proxy, proxy: { from: [] } }', 'security.proxy.from: must not be empty'],
    [
      'security: { auth: proxy, proxy: { from: [10.0.0.1], user_header: "a b" } }',
      'security.proxy.user_header: must be the name of a header',
    ],
  ])('%s is refused', (yaml, reason) => {
    const problems = load({ yaml }).problems.join('\n')
    expect(problems).toContain(reason)
    expect(problems).not.toContain('short')
  })
})

describe('tokens of an issuer', () => {
  const section = (lines: string) =>
    `security:\n  jwt:\n    issuer: ${ISSUER}\n    audience: v\n    jwks_url: https://id.example.com/keys\n${lines}`

  test('are taken in every mode', () => {
    const yaml = section('    scopes_claim: scope\n    claims: [{ claim: repository, value: a/b, role: operator }]\n')
    expect(loaded({ yaml }).providers.jwt).toEqual({
      ...{ issuer: ISSUER, audiences: ['v'], jwksUrl: 'https://id.example.com/keys', algorithms: ['RS256', 'ES256', 'EdDSA'] },
      ...{ groupsClaim: 'groups', scopesClaim: 'scope' },
      claims: [{ claim: 'repository', value: 'a/b', role: 'operator', projects: ['*'] }],
    })
  })

  test.each([
    ['    algorithms: [HS256]\n', '6:18 security.jwt.algorithms[0]: expected RS256,'],
    ['    algorithms: [none]\n', '6:18 security.jwt.algorithms[0]: expected RS256,'],
    ['    algorithms: []\n', '6:17 security.jwt.algorithms: must not be empty'],
  ])('need an algorithm whose verifier cannot sign: %j', (lines, reason) => {
    expect(load({ yaml: section(lines) }).problems).toEqual([expect.stringContaining(reason)])
  })

  test.each([
    ['security: { jwt: { issuer: a, jwks_url: "https://a/k" } }', 'security.jwt.audience: must be for whom tokens are'],
    [
      'security: { jwt: { issuer: a, audience: b, jwks_url: "http://id.example.com/k" } }',
      'security.jwt.jwks_url: must begin with https://',
    ],
    ['security: { jwt: { issuer: a, audience: b, jwks_url: "file:///etc/keys" } }', 'security.jwt.jwks_url: must begin with https://'],
  ])('%s is refused', (yaml, reason) => {
    expect(load({ yaml }).problems.join('\n')).toContain(reason)
  })

  test('must not be for the client of the sign-in: ID tokens of people would do', () => {
    expect(load({ env: { ...OIDC, OIDC_CLIENT_ID: 'v' }, yaml: section('') }).problems).toEqual([
      expect.stringContaining('4:15 security.jwt.audience: is the client id of security.oidc'),
    ])
  })
})

test('settings of a mode that is not in force are warned of', () => {
  const { warnings } = load({ env: { AUTH: 'token', OIDC_ISSUER: ISSUER, PROXY_SECRET: 'sixteen letters!' } })
  expect(warnings).toEqual([
    'environment OIDC_ISSUER: is not used: AUTH is token, not oidc',
    'environment PROXY_SECRET: is not used: AUTH is token, not proxy',
  ])
})

test('security 38: no secret of a provider is in the configuration as it is shown, nor in a reason', () => {
  const text = JSON.stringify(loaded({ env: OIDC }))
  expect(text).not.toContain('hunter2')
  const problems = load({ yaml: 'security: { oidc: { client_secret: [hunter2] } }' }).problems.join()
  expect(problems).not.toContain('hunter2')
})

test('each example of the page on security is a configuration that the program takes', () => {
  const page = readFileSync(join(import.meta.dir, '../../docs/security.md'), 'utf8')
  const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml)
  expect(examples.length).toBeGreaterThan(3)
  for (const yaml of examples) {
    const { AUTH: _, ...env } = OIDC
    const unused = /is not used: AUTH is/
    const { problems, warnings } = load({ yaml, env })
    expect([yaml, problems, warnings.filter((warning) => !unused.test(warning))]).toEqual([yaml, [], []])
  }
})
