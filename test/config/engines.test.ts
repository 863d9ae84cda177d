import { describe, expect, test } from 'bun:test'
import { load, loaded } from './support.ts'

const PASSWORD = 'hunter2'

test('one Redis, with its password kept from whoever prints the configuration', () => {
  const config = loaded({ env: { REDIS_URL: `redis://:${PASSWORD}@cache:6379/3` } })
  expect(config.redis?.kind).toBe('single')
  expect(config.redis?.kind === 'single' && config.redis.url.reveal()).toBe(`redis://:${PASSWORD}@cache:6379/3`)
  expect(Bun.inspect(config) + JSON.stringify(config)).not.toContain(PASSWORD)
})

test('Sentinels, with what the URL says beside the host', () => {
  const { redis } = loaded({ env: { REDIS_SENTINELS: 'a:26379, b , [::1]:26400', REDIS_URL: `redis://:${PASSWORD}@ignored/2` } })
  expect(redis).toMatchObject({
    kind: 'sentinel',
    masterName: 'mymaster',
    sentinels: [
      { host: 'a', port: 26_379 },
      { host: 'b', port: 26_379 },
      { host: '::1', port: 26_400 },
    ],
  })
})

test('a Cluster of several nodes', () => {
  const { redis } = loaded({ env: { REDIS_CLUSTER: 'true', REDIS_URL: 'redis://a:7000,redis://b:7001' } })
  expect(redis?.kind === 'cluster' && redis.urls.map((url) => url.reveal())).toEqual(['redis://a:7000', 'redis://b:7001'])
})

test('a database, with five connections a worker', () => {
  const { database } = loaded({ env: { DATABASE_URL: `postgresql://u:${PASSWORD}@db/visualizer` } })
  expect(database?.url.reveal()).toBe(`postgresql://u:${PASSWORD}@db/visualizer`)
  expect(database?.poolSize).toBe(5)
})

describe('what does not fit is named, without the password:', () => {
  test.each([
    [{ REDIS_URL: `http://:${PASSWORD}@cache` }, 'environment REDIS_URL: must be an address such as redis://user:password@host:6379/0'],
    [{ REDIS_URL: 'redis://a,redis://b' }, 'environment REDIS_URL: names several servers; that needs REDIS_CLUSTER=true'],
    [{ REDIS_URL: 'redis://a/1', REDIS_CLUSTER: 'true' }, 'environment REDIS_URL: names a database other than 0'],
    [{ REDIS_CLUSTER: 'true' }, 'environment REDIS_CLUSTER: needs REDIS_URL'],
    [
      { REDIS_CLUSTER: 'true', REDIS_URL: 'redis://a', REDIS_SENTINELS: 'a' },
      'environment REDIS_CLUSTER: cannot be used with REDIS_SENTINELS',
    ],
    [{ REDIS_SENTINELS: 'http://a' }, 'environment REDIS_SENTINELS: must be host:port'],
    [{ DATABASE_URL: `mysql://u:${PASSWORD}@db/x` }, 'environment DATABASE_URL: must be an address such as postgresql://'],
    [{ DATABASE_POOL: '0' }, 'environment DATABASE_POOL: must be at least 1'],
    [{ WORKERS: '0' }, 'environment WORKERS: must be at least 1'],
  ])('%p', (env, problem) => {
    const { problems } = load({ env })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toStartWith(problem)
    expect(problems[0]).not.toContain(PASSWORD)
  })
})
