import { beforeAll, expect, test } from 'bun:test'
import { htmlProblems } from '../support/page-quality.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
  await report(server, 'apollo', [
    { type: 'workflow_transition', old_state: 'SPRINT_PLANNED', new_state: 'SPRINT_ACTIVE' },
    { type: 'tdd_transition', story_id: 's-1', new_state: 'test_red' },
    { type: 'agent_status', agent_id: 'lead', agent_type: 'Orchestrator', status: 'working' },
    { type: 'agent_status', agent_id: 'code', agent_type: 'CodeAgent', parent_agent_id: 'lead', status: 'waiting', story_id: 's-1' },
    { type: 'error_state', error_message: 'disk <b>full</b>' },
  ])
  await report(server, 'apollo', { type: 'tdd_transition', story_id: 's-1', old_state: 'test_red', new_state: 'code_green' })
})

async function page(search = '', project = 'apollo') {
  const response = await fetch(`${server.url}/projects/${project}/timeline${search}`, { redirect: 'manual' })
  return { status: response.status, location: response.headers.get('location'), html: await response.text() }
}

test('a timeline by story shows each phase with its word, and all of it as a table', async () => {
  const { status, html } = await page()
  expect(status).toBe(200)
  expect(html).toContain('data-live="/live/projects/apollo/timeline?since=')
  expect(html).toMatch(/<title>s-1 code_green, since \d\d:\d\d:\d\d UTC<\/title>/)
  expect(html).toMatch(/<title>s-1 test_red, 0 s, \d\d:\d\d:\d\d to \d\d:\d\d:\d\d UTC<\/title>/)
  expect(html).toMatch(/<title>error disk &lt;b&gt;full&lt;\/b&gt;, \d\d:\d\d:\d\d UTC<\/title>/)
  expect(html).toMatch(/<table id="steps-\d+".*s-1.*code_green.*goes on.*<\/table>/s)
  expect(html).toContain('<summary>As a table</summary>')
})

test('by agent it shows who started whom, and the choices keep what else was asked for', async () => {
  const { html } = await page('?window=6h&by=agent&gaps=show')
  expect(html).toMatch(/lane--agent lane--depth-0.*Orchestrator.*lane--agent lane--depth-1.*CodeAgent/s)
  expect(html).toMatch(/<title>code waiting, since .* UTC, on s-1<.title>/)
  expect(html).toContain('href="/projects/apollo/timeline?window=6h&amp;gaps=show"')
  expect(html).toContain('href="/projects/apollo/timeline?by=agent&amp;window=24h&amp;gaps=show"')
  expect(html).toContain('href="/projects/apollo/timeline?by=agent&amp;window=6h">Fold pauses')
})

test('what nobody knows is as if it were not asked for, and the name is the project’s own', async () => {
  expect((await page('?by=moon&window=3y&gaps=1')).html).toContain('last hour, by story')
  expect(await page('?by=agent', 'APOLLO')).toMatchObject({ status: 301, location: '/projects/apollo/timeline?by=agent' })
  expect((await page('', 'nowhere')).status).toBe(404)
})

test('it looks back: the window ends at the moment, nothing grows, and the choices stay there', async () => {
  const { status, html } = await page('?at=4')
  expect(status).toBe(200)
  expect(html).not.toContain('data-live="/live/projects')
  expect(html).not.toContain('data-grows')
  expect(html).toContain('the hour until then, by story')
  expect(html).not.toContain('code_green, since')
  expect(html).toMatch(/<title>s-1 test_red, since/)
  expect(html).toContain('href="/projects/apollo/timeline?by=agent&amp;at=4"')
  expect((await page('?at=7000')).status).toBe(409)
  expect((await page('?at=soon')).status).toBe(400)
})

test('a project’s page leads to its timeline, also as of a moment', async () => {
  const html = async (search: string) => (await fetch(`${server.url}/projects/apollo${search}`)).text()
  expect(await html('')).toContain('href="/projects/apollo/timeline?by=agent"')
  expect(await html('?at=4')).toMatch(/href="\/projects\/apollo\/timeline\?at=20\d\d-[^"]+Z"/)
})

test('the page is valid in every form', async () => {
  for (const search of ['', '?by=agent&window=24h', '?window=7d&gaps=show', '?at=2']) {
    expect(await htmlProblems((await page(search)).html)).toEqual([])
  }
})
