import { expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startRedis } from '../support/redis.ts'
import { call, postBody, report } from '../support/report.ts'
import { startServer } from '../support/server.ts'

type Listed = { offset: number; id: string }

test('two instances on one Redis number the events of a project together, and neither keeps any for itself', async () => {
  const redis = await startRedis()
  const [one, other] = await Promise.all([1, 2].map(() => startServer({ env: { REDIS_URL: redis.url } })))
  await report(one!, 'apollo', { type: 'x-a', id: 'first' })
  await report(other!, 'apollo', { type: 'x-a', id: 'second' })
  await report(other!, 'apollo', { type: 'x-a', id: 'first' })
  const listed = (await call(one!, '/api/v1/projects/apollo/events')).body['events'] as Listed[]
  expect(listed.map(({ id, offset }) => [id, offset])).toEqual([
    ['first', 1],
    ['second', 2],
  ])
  await one!.kill()
  expect((await report(other!, 'apollo', { type: 'x-a', id: 'third' })).body).toMatchObject({ offset: 3 })
})

test('reports are refused, not lost, while Redis is away, and taken again when it is back', async () => {
  const redis = await startRedis()
  const server = await startServer({ env: { REDIS_URL: redis.url } })
  await report(server, 'apollo', { type: 'x-a', id: 'before' })
  await redis.kill()
  expect(await postBody(server, 'apollo', '{"type":"x-a","id":"during"}')).toMatchObject({ status: 503 })
  await redis.restart()
  await eventually(() => report(server, 'apollo', { type: 'x-a', id: 'during' }), { withinMs: 2_000 })
  const { body } = await call(server, '/api/v1/projects/apollo/events')
  expect((body['events'] as Listed[]).map(({ id }) => id)).toEqual(['before', 'during'])
})

test('a Redis that may lose what was acknowledged is named in the log and by /ready', async () => {
  const redis = await startRedis({ args: ['--appendfsync', 'everysec'] })
  const server = await startServer({ env: { REDIS_URL: redis.url } })
  const sentence = 'set appendfsync always'
  await eventually(async () => JSON.stringify((await call(server, '/ready')).body['warnings']).includes(sentence))
  expect(server.logs().split(sentence)).toHaveLength(2)
})
