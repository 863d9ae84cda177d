import { expect, test } from 'bun:test'
import { call, postBody, report } from '../support/report.ts'
import { eventually } from '../support/eventually.ts'
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

test('what is beyond the number of events is forgotten soon after a start, and the state stays', async () => {
  const server = await startServer({ config: 'global: { retention_events: 1000 }' })
  for (const part of [0, 1, 2]) {
    const events = Array.from({ length: 500 }, (_, index) => ({
      type: 'tdd_transition',
      story_id: `s-${index % 9}`,
      new_state: 'design',
      id: `${part}-${index}`,
    }))
    await report(server, 'apollo', events)
  }
  const before = (await call(server, '/api/v1/projects/apollo/state')).body['state_hash']
  await eventually(async () => (await call(server, '/api/v1/projects/apollo/events?after=0')).status === 410, { withinMs: 30_000 })
  expect((await call(server, '/api/v1/projects/apollo/events?after=500')).body).toMatchObject({ offset: 1500 })
  await server.kill()
  await server.restart()
  expect((await call(server, '/api/v1/projects/apollo/state')).body['state_hash']).toBe(before)
})

test('what is kept is told on the page of a project and in the status, with where the log begins', async () => {
  const server = await startServer({ config: 'global: { retention_events: 1000, retention_days: 7 }' })
  const events = Array.from({ length: 1_000 }, (_, index) => ({ type: 'x-n', id: `n${index}` }))
  await report(server, 'apollo', events)
  expect((await call(server, '/api/v1/status')).body).toMatchObject({ retention: { days: 7, events_per_project: 1_000 } })
  const page = async () => (await (await fetch(`${server.url}/projects/apollo`)).text()).match(/<p id="kept-events".*?<\/p>/s)?.[0] ?? ''
  expect(await page()).toContain('Events are kept for 7 days, up to 1,000 of a project.')
  expect(await page()).not.toContain('removed')
  const kept = async () => (await call(server, '/api/v1/projects/apollo')).body['events_kept']
  expect(await kept()).toEqual({ first_offset: 1, removed_before: null })
  await report(
    server,
    'apollo',
    events.slice(0, 200).map(({ type }, index) => ({ type, id: `more${index}` })),
  )
  await eventually(async () => (await page()).includes('Events before offset 201 were removed'), { withinMs: 30_000 })
  expect(await page()).toMatch(/came at <time datetime="[^"]*">\d{4}-\d\d-\d\d \d\d:\d\d UTC<\/time>/)
  expect(await kept()).toEqual({ first_offset: 201, removed_before: expect.stringMatching(/^\d{4}-.*Z$/) })
})
