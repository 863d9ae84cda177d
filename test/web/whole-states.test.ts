import { beforeAll, expect, test } from 'bun:test'
import { call, report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
})

const post = (name: string, body: unknown, headers: Record<string, string> = {}) =>
  call(server, `/api/v1/projects/${name}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const cycleAt = (state: string) => ({ type: 'current_state', tdd_cycles: { s1: { current_state: state } } })
const names = async () => {
  const { body } = await call(server, '/api/v1/projects')
  return (body['projects'] as { name: string }[]).map(({ name }) => name)
}
const cycleOf = async (name: string) => {
  const { body } = await call(server, `/api/v1/projects/${name}/state`)
  return (body['state'] as { tdd_cycles: Record<string, { state: string }> }).tdd_cycles['s1']?.state
}

test('a whole state is compared with its project in whatever case the project is named', async () => {
  await post('cased', cycleAt('design'))
  expect((await post('CASED', cycleAt('design'))).body).toMatchObject({ accepted: 0, offset: 1 })
  expect((await names()).filter((name) => name.toLowerCase() === 'cased')).toEqual(['cased'])
})

test('a refused batch that holds a whole state leaves no project behind', async () => {
  expect((await post('ghost', [cycleAt('design'), { type: 'nonsense' }])).status).toBe(400)
  expect(await names()).not.toContain('ghost')
  expect((await fetch(`${server.url}/projects/ghost`)).status).toBe(404)
})

test('whole states that stand for more events than a batch holds are refused, and nothing is stored', async () => {
  const moves = (batch: number) =>
    Array.from({ length: 50 }, (_, index) => ({
      ...{ type: 'tdd_transition', project: 'many', story_id: `s${batch}`, old_state: null, new_state: 'design' },
      timestamp: `2026-11-23T20:28:21.${String(batch * 50 + index).padStart(6, '0')}`,
    }))
  const histories = Array.from({ length: 21 }, (_, batch) => ({ type: 'transition_history', history: moves(batch) }))
  const { status, body } = await post('many', histories)
  expect([status, body['code'], body['details']]).toEqual([413, 'PAYLOAD_TOO_LARGE', { limit: 1_000, sent: 1_050 }])
  expect((await post('many', histories.slice(0, 20))).body).toMatchObject({ accepted: 1_000, offset: 1_000 })
})

test('a whole state sent again with its Idempotency-Key does not move a project back that moved on', async () => {
  await report(server, 'forth', { type: 'tdd_transition', story_id: 's1', new_state: 'design' })
  await post('forth', cycleAt('test_red'), { 'idempotency-key': 'state-1' })
  await report(server, 'forth', { type: 'tdd_transition', story_id: 's1', new_state: 'code_green' })
  expect((await post('forth', cycleAt('test_red'), { 'idempotency-key': 'state-1' })).body).toMatchObject({ accepted: 0, duplicates: 1 })
  expect(await cycleOf('forth')).toBe('code_green')
})

const typesOf = async (name: string) => {
  const { body } = await call(server, `/api/v1/projects/${name}/events?after=0&limit=100`)
  return (body['events'] as { old_state?: string | null; new_state?: string }[]).map(({ old_state, new_state }) => [
    old_state ?? null,
    new_state,
  ])
}

test('whole states of one batch are compared each with the one before it', async () => {
  const { body } = await post('in-order', [cycleAt('design'), cycleAt('design'), cycleAt('test_red'), cycleAt('design')])
  expect(body).toMatchObject({ accepted: 3 })
  expect(await typesOf('in-order')).toEqual([
    [null, 'design'],
    ['design', 'test_red'],
    ['test_red', 'design'],
  ])
})

test('a whole state is compared with what the same batch tells before it', async () => {
  const moved = { type: 'tdd_transition', story_id: 's1', new_state: 'design' }
  await post('told-before', [moved, cycleAt('design'), { ...moved, old_state: 'design', new_state: 'test_red' }, cycleAt('test_red')])
  expect(await typesOf('told-before')).toEqual([
    [null, 'design'],
    ['design', 'test_red'],
  ])
})
