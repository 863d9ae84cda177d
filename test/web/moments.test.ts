import { beforeAll, expect, test } from 'bun:test'
import { call, report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
  await report(server, 'apollo', { type: 'workflow_transition', new_state: 'BACKLOG_READY' })
  await report(server, 'apollo', { type: 'agent_status', agent_id: 'a1', agent_type: 'CodeAgent', status: 'working', story_id: 's1' })
  await report(server, 'apollo', { type: 'x-late', text: 'after the moment' })
})

const ask = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}${path}`, { redirect: 'manual', headers })

const HONOURED = [
  '/projects/apollo',
  '/projects/apollo/timeline',
  '/projects/apollo/activity',
  '/projects/apollo/flow',
  '/projects/apollo/peek',
  '/projects/apollo/stories/s1',
  '/projects/apollo/agents/a1',
  '/projects/apollo/events/1',
  '/projects/apollo/badge.svg',
  '/projects/apollo/diagram.svg',
  '/api/v1/projects/apollo',
  '/api/v1/projects/apollo/state',
  '/api/v1/projects/apollo/flow',
  '/api/v1/projects/apollo/snapshot',
  '/api/v1/projects/apollo/events',
]
const REFUSED = ['/api/v1/projects', '/api/v1/status', '/jump?q=a', '/next?after=apollo']

test.each(HONOURED)('%s shows what was at a moment, and nothing of later', async (path) => {
  const answer = await ask(`${path}?at=2`)
  expect([answer.status, (await answer.text()).includes('after the moment')]).toEqual([200, false])
  expect((await ask(`${path}?at=4`)).status).toBe(409)
  expect((await ask(`${path}?at=yesterday`)).status).toBe(400)
})

test('the overview shows it at an instant', async () => {
  expect((await ask(`/?at=${new Date().toISOString()}`)).status).toBe(200)
  expect((await ask('/?at=2')).status).toBe(400)
})

test.each(REFUSED)('%s tells what is now, and refuses a moment', async (path) => {
  const answer = await ask(`${path}${path.includes('?') ? '&' : '?'}at=${new Date().toISOString()}`)
  expect([answer.status, answer.headers.get('etag'), answer.headers.get('location')]).toEqual([400, null, null])
  expect(await answer.json()).toMatchObject({ code: 'VALIDATION_ERROR', details: { field: 'at' } })
  expect((await ask(path)).status).toBeLessThan(400)
})

test('events up to a moment are paged like a log that ends there', async () => {
  const read = async (query: string) => (await call(server, `/api/v1/projects/apollo/events?${query}`)).body
  const first = await read('at=2&limit=1')
  expect(first).toMatchObject({ offset: 2, events: [{ offset: 1 }], next: `${String(first['epoch'])}:1` })
  expect(await read(`at=2&after=${String(first['next'])}`)).toMatchObject({ offset: 2, events: [{ offset: 2 }], next: null })
  expect(await read('at=1&after=2')).toMatchObject({ offset: 1, events: [], next: null })
  expect(await read('at=2000-01-01T00:00:00Z')).toMatchObject({ offset: 0, events: [], next: null })
  expect(await read(`at=${new Date().toISOString()}`)).toMatchObject({ offset: 3, next: null })
})

test('lists and events carry a tag, and answer 304 to who has them', async () => {
  const paths = [
    '/api/v1/projects',
    '/api/v1/projects?limit=1',
    '/api/v1/projects/apollo',
    '/api/v1/projects/apollo/events',
    '/api/v1/projects/apollo/events?limit=1',
    '/api/v1/projects/apollo/flow',
  ]
  for (const accept of ['application/json', 'application/x-ndjson']) {
    for (const path of paths) {
      const etag = (await ask(path, { accept })).headers.get('etag') ?? ''
      expect([path, (await ask(path, { accept, 'if-none-match': etag })).status]).toEqual([path, 304])
    }
  }
  const before = (await ask('/api/v1/projects/apollo/events')).headers.get('etag') ?? ''
  await report(server, 'apollo', { type: 'x-more' })
  expect((await ask('/api/v1/projects/apollo/events', { 'if-none-match': before })).status).toBe(200)
})

test('a project nests its state once', async () => {
  const { body } = await call(server, '/api/v1/projects/apollo')
  expect(body).toMatchObject({ name: 'apollo', epoch: expect.any(String), offset: 4, state: { workflow_state: 'BACKLOG_READY' } })
  expect(body['state']).not.toHaveProperty('state')
  expect((await call(server, '/api/v1/projects/apollo?at=1')).body).toMatchObject({
    offset: 1,
    state: { transition_history: [{ offset: 1 }] },
  })
})
