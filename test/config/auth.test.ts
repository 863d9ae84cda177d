import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newSecret } from '../../src/auth/signing.ts'
import { configText } from '../../src/config/config-text.ts'
import { temporaryFolder } from '../support/ending.ts'
import { load, loaded } from './support.ts'

const PRODUCTION = { APP_ENV: 'production', HOST: '0.0.0.0' }
const GOOD = newSecret()

describe('who is let in', () => {
  test.each([
    ['open', {}, ''],
    ['open', { APP_ENV: 'production' }, ''],
    ['token', { AUTH: 'token' }, ''],
    ['token', {}, 'security: { auth: token }'],
    ['open', { AUTH: 'OPEN' }, 'security: { auth: token }'],
    ['token', { HOST: '0.0.0.0' }, ''],
    ['token', { ...PRODUCTION, SECRET_KEY: GOOD }, ''],
    ['open', { HOST: '0.0.0.0', ALLOW_OPEN: 'true' }, ''],
  ])('is %s with %p and the file %p', (mode, env, yaml) => {
    expect(loaded({ env, yaml: `${yaml}\n` }).auth.mode).toBe(mode as 'open')
  })

  test('an unknown word refuses the start, with what was probably meant', () => {
    expect(load({ env: { AUTH: 'tokn' } }).problems).toEqual([
      'environment AUTH: expected open, token, oidc, proxy; got the text "tokn"; did you mean token?',
    ])
    expect(load({ yaml: 'security:\n  auth: opne\n' }).problems[0]).toStartWith('orch-config.yaml:2:9 security.auth: expected open, token')
  })

  test('ALLOW_OPEN beside another way contradicts it', () => {
    expect(load({ env: { AUTH: 'token', ALLOW_OPEN: 'true' } }).problems[0]).toStartWith('environment ALLOW_OPEN: contradicts AUTH=token')
  })
})

describe('the key that signs sessions', () => {
  test('is required outside development where people sign in, and says how to get one', () => {
    expect(load({ env: PRODUCTION }).problems).toEqual([
      'environment SECRET_KEY: is required where people sign in: set it to what "visualizer secret" prints',
    ])
    expect(loaded({ env: { ...PRODUCTION, SECRET_KEY: GOOD } }).auth.secretKeys.map((key) => key.reveal())).toEqual([GOOD])
  })

  test.each([
    ['your-secret-key-here', 'placeholder'],
    ['change-me-change-me-change-me-change-me-change-me', 'placeholder'],
    ['0123456789abcdef0123456789abcdef', 'too short'],
    ['a'.repeat(64), 'repeats itself'],
    ['xyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyzxyz', 'repeats itself'],
    [GOOD.slice(0, 42), 'too short'],
  ])('%s is refused in production and warned of in development, unrepeated', (key, reason) => {
    const refused = load({ env: { ...PRODUCTION, SECRET_KEY: key } }).problems
    expect(refused).toHaveLength(1)
    expect(refused[0]).toContain(reason)
    expect(refused[0]).not.toContain(key)
    const { config, warnings } = load({ env: { AUTH: 'token', SECRET_KEY: key } })
    expect(config?.auth.secretKeys).toHaveLength(1)
    expect(warnings[0]).toContain(reason)
  })

  test('1,000 that "visualizer secret" prints, and those of openssl and Python, are good', () => {
    const keys = [
      ...Array.from({ length: 1_000 }, newSecret),
      ...Array.from({ length: 1_000 }, () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')),
      ...Array.from({ length: 1_000 }, () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')),
    ]
    const refused = keys.filter((key) => load({ env: { ...PRODUCTION, SECRET_KEY: key } }).problems.length > 0)
    expect(refused).toEqual([])
  })

  test('the one before is known beside it, and not without it', () => {
    const before = newSecret()
    const { auth } = loaded({ env: { ...PRODUCTION, SECRET_KEY: GOOD, SECRET_KEY_PREVIOUS: before } })
    expect(auth.secretKeys.map((key) => key.reveal())).toEqual([GOOD, before])
    expect(load({ env: { ...PRODUCTION, SECRET_KEY_PREVIOUS: before } }).problems[0]).toContain('SECRET_KEY, which is not set')
  })

  test.each(['SECRET_KEY', 'REDIS_URL', 'DATABASE_URL'] as const)('%s may stand in a file', (name) => {
    const value = { SECRET_KEY: GOOD, REDIS_URL: 'redis://:hunter2@host:6379/0', DATABASE_URL: 'postgresql://a:hunter2@host:5432/v' }[name]
    const file = join(temporaryFolder(), 'secret')
    writeFileSync(file, `${value}\n`)
    const env = { ...PRODUCTION, SECRET_KEY: GOOD }
    const others = name === 'SECRET_KEY' ? PRODUCTION : env
    const textOf = (given: Record<string, string>) => configText({ ...loaded({ env: given }), dataDir: '' })
    expect(textOf({ ...others, [`${name}_FILE`]: file })).toBe(textOf({ ...env, [name]: value }))
    expect(load({ env: { ...env, [name]: value, [`${name}_FILE`]: file } }).problems[0]).toContain(`${name}, which is set as well`)
    expect(load({ env: { ...others, [`${name}_FILE`]: `${file}.gone` } }).problems[0]).toContain('cannot be read (ENOENT)')
  })
})

describe('the session cookie', () => {
  test('has the settings of the guide', () => {
    const env = {
      ...PRODUCTION,
      SECRET_KEY: GOOD,
      SESSION_COOKIE_SECURE: 'true',
      SESSION_COOKIE_HTTPONLY: 'true',
      SESSION_COOKIE_SAMESITE: 'Strict',
    }
    expect(loaded({ env }).auth.session).toMatchObject({ isSecure: true, sameSite: 'Strict', isPermanent: false })
  })

  test('is never readable by scripts', () => {
    const { problems } = load({ env: { AUTH: 'token', SESSION_COOKIE_HTTPONLY: 'false' } })
    expect(problems).toEqual(['environment SESSION_COOKIE_HTTPONLY: cannot be switched off: no script of a page may read the session'])
  })

  test('for other sites needs https', () => {
    const { problems } = load({ env: { AUTH: 'token', SESSION_COOKIE_SAMESITE: 'none', SESSION_COOKIE_SECURE: 'false' } })
    expect(problems[0]).toContain('SESSION_COOKIE_SAMESITE: None needs SESSION_COOKIE_SECURE=true')
  })
})
