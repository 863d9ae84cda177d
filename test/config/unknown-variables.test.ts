import { expect, test } from 'bun:test'
import { load } from './support.ts'

const warned = (env: Record<string, string>) => load({ env }).warnings

test.each([
  ['DATADIR', 'DATA_DIR'],
  ['DATA_DRI', 'DATA_DIR'],
  ['REDIS_ULR', 'REDIS_URL'],
  ['REDIS_URI', 'REDIS_URL'],
  ['WORKER', 'WORKERS'],
  ['WORKERS_MEMORY_MB', 'WORKER_MEMORY_MB'],
  ['LOGLEVEL', 'LOG_LEVEL'],
  ['log_level', 'LOG_LEVEL'],
  ['ALOW_OPEN', 'ALLOW_OPEN'],
  ['MAX_VIEWER', 'MAX_VIEWERS'],
  ['PROMETEUS_METRICS', 'PROMETHEUS_METRICS'],
  ['VISUALIZER_URI', 'VISUALIZER_URL'],
  ['OTEL_EXPORTER_OTLP_ENDPOINTS', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
])('%s is named at the start, with what was probably meant: %s', (name, meant) => {
  expect(warned({ [name]: 'a-value-1234' })).toEqual([`environment ${name}: is not a known variable; did you mean ${meant}?`])
})

test('a variable of our own that is near to none is said not to be used', () => {
  expect(warned({ VISUALIZER_EXPERIMENTAL_SHINY_THINGS: '1' })).toEqual([
    'environment VISUALIZER_EXPERIMENTAL_SHINY_THINGS: is not a known variable; it is not used',
  ])
})

test('what other programs set is theirs', () => {
  const foreign = [
    ...[
      'HOME',
      'PATH',
      'PWD',
      'OLDPWD',
      'SHELL',
      'USER',
      'LOGNAME',
      'HOSTNAME',
      'HOSTTYPE',
      'LANG',
      'LC_ALL',
      'TERM',
      'EDITOR',
      'MAIL',
      'TZ',
    ],
    ...[
      'NODE_ENV',
      'RAILS_ENV',
      'BUN_INSTALL',
      'XDG_DATA_DIRS',
      'XDG_DATA_HOME',
      'SSH_AUTH_SOCK',
      'WORKSPACE',
      'CI',
      'TMPDIR',
      'COLORTERM',
    ],
    ...['REDIS_PORT', 'REDIS_SERVICE_HOST', 'REDIS_SERVICE_PORT', 'REDIS_PORT_6379_TCP_ADDR', 'DATABASE_PORT_5432_TCP'],
    ...['npm_config_loglevel', 'KUBERNETES_SERVICE_HOST', 'OTEL_LOGS_EXPORTER', 'http_proxy', 'PGHOST', 'PGPORT', 'MYSQL_HOST', 'DISPLAY'],
  ]
  expect(warned(Object.fromEntries(foreign.map((name) => [name, 'x'])))).toEqual([])
})

test('an empty one counts as unset', () => {
  expect(warned({ DATADIR: '' })).toEqual([])
})
