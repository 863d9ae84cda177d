import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { load, loaded } from './support.ts'

const FILE = `
web_interface: { host: 127.0.0.1, port: 5001, debug: true, auto_reload: false }
`

test('without file, flags and variables the defaults hold', () => {
  const { config, folder, warnings } = load({})
  expect(config).toMatchObject({
    host: 'localhost',
    port: 5000,
    dataDir: join(folder, '.data'),
    configFile: undefined,
    appEnv: 'development',
    debug: false,
    autoReload: false,
    logLevel: 'info',
    logFormat: 'detailed',
    projects: [],
    allowRemoval: false,
    orchestrators: [],
    staleMinutes: 10,
    retention: { days: 30, events: 2_000_000 },
    isMetricsOn: true,
    isHealthOn: true,
    staticCacheSeconds: 3600,
    isGzipOn: true,
    maxViewers: 20_000,
    maxProjects: 10_000,
    workers: 1,
    workerMemoryMb: 1024,
    redis: undefined,
    database: undefined,
    isOpen: true,
    isOpenToOthers: false,
    publicUrl: undefined,
    trustedProxies: ['127.0.0.0/8', '::1/128'],
    isHttpsForced: false,
    isCsrfChecked: true,
    metricsToken: undefined,
    metricsPort: undefined,
    rateLimits: { pages: [{ name: 'pages', limit: 100, seconds: 10 }], sign_in: [{ name: 'sign_in', limit: 5, seconds: 30 }] },
    allowedOrigins: [],
    policy: [],
    redaction: { isOn: true, patterns: [] },
  })
  expect(warnings).toEqual([])
})

describe('a flag comes before a variable, a variable before the file, the file before the default:', () => {
  test.each([
    ['port', {}, {}, 5000, undefined],
    ['port', {}, {}, 5001, FILE],
    ['port', { PORT: '5002' }, {}, 5002, FILE],
    ['port', { PORT: '5002' }, { port: '5003' }, 5003, FILE],
    ['host', {}, {}, '127.0.0.1', FILE],
    ['host', { HOST: '::1' }, {}, '::1', FILE],
    ['host', { HOST: '::1' }, { host: 'localhost' }, 'localhost', FILE],
    ['host', { HOST: '[::1]' }, {}, '::1', undefined],
    ['debug', {}, {}, true, FILE],
    ['debug', { DEBUG: 'false' }, {}, false, FILE],
    ['debug', { DEBUG: 'off' }, { debug: true }, true, undefined],
    ['autoReload', {}, {}, false, FILE],
    ['autoReload', { DEBUG: 'true' }, {}, true, undefined],
    ['publicUrl', {}, {}, 'https://file.example.com', 'web_interface: { public_url: "https://FILE.example.com/" }'],
    [
      'publicUrl',
      { PUBLIC_URL: 'https://v.example.com:8443/' },
      {},
      'https://v.example.com:8443',
      'web_interface: { public_url: "http://x" }',
    ],
    ['isCsrfChecked', {}, {}, false, 'security: { csrf_protection: false }'],
    ['isCsrfChecked', { CSRF_PROTECTION: 'on' }, {}, true, 'security: { csrf_protection: false }'],
    ['isHttpsForced', { FORCE_HTTPS: 'yes' }, {}, true, undefined],
    ['logLevel', {}, {}, 'debug', FILE],
    ['logLevel', { LOG_LEVEL: 'WARNING' }, {}, 'warn', FILE],
    ['logLevel', { LOG_LEVEL: 'WARNING' }, { 'log-level': 'error' }, 'error', FILE],
    ['logFormat', { LOG_FORMAT: 'JSON' }, {}, 'json', undefined],
    ['logFormat', { APP_ENV: 'production' }, {}, 'json', undefined],
    ['logFormat', { APP_ENV: 'production', LOG_FORMAT: 'detailed' }, {}, 'detailed', undefined],
    ['appEnv', { FLASK_ENV: 'production' }, {}, 'production', undefined],
    ['appEnv', { FLASK_ENV: 'production', APP_ENV: 'development' }, {}, 'development', undefined],
    ['debug', { FLASK_DEBUG: '1' }, {}, true, undefined],
    ['isMetricsOn', { PROMETHEUS_METRICS: 'false' }, {}, false, undefined],
    ['isHealthOn', { HEALTH_CHECK_ENDPOINT: 'no' }, {}, false, undefined],
    ['staticCacheSeconds', { STATIC_FILE_CACHE: '0' }, {}, 0, undefined],
    ['isGzipOn', { GZIP_COMPRESSION: 'FALSE' }, {}, false, undefined],
    ['maxProjects', { MAX_PROJECTS: '7' }, {}, 7, undefined],
    ['maxViewers', { MAX_VIEWERS: '5' }, {}, 5, undefined],
    ['workers', {}, {}, 2, 'web_interface: { workers: 2 }'],
    ['workers', { WORKERS: '4' }, {}, 4, 'web_interface: { workers: 2 }'],
  ] as const)('%s with %p and %p is %p', (key, env, flags, value, yaml) => {
    expect(loaded({ env, flags, ...(yaml === undefined ? {} : { yaml }) })[key]).toBe(value)
  })
})

test('rates are limited as the file says, unless that is switched off', () => {
  const yaml = 'security: { rate_limits: { pages: { per_minute: 60, burst: 30 }, ingest: { per_minute: 600 } } }\n'
  const { rateLimits } = loaded({ yaml })
  expect([rateLimits?.pages, rateLimits?.ingest, rateLimits?.reads]).toEqual([
    [{ name: 'pages', limit: 30, seconds: 30 }],
    [{ name: 'ingest', limit: 100, seconds: 10 }],
    [{ name: 'reads', limit: 20, seconds: 10 }],
  ])
  expect(loaded({ yaml: 'security: { rate_limits: guide }\n' }).rateLimits?.pages.map(({ limit, seconds }) => [limit, seconds])).toEqual([
    [50, 3_600],
    [200, 86_400],
  ])
  expect(loaded({ yaml: 'security: { rate_limiting: false }\n' }).rateLimits).toBeUndefined()
  expect(loaded({ yaml, env: { RATE_LIMITING: 'off' } }).rateLimits).toBeUndefined()
  expect(load({ yaml: 'security: { rate_limits: { page: { per_minute: 1 } } }\n' }).warnings).toEqual([
    expect.stringContaining('security.rate_limits.page: is not a known setting'),
  ])
})

test('proxies are trusted by a variable, else by the file, else on this machine alone', () => {
  const yaml = 'security: { trusted_proxies: [10.0.0.0/8] }\n'
  expect(loaded({ yaml }).trustedProxies).toEqual(['10.0.0.0/8'])
  expect(loaded({ yaml: 'security: { trusted_proxies: [] }\n' }).trustedProxies).toEqual([])
  expect(loaded({ yaml, env: { TRUSTED_PROXIES: '192.0.2.1, fd00::/8' } }).trustedProxies).toEqual(['192.0.2.1', 'fd00::/8'])
})

test('an empty variable counts as unset, an empty key as left out', () => {
  const config = loaded({ env: { PORT: '', HOST: '  ', DEBUG: '' }, yaml: 'web_interface:\n  port:\nprojects:\norchestrators: ~\n' })
  expect(config).toMatchObject({ port: 5000, host: 'localhost', debug: false, projects: [] })
})

test('production has no debugging and no restarts, whatever the file says', () => {
  const { config, warnings } = load({ env: { APP_ENV: 'production' }, yaml: 'web_interface: { debug: true, auto_reload: true }' })
  expect(config).toMatchObject({ debug: false, autoReload: false, logLevel: 'info', logFormat: 'json' })
  expect(warnings).toEqual(['orch-config.yaml:1:25 web_interface.debug: is not used: there is no debugging in production'])
})

test('folders are resolved against where the command was given', () => {
  const { config, folder } = load({ flags: { 'data-dir': 'store' }, yaml: '' })
  expect(config?.dataDir).toBe(join(folder, 'store'))
  expect(config?.configFile).toBe(join(folder, 'orch-config.yaml'))
})

test('the configuration is frozen to the bottom', () => {
  const config = loaded({ yaml: 'projects: { apollo: { path: /tmp, tags: [moon] } }' })
  expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError)
  expect(() => config.projects.push(config.projects[0]!)).toThrow(TypeError)
  expect(() => config.projects[0]!.tags.push('mars')).toThrow(TypeError)
})

const OTHERS = ['0.0.0.0', '::', '192.168.1.5', 'visualizer.example.com', '127.0.0.1.example.com']

describe('without sign-in, other machines are kept out:', () => {
  test.each(OTHERS)('with HOST=%s people sign in', (host) => {
    expect(loaded({ env: { HOST: host } })).toMatchObject({ auth: { mode: 'token' }, isOpen: false, isOpenToOthers: false })
  })

  test.each(OTHERS)('HOST=%s is refused with AUTH=open', (host) => {
    expect(load({ env: { HOST: host, AUTH: 'open' } }).problems).toEqual([
      `environment HOST: ${host} would let every machine that reaches it read and report without sign-in: use localhost, another AUTH, or ALLOW_OPEN=true if something in front protects it`,
    ])
  })

  test('in the file it is refused at its line', () => {
    const { problems } = load({ yaml: 'web_interface:\n  host: 0.0.0.0\nsecurity:\n  auth: open\n' })
    expect(problems[0]).toStartWith('orch-config.yaml:2:9 web_interface.host: 0.0.0.0 would let')
  })

  test('ALLOW_OPEN=true lets them in, with a warning', () => {
    const { config, warnings } = load({ env: { HOST: '0.0.0.0', ALLOW_OPEN: 'true' } })
    expect(config).toMatchObject({ host: '0.0.0.0', isOpen: true, isOpenToOthers: true })
    expect(warnings).toEqual([
      'environment HOST: 0.0.0.0 is open to other machines without sign-in; ALLOW_OPEN says that something in front protects it',
    ])
  })

  test('behind a proxy on the same machine, ALLOW_OPEN=true answers to its host names', () => {
    expect(loaded({ env: { ALLOW_OPEN: 'true' } })).toMatchObject({ host: 'localhost', isOpenToOthers: true })
  })

  test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1'])('HOST=%s stays on this machine', (host) => {
    expect(loaded({ env: { HOST: host } }).isOpenToOthers).toBe(false)
  })
})

describe('what this version does not have is not ignored silently:', () => {
  test.each([
    ['SECRET_KEY', 'hunter2'],
    ['SESSION_COOKIE_SAMESITE', 'Strict'],
    ['SENTRY_DSN', 'hunter2'],
  ])('%s=%s is warned of, without its value', (name, value) => {
    const { warnings } = load({ env: { [name]: value } })
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toStartWith(`environment ${name}: is not used`)
    expect(warnings[0]).not.toContain('hunter2')
  })

  test('values that ask for nothing more are fine', () => {
    const env = { REDIS_CLUSTER: 'false', FORCE_HTTPS: 'false', CSRF_PROTECTION: 'false', REDIS_URL: '' }
    expect(load({ env }).warnings).toEqual([])
  })
})

describe('a variable or flag that cannot be understood is named, all at once:', () => {
  test('five of them', () => {
    const env = { PORT: '80a', DEBUG: 'perhaps', LOG_FORMAT: 'jsn', MAX_VIEWERS: '0' }
    expect(load({ env, flags: { 'log-level': 'loud' } }).problems).toEqual([
      'environment PORT: must be a whole number, got the text "80a"',
      'environment DEBUG: must be true or false, got the text "perhaps"',
      'command line --log-level: expected debug, info, warn, error; got the text "loud"',
      'environment LOG_FORMAT: expected detailed, json; got the text "jsn"; did you mean json?',
      'environment MAX_VIEWERS: must be at least 1, got the number 0',
    ])
  })

  test.each([
    [{ PORT: '65536' }, 'environment PORT: must be at most 65535, got the number 65536'],
    [{ PORT: '-1' }, 'environment PORT: must be a whole number, got the text "-1"'],
    [{ HOST: 'http://localhost' }, 'environment HOST: must be a host name or an IP address, got the text "http://localhost"'],
    [{ APP_ENV: 'prod' }, 'environment APP_ENV: expected development, production; got the text "prod"'],
    [{ PUBLIC_URL: 'v.example.com' }, 'environment PUBLIC_URL: must be an address such as https://visualizer.example.com, without a path'],
    [
      { TRUSTED_PROXIES: '::1,proxy' },
      'environment TRUSTED_PROXIES: must be an address or a range, such as 10.0.0.7, 10.0.0.0/8 or fd00::/8',
    ],
    [
      { TRUSTED_PROXIES: '10.0.0.0/33' },
      'environment TRUSTED_PROXIES: must be an address or a range, such as 10.0.0.7, 10.0.0.0/8 or fd00::/8',
    ],
    [{ FLASK_ENV: 'testing' }, 'environment FLASK_ENV: expected development, production; got the text "testing"'],
  ] as const)('%p', (env, problem) => {
    expect(load({ env }).problems).toEqual([problem])
  })
})
