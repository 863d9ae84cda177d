import { beforeAll, describe, expect, test } from 'bun:test'
import { call, postBody } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
})

let projects = 0
const newName = () => `api-${++projects}`
const post = (name: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/v1/projects/${name}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/v1/projects${path.startsWith('?') ? '' : '/'}${path}`, { headers })
type Events = { events: { id: string; offset: number }[]; next: string | null }
type State = { state: { workflow_state: string; tdd_cycles: object }; state_hash: string }
type List = { projects: { name: string }[]; next: string | null }
type Answer = { accepted: number; duplicates: number; too_old: number; epoch: string; offset: number }
const json = async <T = Record<string, unknown>>(response: Promise<Response> | Response): Promise<T> => (await (await response).json()) as T
const step = (index: number) => ({ type: 'x-step', index })

describe('reporting', () => {
  test('answers 202 with what was new, what was known, and the position after it', async () => {
    const name = newName()
    const first = await post(name, [{ ...step(1), id: 'a' }, step(2)])
    expect(first.status).toBe(202)
    const { epoch, ...counts } = await json<Answer>(first)
    expect(epoch).toMatch(/^[0-9a-z]{8}$/)
    expect(counts).toEqual({ accepted: 2, duplicates: 0, too_old: 0, offset: 2 })
    expect(await json(post(name, { ...step(3), id: 'a' }))).toEqual({ accepted: 0, duplicates: 1, too_old: 0, epoch, offset: 2 })
  })

  test('counts a batch once however often it is sent with the same Idempotency-Key', async () => {
    const name = newName()
    const batch = [step(1), step(2), step(3)]
    await post(name, batch, { 'idempotency-key': 'build-7' })
    expect(await json(post(name, batch, { 'idempotency-key': 'build-7' }))).toMatchObject({ accepted: 0, duplicates: 3, offset: 3 })
    expect((await json<Events>(get(`${name}/events`))).events.map(({ id }) => id)).toEqual(['build-7:0', 'build-7:1', 'build-7:2'])
  })

  test('takes NDJSON', async () => {
    const name = newName()
    const { status, body } = await postBody(server, name, '{"type":"x-a"}\n\n{"type":"x-b"}\n', 'application/x-ndjson')
    expect({ status, accepted: body['accepted'] }).toEqual({ status: 202, accepted: 2 })
  })

  test('takes whole states and histories in the words of the orchestrator protocol, and the same history once', async () => {
    const name = newName()
    const transition = {
      type: 'tdd_transition',
      timestamp: '2026-11-23T20:28:21.217991',
      project: name,
      story_id: 's1',
      old_state: null,
      new_state: 'design',
    }
    const history = { type: 'transition_history', history: [transition] }
    expect(await json(post(name, history))).toMatchObject({ accepted: 1, offset: 1 })
    expect(await json(post(name, history))).toMatchObject({ accepted: 0, duplicates: 1 })
    const state = { type: 'current_state', workflow_state: 'IDLE', tdd_cycles: { s1: { current_state: 'test_red', project: name } } }
    expect(await json(post(name, state))).toMatchObject({ accepted: 1 })
    expect(await json(post(name, state))).toMatchObject({ accepted: 0, duplicates: 0 })
    expect((await json<State>(get(`${name}/state`))).state.tdd_cycles).toMatchObject({ s1: { state: 'test_red' } })
  })

  test('finds a project whatever the case of its name', async () => {
    const name = newName()
    await post(name, step(1))
    expect(await json(post(name.toUpperCase(), step(2)))).toMatchObject({ accepted: 1, offset: 2 })
    expect((await json(get(name.toUpperCase())))['name']).toBe(name)
  })

  test('two first reports at once register one project', async () => {
    const name = newName()
    const answers = await Promise.all(
      [name, name.toUpperCase(), name, name.toUpperCase()].map((each, index) => json<Answer>(post(each, step(index)))),
    )
    expect(answers.map(({ offset }) => offset).toSorted()).toEqual([1, 2, 3, 4])
    const { projects: all } = await json<List>(get(`?q=${name}`))
    expect(all).toHaveLength(1)
  })

  test('refuses names that cannot be a project', async () => {
    for (const name of ['_hidden', 'default', 'a%20b', 'x'.repeat(64), '%F0%9F%9A%80']) {
      const { status, body } = await call(server, `/api/v1/projects/${name}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"type":"x-a"}',
      })
      expect([name, status, body['code']]).toEqual([name, 400, 'INVALID_PROJECT_NAME'])
    }
  })
})

describe('reading events', () => {
  test('pages through a log without hole or repetition', async () => {
    const name = newName()
    await post(
      name,
      Array.from({ length: 25 }, (_, index) => step(index)),
    )
    const seen: number[] = []
    let after: string | null = '0'
    while (after !== null) {
      const page: Events = await json<Events>(get(`${name}/events?after=${after}&limit=10`))
      seen.push(...page.events.map(({ offset }) => offset))
      after = page.next
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => index + 1))
  })

  test('shows the reported fields, the arrival in UTC and the type that was asked for', async () => {
    const name = newName()
    await post(name, [step(1), { type: 'chat_message', message: 'hi', timestamp: '2026-11-23 20:30:47.032322' }])
    const { events } = await json(get(`${name}/events?type=chat_message`))
    expect(events).toEqual([
      {
        type: 'chat_message',
        message: 'hi',
        timestamp: '2026-11-23 20:30:47.032322',
        offset: 2,
        id: expect.any(String),
        received_at: expect.stringMatching(/Z$/),
      },
    ])
  })

  test('answers NDJSON when asked to', async () => {
    const name = newName()
    await post(name, [step(1), step(2)])
    const response = await get(`${name}/events`, { accept: 'application/x-ndjson' })
    expect(response.headers.get('content-type')).toStartWith('application/x-ndjson')
    expect(
      (await response.text())
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { index: number }).index),
    ).toEqual([1, 2])
  })

  test('refuses a position of another epoch or beyond the end, and names the head', async () => {
    const name = newName()
    const { epoch } = await json<Answer>(post(name, step(1)))
    for (const after of ['zzzzzzzz:1', '2', `${epoch}:2`]) {
      const { status, body } = await call(server, `/api/v1/projects/${name}/events?after=${after}`)
      expect([after, status, body['code']]).toEqual([after, 409, 'STATE_CONFLICT'])
      expect(body['details']).toMatchObject({ epoch, offset: 1 })
    }
    expect((await call(server, `/api/v1/projects/${name}/events?after=${epoch}:1`)).status).toBe(200)
  })

  test('says what is wrong with a position or a limit', async () => {
    const name = newName()
    await post(name, step(1))
    for (const [query, field] of [
      ['after=last', 'after'],
      ['after=-1', 'after'],
      ['limit=0', 'limit'],
      ['limit=many', 'limit'],
      ['limit=1001', 'limit'],
    ]) {
      const { status, body } = await call(server, `/api/v1/projects/${name}/events?${query}`)
      expect([query, status, body['details']]).toEqual([query, 400, { field }])
    }
  })
})

describe('reading state', () => {
  test('answers 304 while nothing changed, and anew when something did', async () => {
    const name = newName()
    await post(name, { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })
    for (const path of [name, `${name}/state`]) {
      const etag = (await get(path)).headers.get('etag') ?? ''
      expect((await get(path, { 'if-none-match': etag })).status).toBe(304)
      await post(name, step(1))
      expect((await get(path, { 'if-none-match': etag })).status).toBe(200)
    }
  })

  test('the same fold has the same hash, another state another', async () => {
    const name = newName()
    await post(name, { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })
    const hash = async () => (await json<State>(get(`${name}/state`))).state_hash
    const before = await hash()
    expect(before).toMatch(/^[0-9a-f]{64}$/)
    expect(await hash()).toBe(before)
    await post(name, { type: 'workflow_transition', new_state: 'BLOCKED' })
    expect(await hash()).not.toBe(before)
  })

  test('looks back to an offset and to an instant', async () => {
    const name = newName()
    await post(name, { type: 'workflow_transition', new_state: 'SPRINT_PLANNED' })
    const between = new Date().toISOString()
    await Bun.sleep(5)
    await post(name, { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })
    const stateAt = async (at: string) => (await json<State>(get(`${name}/state?at=${at}`))).state.workflow_state
    expect([await stateAt('0'), await stateAt('1'), await stateAt('2'), await stateAt(between)]).toEqual([
      'IDLE',
      'SPRINT_PLANNED',
      'SPRINT_ACTIVE',
      'SPRINT_PLANNED',
    ])
    expect((await call(server, `/api/v1/projects/${name}/state?at=3`)).status).toBe(409)
    expect((await call(server, `/api/v1/projects/${name}/state?at=yesterday`)).body['details']).toEqual({ field: 'at' })
    expect((await call(server, `/api/v1/projects/${name}/state?at=2026-11-23T20:30:00`)).status).toBe(400)
  })

  test('lists projects by name, filtered and paged', async () => {
    const names = Array.from({ length: 5 }, (_, index) => `list-${index}`)
    for (const name of names) await post(name, { type: 'workflow_transition', new_state: name === 'list-3' ? 'BLOCKED' : 'IDLE' })
    const first = await json<List>(get('?q=list-&limit=2'))
    expect(first.projects.map(({ name }) => name)).toEqual(names.slice(0, 2))
    expect(first).toMatchObject({ total_count: 5, active_count: 5, next: 'list-1' })
    const second = await json<List>(get(`?q=list-&limit=2&cursor=${first.next}`))
    expect(second.projects.map(({ name }) => name)).toEqual(names.slice(2, 4))
    const blocked = await json(get('?q=list-&attention=blocked&status=nonsense'))
    expect(blocked['projects']).toMatchObject([{ name: 'list-3', attention: { word: 'blocked' }, workflow_state: 'BLOCKED' }])
  })
})

describe('who may ask', () => {
  test('a page of another site is refused, whatever it asks to change', async () => {
    const name = newName()
    const foreign = await post(name, step(1), { origin: 'https://evil.example' })
    expect([foreign.status, (await json(foreign))['code']]).toEqual([403, 'PERMISSION_DENIED'])
    expect((await post(name, step(1), { origin: server.url })).status).toBe(202)
  })

  test('security 29: a name that somebody let point here is refused', async () => {
    const { status } = await call(server, '/api/v1/projects', { headers: { host: 'evil.example' } })
    expect(status).toBe(403)
  })

  test('vital signs answer to probes that come by address', async () => {
    const response = await fetch(`${server.url}/health`, { headers: { host: '10.0.0.7:5000' } })
    expect([response.status, await response.json()]).toMatchObject([200, { status: 'healthy', version: '0.1.0' }])
  })
})

test('an unknown address answers in the one error shape', async () => {
  const { status, body } = await call(server, '/api/v1/nothing')
  expect({ status, code: body['code'] }).toEqual({ status: 404, code: 'NOT_FOUND' })
  expect((await call(server, '/api/v1/projects/never-seen')).body['code']).toBe('PROJECT_NOT_FOUND')
})
