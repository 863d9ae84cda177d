import { beforeAll, expect, test } from 'bun:test'
import { OPEN_QUESTIONS_LIMIT } from '../../src/domain/project/approval.ts'
import { call, postBody, report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
})

const asks = (approval_id: string, fields: object = {}) => ({
  type: 'approval_requested',
  approval_id,
  title: `Run ${approval_id}?`,
  ...fields,
})
type Told = { state: { pending_approvals: { approval_id: string }[]; pending_approvals_total: number } }
type Figures = { metrics: { pending_approvals: number }; attention: { word: string } }
const sectionOf = (html = '', id: string) => new RegExp(`<section id="${id}".*?</section>`, 's').exec(html)?.[0] ?? ''
const page = async (path: string) => (await fetch(`${server.url}${path}`)).text()

test('page and API count the same questions: those that can still be answered', async () => {
  const name = 'counted'
  const gone = new Date(Date.now() - 60_000).toISOString()
  await report(server, name, [
    { type: 'tdd_transition', story_id: 's1', new_state: 'test_red' },
    asks('open', { agent_id: 'a1' }),
    asks('late', { story_id: 's1', agent_id: 'a2', agent_type: 'QAAgent', expires_at: gone }),
  ])
  const state = (await call(server, `/api/v1/projects/${name}/state`)).body as unknown as Told
  expect(state.state.pending_approvals.map(({ approval_id }) => approval_id)).toEqual(['open'])
  expect(state.state.pending_approvals_total).toBe(1)
  const project = (await call(server, `/api/v1/projects/${name}`)).body as unknown as Figures
  expect(project).toMatchObject({ metrics: { pending_approvals: 1 }, attention: { word: 'needs_you' } })
  expect((await call(server, `/api/v1/projects/${name}/flow`)).body['approvals_open']).toMatchObject({ count: 1 })
  const [project_page, story, flow] = await Promise.all(
    [`/projects/${name}`, `/projects/${name}/stories/s1`, `/projects/${name}/flow`].map((path) => page(path)),
  )
  expect(sectionOf(project_page, 'approvals')).toContain('1 question here')
  expect(sectionOf(project_page, 'approvals')).not.toContain('Run late?')
  expect(sectionOf(story, 'part-work')).toContain('QAAgent')
  expect(sectionOf(story, 'part-work')).not.toContain('Run late?')
  expect(flow).toContain('1 open now')
})

test('what expired leaves nobody waiting, whoever was named', async () => {
  const soon = new Date(Date.now() - 1).toISOString()
  await report(server, 'expired', [asks('late', { agent_id: 'a2', story_id: 's1', expires_at: soon })])
  const { body } = await call(server, '/api/v1/projects/expired')
  expect((body as unknown as Figures).attention.word).toBe('idle')
})

test('a question beyond the bound is refused, and none is dropped for it', async () => {
  const name = 'full'
  const batch = (from: number, count: number) => Array.from({ length: count }, (_, index) => asks(`q${from + index}`))
  for (let from = 0; from < OPEN_QUESTIONS_LIMIT; from += 250) await report(server, name, batch(from, 250))
  const refused = await postBody(server, name, JSON.stringify(asks('one-more')))
  expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMIT_EXCEEDED', details: { open: OPEN_QUESTIONS_LIMIT } } })
  const { state } = (await call(server, `/api/v1/projects/${name}/state`)).body as unknown as Told
  expect([state.pending_approvals_total, state.pending_approvals[0]?.approval_id]).toEqual([OPEN_QUESTIONS_LIMIT, 'q0'])
  expect(await page('/metrics')).toContain('questions_refused_total{source="http"} 1')
  // Asked again is no further question, and whatever else is reported is taken.
  await report(server, name, [asks('q7'), { type: 'chat_message', message: 'hi' }])
  await report(server, name, { type: 'approval_resolved', approval_id: 'q0', decision: 'deny', by: 'mara' })
  await report(server, name, asks('one-more'))
})
