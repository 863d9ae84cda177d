import { beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { call, report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
})

const step = (new_state: string, story_id = 's1') => ({ type: 'tdd_transition', story_id, new_state })
const CYCLE = ['design', 'test_red', 'code_green', 'refactor', 'commit'].map((state) => step(state))
const ASKED = { type: 'approval_requested', approval_id: 'q', title: 'Go?' }
const DECIDED = { type: 'approval_resolved', approval_id: 'q', decision: 'allow' }
const today = () => new Date().toISOString().slice(0, 10)
const flowOf = (name: string, search = '') => call(server, `/api/v1/projects/${name}/flow${search}`)

describe('GET /api/v1/projects/:name/flow', () => {
  test('tells what is timed, what is done each day, where the time went and what stories cost', async () => {
    await report(server, 'told', { type: 'workflow_transition', old_state: 'SPRINT_PLANNED', new_state: 'SPRINT_ACTIVE' })
    for (const event of [...CYCLE, ASKED, DECIDED, { type: 'usage', story_id: 's1', cost_usd: 1.25 }]) await report(server, 'told', event)
    const { status, body } = await flowOf('told')
    expect(status).toBe(200)
    const timed = { count: 1, median_seconds: expect.any(Number), p85_seconds: expect.any(Number) }
    expect(body).toEqual({
      project_name: 'told',
      epoch: expect.any(String),
      offset: 9,
      window: { from: expect.any(String), to: today(), time_zone: 'UTC', counted_since: expect.any(String) },
      cycle_time: timed,
      red_to_green: timed,
      approval_wait: timed,
      approvals_open: { count: 0, oldest_requested_at: null },
      completed: 1,
      throughput: expect.arrayContaining([{ day: today(), completed: 1 }]),
      time_in_state: {
        since: expect.any(String),
        states: [{ state: 'SPRINT_ACTIVE', entered: 1, seconds: 0, current_since: expect.any(String) }],
      },
      cost: { median_usd: 1.25, stories: [{ story_id: 's1', cost_usd: 1.25, last_reported_at: expect.any(String) }] },
    })
  })

  test('tells what is open now apart from what was decided', async () => {
    await report(server, 'waits', [ASKED, { ...ASKED, approval_id: 'r' }])
    expect((await flowOf('waits')).body).toMatchObject({
      approval_wait: { count: 0 },
      approvals_open: { count: 2, oldest_requested_at: expect.stringMatching(/^20/) },
    })
  })

  test('says null of what was never timed', async () => {
    await report(server, 'blank', { type: 'x-a' })
    const nothing = { count: 0, median_seconds: null, p85_seconds: null }
    expect((await flowOf('blank')).body).toMatchObject({
      ...{ cycle_time: nothing, red_to_green: nothing, approval_wait: nothing, completed: 0 },
      cost: { median_usd: null, stories: [] },
    })
  })

  test('answers 304 until something happened, and looks back', async () => {
    await report(server, 'cached', CYCLE)
    const path = `${server.url}/api/v1/projects/cached/flow`
    const headers = { 'if-none-match': (await fetch(path)).headers.get('etag') ?? '' }
    expect((await fetch(path, { headers })).status).toBe(304)
    await report(server, 'cached', [step('design', 's2'), step('commit', 's2')])
    expect((await fetch(path, { headers })).status).toBe(200)
    expect([(await flowOf('cached')).body['completed'], (await flowOf('cached', '?at=5')).body['completed']]).toEqual([2, 1])
  })

  test('is refused for a project that is not there, and for days or a moment that are none', async () => {
    expect(await flowOf('never-seen')).toMatchObject({ status: 404, body: { code: 'PROJECT_NOT_FOUND' } })
    for (const days of ['0', '91', '7.5', 'week', '']) {
      expect(await flowOf('told', `?days=${days}`)).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } })
    }
    expect((await flowOf('told', '?days=7')).status).toBe(200)
    expect(await flowOf('told', '?at=yesterday')).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } })
  })
})

describe('/metrics', () => {
  const metrics = async () => (await fetch(`${server.url}/metrics`)).text()
  const countOf = async (what: string) => Number(new RegExp(`^visualizer_${what}_seconds_count (\\d+)$`, 'm').exec(await metrics())?.[1])
  const counts = () => Promise.all(['cycle_time', 'red_to_green', 'approval_wait'].map(countOf))

  test('counts each duration once, over all projects, repeated reports not at all', async () => {
    const before = await counts()
    const events = [...CYCLE, ASKED, DECIDED].map((event, index) => ({ ...event, id: `once-${index}` }))
    for (let round = 0; round < 2; round++) {
      await report(server, 'metered', events)
      await report(server, 'metered-too', CYCLE.slice(0, 3))
    }
    await eventually(async () => (await counts()).join() === [before[0]! + 1, before[1]! + 3, before[2]! + 1].join())
  })

  test('tells how many projects stand under each word, and names no project', async () => {
    await report(server, 'metered-block', { type: 'workflow_transition', new_state: 'BLOCKED' })
    const text = await eventually(async () => {
      const now = await metrics()
      return now.includes('visualizer_projects{attention="blocked"} 1') && now
    })
    expect(text).toContain('visualizer_projects{attention="done"} 0')
    expect(text).not.toContain('metered')
  })

  test.skipIf(Bun.which('promtool') === null)('pass promtool, but for a name that scrapers know', async () => {
    const check = Bun.spawn(['promtool', 'check', 'metrics'], { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' })
    await check.stdin.write(await metrics())
    await check.stdin.end()
    const said = (await Promise.all([new Response(check.stdout).text(), new Response(check.stderr).text(), check.exited]))
      .slice(0, 2)
      .join('')
    expect(said.split('\n').filter((line) => line !== '' && !line.startsWith('projects_total '))).toEqual([])
  })
})
