import { expect, test } from 'bun:test'
import { postBody } from '../support/report.ts'
import { startServer } from '../support/server.ts'

const DAY_MS = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString()

test('a report from before the retention counts as known: were it stored, it could come again', async () => {
  const server = await startServer({ config: 'global: { retention_days: 10 }' })
  const old = { type: 'x-old', timestamp: ago(11) }
  const zoneless = { type: 'x-old', timestamp: ago(10.2).replace('Z', '') }
  const news = { type: 'x-new', timestamp: ago(9) }
  const { body } = await postBody(server, 'apollo', JSON.stringify([old, zoneless, news, { type: 'x-untimed' }]))
  // The zoneless one may have been written in a zone where it is not ten days ago.
  expect(body).toMatchObject({ accepted: 3, duplicates: 1, offset: 3 })
})

test('without a limit nothing is too old', async () => {
  const server = await startServer({ config: 'global: { retention_days: 0 }' })
  const { body } = await postBody(server, 'apollo', JSON.stringify({ type: 'x-old', timestamp: '1999-12-31T23:59:59Z' }))
  expect(body).toMatchObject({ accepted: 1, duplicates: 0 })
})
