import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/ending.ts'
import { startPostgres } from '../support/postgres.ts'
import { startCluster, startRedis } from '../support/redis.ts'
import { startServer } from '../support/server.ts'

const GUIDE = join(import.meta.dir, '../samples/guide')
const read = (name: string) => readFileSync(join(GUIDE, name), 'utf8')

/** The settings of a file as a shell reads them, with what depends on the machine replaced: ports, hosts of engines, the log's folder. */
function settingsOf(name: string, own: Record<string, string>): Record<string, string> {
  const lines = read(name)
    .split('\n')
    .flatMap((line) => /^([A-Z_]+)=(.*)$/.exec(line)?.slice(1) ?? [])
  const pairs = Array.from({ length: lines.length / 2 }, (_, index) => [lines[2 * index] ?? '', lines[2 * index + 1] ?? ''] as const)
  const { PORT: _, ...given } = Object.fromEntries(pairs)
  expect(Object.keys(given)).toEqual(expect.arrayContaining(Object.keys(own)))
  return { ...given, ...own }
}

const statusOf = async (url: string, headers: Record<string, string> = {}) =>
  (await fetch(url, { redirect: 'manual', headers: { accept: 'text/html', ...headers } })).status
const OVER_HTTPS = { 'x-forwarded-proto': 'https' }

test('the development settings start a service for this machine', async () => {
  const redis = await startRedis()
  const env = settingsOf('development.env', { REDIS_URL: redis.url })
  const server = await startServer({ env, config: read('development.yaml').replace('port: 5000', 'port: 0'), args: ['--no-reload'] })
  expect(await statusOf(server.url)).toBe(200)
  expect(server.logs()).not.toContain('open to')
})

test('the staging settings start a service that asks who comes, and leads to https', async () => {
  const redis = await startRedis()
  const server = await startServer({ env: settingsOf('staging.env', { REDIS_URL: redis.url }), config: read('staging.yaml') })
  expect([await statusOf(server.url), await statusOf(server.url, OVER_HTTPS), await statusOf(`${server.url}/health`)]).toEqual([
    301, 302, 200,
  ])
  expect(server.logs()).toContain('no administrator has signed in yet')
})

test('the production settings start a service that asks who comes', async () => {
  const [cluster, postgres] = [await startCluster(), await startPostgres()]
  const own = { REDIS_URL: cluster.urls[0] ?? '', DATABASE_URL: postgres.url, LOG_FILE: join(temporaryFolder(), 'app.log') }
  const server = await startServer({ env: settingsOf('production.env', own), config: read('staging.yaml') })
  expect([await statusOf(server.url), await statusOf(server.url, OVER_HTTPS)]).toEqual([301, 302])
  expect(readFileSync(own.LOG_FILE, 'utf8')).toContain('no administrator has signed in yet')
})
