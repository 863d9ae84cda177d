import { beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { call, postBody, report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { watchProject } from '../support/viewer.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
})

let projects = 0
const newName = () => `project-${++projects}`

const send = (server: RunningServer, method: string, path: string, body?: object) =>
  call(server, `/api/v1/projects${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) })
const move = (new_state: string) => ({ type: 'workflow_transition', new_state })
const names = async (server: RunningServer, query = '') =>
  ((await call(server, `/api/v1/projects${query}`)).body['projects'] as { name: string }[]).map(({ name }) => name)

describe('registering and changing a project', () => {
  test('POST registers it with its settings, once, and says what there is already', async () => {
    const name = newName()
    const created = await send(server, 'POST', '', {
      name,
      priority: 'high',
      owner: 'Ada',
      tags: ['moon'],
      resource_limits: { max_memory_mb: 5 },
    })
    expect([created.status, created.headers.get('location')]).toEqual([201, `/api/v1/projects/${name}`])
    expect(created.body).toMatchObject({ name, priority: 'high', status: 'active', owner: 'Ada', tags: ['moon'] })
    const again = await send(server, 'POST', '', { name: name.toUpperCase() })
    expect([again.status, again.body['code'], again.body['error']]).toEqual([
      409,
      'PROJECT_ALREADY_EXISTS',
      `There is a project "${name}" already.`,
    ])
    expect((await report(server, name, move('SPRINT_ACTIVE'))).body['offset']).toBe(1)
  })

  test('what does not fit is refused with its field, and changes nothing', async () => {
    const name = newName()
    await send(server, 'POST', '', { name })
    const cases: [body: object, field: string][] = [
      [{ status: 'sleeping' }, 'status'],
      [{ tags: ['a', 5] }, 'tags.1'],
      [{ colour: 'red' }, 'colour'],
      [{ path: 'relative/folder' }, 'path'],
      [{ name: 'gemini' }, 'name'],
    ]
    for (const [body, field] of cases) {
      const refused = await send(server, 'PATCH', `/${name}`, body)
      expect([refused.status, refused.body['code'], refused.body['details']]).toEqual([400, 'VALIDATION_ERROR', { field }])
    }
    for (const name of ['_own', 'default', 'unassigned', 'a b']) expect((await send(server, 'POST', '', { name })).status).toBe(400)
    expect((await call(server, '/api/v1/projects', { method: 'POST', body: 'no json' })).status).toBe(400)
    expect((await send(server, 'PATCH', '/nobody', { owner: 'Ada' })).status).toBe(404)
  })

  test('PATCH changes what it names, null unsets, and the page shows it', async () => {
    const server = await startServer()
    await send(server, 'POST', '', { name: 'apollo', owner: 'Ada', description: 'To the moon' })
    const changed = await send(server, 'PATCH', '/apollo', {
      owner: null,
      priority: 'critical',
      git_url: 'https://u:secret@example.org/a.git',
    })
    expect(changed.body).toMatchObject({
      owner: null,
      priority: 'critical',
      description: 'To the moon',
      git_url: 'https://example.org/a.git',
    })
    expect(await (await fetch(`${server.url}/projects/apollo`)).text()).toContain('To the moon')
    await server.restart()
    expect((await call(server, '/api/v1/projects/apollo')).body).toMatchObject({ owner: null, priority: 'critical' })
  })

  test('projects of the configuration file are changed there alone', async () => {
    const server = await startServer({ config: 'projects:\n  apollo: { path: /tmp }\n' })
    for (const [method, path] of [
      ['PATCH', '/apollo'],
      ['DELETE', '/apollo'],
      ['DELETE', '/apollo?purge=true'],
    ] as const) {
      const refused = await send(server, method, path, method === 'PATCH' ? { owner: 'Ada' } : undefined)
      expect([refused.status, refused.body['code'], refused.body['error']]).toEqual([
        409,
        'STATE_CONFLICT',
        expect.stringMatching(/"apollo" is listed in .*orch-config\.yaml: change it there, and reload/),
      ])
    }
  })
})

describe('an archived project', () => {
  test('is kept with its log, goes on with what is still reported, and comes back when it is wanted', async () => {
    const name = newName()
    await report(server, name, move('SPRINT_ACTIVE'))
    for (const round of [1, 2]) {
      const archived = await send(server, 'DELETE', `/${name}`)
      expect([round, archived.status, archived.body['status'], archived.body['hint']]).toEqual([
        round,
        200,
        'archived',
        expect.stringContaining('?purge=true'),
      ])
    }
    expect(await names(server, '?status=archived')).toEqual([name])
    expect((await report(server, name, move('SPRINT_REVIEW'))).body['offset']).toBe(2)
    expect((await call(server, `/api/v1/projects/${name}`)).body).toMatchObject({ status: 'archived', workflow_state: 'SPRINT_REVIEW' })
    expect((await fetch(`${server.url}/projects/${name}`)).status).toBe(200)
    const again = await send(server, 'POST', '', { name })
    expect([again.status, again.body['error']]).toEqual([409, expect.stringContaining('PATCH its status to active')])
    expect((await send(server, 'PATCH', `/${name}`, { status: 'active' })).body['status']).toBe('active')
  })
})

describe('a purged project', () => {
  test('is gone with all that was reported, and a later report begins it anew', async () => {
    const server = await startServer()
    const { body: before } = await report(server, 'apollo', [move('SPRINT_ACTIVE'), { type: 'x-secret', id: 'same' }])
    await report(server, 'gemini', move('SPRINT_ACTIVE'))
    await fetch(`${server.url}/projects/apollo`)
    expect(await send(server, 'DELETE', '/apollo?purge=true')).toMatchObject({ status: 200, body: { purged: 'apollo' } })
    for (const path of ['', '/state', '/events', '/flow']) expect((await call(server, `/api/v1/projects/apollo${path}`)).status).toBe(404)
    expect((await fetch(`${server.url}/projects/apollo`)).status).toBe(404)
    expect(await names(server)).toEqual(['gemini'])
    expect((await send(server, 'DELETE', '/apollo?purge=true')).status).toBe(404)

    const { body: after } = await report(server, 'Apollo', [move('BACKLOG_READY'), { type: 'x-secret', id: 'same' }])
    expect(after).toMatchObject({ accepted: 2, offset: 2 })
    expect(after['epoch']).not.toBe(before['epoch'])
    expect((await call(server, '/api/v1/projects/apollo')).body).toMatchObject({ name: 'apollo', workflow_state: 'BACKLOG_READY' })
    expect((await call(server, `/api/v1/projects/apollo/events?after=${String(before['epoch'])}:1`)).status).toBe(409)
    await server.restart()
    expect((await call(server, '/api/v1/projects/apollo/state')).body).toMatchObject({ epoch: after['epoch'], offset: 2 })
    for (const round of [1, 2]) {
      await send(server, 'DELETE', '/apollo?purge=true')
      expect([round, (await report(server, 'apollo', move('IDLE'))).body['offset']]).toEqual([round, 1])
      expect(await names(server)).toEqual(['apollo', 'gemini'])
    }
  })

  test('leaves no Idempotency-Key bound', async () => {
    const name = newName()
    const keyed = (body: object) =>
      call(server, `/api/v1/projects/${name}/events`, { method: 'POST', headers: { 'idempotency-key': 'k' }, body: JSON.stringify(body) })
    expect((await keyed({ type: 'x-a' })).status).toBe(202)
    expect((await keyed({ type: 'x-b' })).status).toBe(422)
    await send(server, 'DELETE', `/${name}?purge=true`)
    expect((await keyed({ type: 'x-b' })).status).toBe(202)
  })

  test('is gone on every worker, and comes back on every worker', async () => {
    const server = await startServer({ env: { WORKERS: '2' } })
    await report(server, 'apollo', move('SPRINT_ACTIVE'))
    // Each request has a connection of its own, and so may reach either worker.
    const statuses = async () => {
      const asked = Array.from({ length: 12 }, () => fetch(`${server.url}/api/v1/projects/apollo`, { headers: { connection: 'close' } }))
      return new Set((await Promise.all(asked)).map(({ status }) => status))
    }
    await eventually(async () => [...(await statuses())].join() === '200')
    for (let round = 0; round < 3; round += 1) {
      expect((await send(server, 'DELETE', '/apollo?purge=true')).status).toBe(200)
      await eventually(async () => [...(await statuses())].join() === '404')
      expect((await report(server, 'apollo', move('IDLE'))).body['offset']).toBe(1)
      await eventually(async () => [...(await statuses())].join() === '200')
    }
  }, 60_000)

  test('leaves nothing on a page that shows it, which goes on when it comes back', async () => {
    const name = newName()
    await report(server, name, { type: 'x-old', text: 'of the former life' })
    const viewer = watchProject([server.url], name)
    await eventually(() => viewer.rows().length > 0)
    await send(server, 'DELETE', `/${name}?purge=true`)
    await eventually(() => viewer.rows().length === 0)
    await report(server, name, { type: 'x-new' })
    await eventually(() => viewer.rows().length === 1)
  })
})

describe('without script', () => {
  const post = (path: string, form: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/projects/${path}`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual', headers })

  test('forms archive, bring back and forget a project; to forget it takes its name', async () => {
    const name = newName()
    await report(server, name, move('SPRINT_ACTIVE'))
    const status = async () => (await call(server, `/api/v1/projects/${name}`)).body['status']
    const archived = await post(`${name}/archive`)
    expect([archived.status, archived.headers.get('location'), await status()]).toEqual([303, `/projects/${name}`, 'archived'])
    expect([(await post(`${name}/restore`)).status, await status()]).toEqual([303, 'active'])
    const unsure = await post(`${name}/purge`, { confirm: name.slice(1) }, { accept: 'text/html' })
    expect([unsure.status, (await unsure.text()).includes('Nothing was forgotten')]).toEqual([400, true])
    const purged = await post(`${name}/purge`, { confirm: name })
    expect([purged.status, purged.headers.get('location')]).toEqual([303, '/'])
    expect((await post(`${name}/archive`)).status).toBe(404)
  })

  test('pages of other sites cannot', async () => {
    const name = newName()
    await report(server, name, move('SPRINT_ACTIVE'))
    for (const path of ['archive', 'restore', 'purge']) {
      expect((await post(`${name}/${path}`, { confirm: name }, { origin: 'https://elsewhere.example' })).status).toBe(403)
    }
    const headers = { origin: 'https://elsewhere.example' }
    expect((await fetch(`${server.url}/api/v1/projects/${name}`, { method: 'DELETE', headers })).status).toBe(403)
    expect(await names(server)).toContain(name)
  })
})

test('names are bounded: a further one is refused with what to do, known ones are served, a purge makes room', async () => {
  const server = await startServer({ env: { MAX_PROJECTS: '2' } })
  await report(server, 'apollo', move('IDLE'))
  await send(server, 'POST', '', { name: 'gemini' })
  const refused = await postBody(server, 'mercury', '{"type":"x-a"}')
  expect([refused.status, refused.body['code'], refused.body['details']]).toEqual([409, 'STATE_CONFLICT', { limit: 2 }])
  expect(refused.body['error']).toMatch(/"mercury" cannot be registered: there are 2 projects already.*MAX_PROJECTS/)
  expect((await send(server, 'POST', '', { name: 'mercury' })).status).toBe(409)
  await report(server, 'Apollo', move('BACKLOG_READY'))
  await send(server, 'DELETE', '/gemini')
  expect((await postBody(server, 'mercury', '{"type":"x-a"}')).status).toBe(409)
  await send(server, 'DELETE', '/gemini?purge=true')
  await report(server, 'mercury', { type: 'x-a' })
  expect(await names(server)).toEqual(['apollo', 'mercury'])
})
