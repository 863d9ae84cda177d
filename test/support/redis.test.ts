import { expect, test } from 'bun:test'
import { eventually } from './eventually.ts'
import { startCluster, startRedis, startSentinel } from './redis.ts'

test('a killed server has what it acknowledged after its restart, on the same port', async () => {
  const redis = await startRedis()
  await redis.cli('set', 'a', '1')
  const before = redis.pid()
  await redis.kill()
  expect(await redis.cli('ping')).toContain('refused')
  await redis.restart()
  expect(await redis.cli('get', 'a')).toBe('1')
  expect(redis.pid()).not.toBe(before)
})

test('Sentinels make the replica the master when the master is killed', async () => {
  const { master, replica } = await startSentinel()
  await master.kill()
  expect(await eventually(async () => (await replica.cli('role')).startsWith('master'), { withinMs: 20_000 })).toBe(true)
})

test('a Cluster with a dead master serves what the others own', async () => {
  const { masters } = await startCluster()
  const answers = await Promise.all(masters.map(({ cli }) => cli('set', 'a', '1')))
  const owner = masters[answers.indexOf('OK')]
  await owner?.kill()
  const other = masters.find((master) => master !== owner)
  await eventually(async () => (await other?.cli('cluster', 'nodes'))?.includes('fail'), { withinMs: 15_000 })
  const writes = await Promise.all(Array.from({ length: 30 }, (_, index) => other?.cli('set', `key-${index}`, '1')))
  expect(writes).toContain('OK')
})
