import { beforeAll, describe, expect, test } from 'bun:test'
import { call, postBody } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
})

let projects = 0
const newName = () => `true-${++projects}`
const NDJSON = 'application/x-ndjson'
const keyed = (name: string, key: string, body: string, type = 'application/json') =>
  call(server, `/api/v1/projects/${name}/events`, { method: 'POST', headers: { 'content-type': type, 'idempotency-key': key }, body })
const storedOf = async (name: string) => (await call(server, `/api/v1/projects/${name}`)).status

describe('what would be stored otherwise than it was sent is refused with its place:', () => {
  test.each([
    ['{"type":"x-a",\n  "n": 9007199254740993}', 'application/json', { line: 2, column: 8, field: 'n' }],
    ['{"type":"x-a","n":-9007199254740992}', 'application/json', { line: 1, column: 19, field: 'n' }],
    ['[{"type":"x-a"},{"type":"x-b","deep":{"ids":[1,12345678901234567890]}}]', 'application/json', { index: 1, field: 'deep.ids.1' }],
    ['{"type":"x-a"}\n{"type":"x-a","ns":1764489600000000000}\n', NDJSON, { line: 2, column: 20, field: 'ns' }],
    ['{"type":"usage","input_tokens":90071992547409919}', 'application/json', { field: 'input_tokens' }],
    ['{"type":"x-a","n":1e999}', 'application/json', { field: 'n' }],
    ['{"type":"x-a","n":1,"n":1}', 'application/json', { line: 1, column: 21, field: 'n' }],
    ['{"type":"x-a","type":"x-b"}', 'application/json', { field: 'type' }],
    ['{"type":"x-a","id":"1","detail":{"a":{},"\\u0061":[]}}', 'application/json', { field: 'detail.a' }],
    ['{"type":"x-a"}\n\n{"type":"x-a","x":{"":1,"":2}}', NDJSON, { line: 3 }],
    ['{"type":"current_state","workflow_state":"IDLE","tdd_cycles":{"s1":{},"s1":{}}}', 'application/json', { field: 'tdd_cycles.s1' }],
  ])('%s', async (body, type, place) => {
    const name = newName()
    const answer = await postBody(server, name, body, type)
    expect([answer.status, answer.body]).toMatchObject([400, { code: 'VALIDATION_ERROR', details: place }])
    expect(String(answer.body['error'])).toMatch(/^line \d+, column \d+: .*(is given twice|beyond)/)
    expect(await storedOf(name)).toBe(404)
  })

  test('what is kept as it is passes', async () => {
    const name = newName()
    const fields =
      '"n":9007199254740991,"m":-9007199254740991,"f":0.1234567890123456789,"e":1e20,"t":"9007199254740993","q":"{\\"a\\":1,\\"a\\":2}","b":"\\\\"'
    const { status } = await postBody(
      server,
      name,
      `[{"type":"x-a",${fields},"l":[{"a":1},{"a":2},{"a":{"a":{"a":3}}}]},{"type":"x-a",${fields}}]`,
    )
    expect(status).toBe(202)
  })
})

test('an inferred transition is ours to conclude: no reporter can send one', async () => {
  const name = newName()
  for (const inferred of [true, false, null, 'yes']) {
    for (const event of [
      { type: 'workflow_transition', new_state: 'IDLE' },
      { type: 'tdd_transition', story_id: 's', new_state: 'design' },
      { type: 'ci_status', status: 'passed' },
    ]) {
      const { status, body } = await postBody(server, name, JSON.stringify([{ type: 'x-a' }, { ...event, inferred }]))
      expect([status, body['details']]).toMatchObject([400, { index: 1, field: 'inferred' }])
    }
  }
  expect(await storedOf(name)).toBe(404)
  expect((await postBody(server, name, JSON.stringify({ type: 'x-own', inferred: true }))).status).toBe(202)
})

test('nobody reports to the place of reports that name no project', async () => {
  for (const name of ['unassigned', 'default']) {
    const { status, body } = await postBody(server, name, '{"type":"x-a"}')
    expect([status, body['code'], String(body['error'])]).toEqual([400, 'INVALID_PROJECT_NAME', expect.stringContaining('is reserved')])
  }
  expect(await storedOf('unassigned')).toBe(404)
})

describe('an Idempotency-Key', () => {
  test('with another body is refused, and nothing of that is stored', async () => {
    const name = newName()
    const first = '[{"type":"x-a"},{"type":"x-b"}]'
    expect((await keyed(name, 'k', first)).body).toMatchObject({ accepted: 2, duplicates: 0 })
    for (const other of [
      '[{"type":"x-a"},{"type":"x-c"}]',
      '[{"type":"x-a"}]',
      '[{"type":"x-a"},{"type":"x-b"},{"type":"x-c"}]',
      '{"type":"x-a"}',
    ]) {
      const { status, body } = await keyed(name, 'k', other)
      expect([status, body]).toMatchObject([422, { code: 'IDEMPOTENCY_KEY_REUSED', details: { field: 'Idempotency-Key' } }])
    }
    expect((await keyed(name, 'k', first)).body).toMatchObject({ accepted: 0, duplicates: 2, offset: 2 })
    expect((await keyed(name, 'k2', '[{"type":"x-a"}]')).body).toMatchObject({ accepted: 1, offset: 3 })
  })

  test('is one of its project, in whatever case that is written, and outlives a restart', async () => {
    const [name, other] = [newName(), newName()]
    await keyed(name, 'k', '{"type":"x-a"}')
    expect((await keyed(other, 'k', '{"type":"x-b"}')).status).toBe(202)
    expect((await keyed(name.toUpperCase(), 'k', '{"type":"x-b"}')).status).toBe(422)
    await server.restart()
    expect((await keyed(name, 'k', '{"type":"x-b"}')).status).toBe(422)
    expect((await keyed(name, 'k', '{"type":"x-a"}')).body).toMatchObject({ accepted: 0, duplicates: 1 })
  })

  test('of a body that was refused is free for a better one', async () => {
    const name = newName()
    expect((await keyed(name, 'k', '{"type":"nothing-known"}')).status).toBe(400)
    expect((await keyed(name, 'k', '{"type":"x-a"}')).status).toBe(202)
  })

  test('that comes at once with two bodies lets one of them in', async () => {
    const name = newName()
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => (await keyed(name, 'k', `{"type":"x-${index % 2}"}`)).status),
    )
    expect(statuses.toSorted()).toEqual([202, 202, 202, 202, 422, 422, 422, 422])
  })
})
