import { expect, test } from 'bun:test'
import { call, postBody, report } from '../support/report.ts'
import { eventually } from '../support/eventually.ts'
import { startServer } from '../support/server.ts'

const DAY_MS = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString()

test('what says that it is older than the retention is left out and counted: accepted, known and too old are all that was sent', async () => {
  const server = await startServer({ config: 'global: { retention_days: 10 }' })
  const old = { type: 'x-old', timestamp: ago(11) }
  const zoneless = { type: 'x-old', timestamp: ago(10.2).replace('Z', '') }
  const news = { type: 'x-new', timestamp: ago(9) }
  const known = { type: 'x-known', id: 'known' }
  await report(server, 'apollo', known)
  const sent = [old, zoneless, news, { type: 'x-untimed' }, known, { type: 'x-first', timestamp: '1970-01-01T00:00:07Z' }]
  const { body } = await postBody(server, 'apollo', JSON.stringify(sent))
  // The zoneless one may have been written in a zone where it is not ten days ago.
  expect(body).toMatchObject({ accepted: 3, duplicates: 1, too_old: 2, offset: 4 })
  expect(Number(body['accepted']) + Number(body['duplicates']) + Number(body['too_old'])).toBe(sent.length)
  const { statistics } = (await call(server, '/api/v1/status')).body as { statistics: Record<string, number> }
  expect(statistics).toMatchObject({ events_accepted: 4, events_duplicate: 1, events_too_old: 2 })
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  expect(metrics).toContain('events_too_old_total{source="http"} 2')
  expect(server.logs()).toMatch(/reports of apollo are left out: .*source="http" events=2/)
})

test('a clock that was never set is called by its year, and said now and then', async () => {
  const server = await startServer()
  for (const second of [1, 2, 3]) {
    const { body } = await postBody(server, 'apollo', JSON.stringify({ type: 'x-tick', timestamp: `1970-01-01T00:00:0${second}` }))
    expect(body).toMatchObject({ accepted: 0, duplicates: 0, too_old: 1 })
  }
  expect(server.logs().match(/reports of apollo are left out: reports come with a clock of 1970/g)).toHaveLength(1)
  const page = async () => (await fetch(`${server.url}/projects/apollo`)).text()
  await eventually(async () => (await page()).includes('reports come with a clock of 1970'))
  const { events } = (await call(server, '/api/v1/projects/apollo/events?after=0')).body as { events: object[] }
  expect(events).toMatchObject([{ type: 'reports_lost', told_by: 'http', count: 1 }])
})

test('without a limit nothing is too old', async () => {
  const server = await startServer({ config: 'global: { retention_days: 0 }' })
  const { body } = await postBody(server, 'apollo', JSON.stringify({ type: 'x-old', timestamp: '1999-12-31T23:59:59Z' }))
  expect(body).toMatchObject({ accepted: 1, duplicates: 0, too_old: 0 })
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
