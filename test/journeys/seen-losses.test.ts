import { expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startOrchestrator } from '../support/orchestrator.ts'
import { call } from '../support/report.ts'
import { startServer } from '../support/server.ts'

test('what is missing stands on the project’s page, live, in its activity, in the log and in the figures, until somebody has seen it', async () => {
  const orchestrator = await startOrchestrator()
  const server = await startServer({ config: `orchestrators:\n  main: { url: "${orchestrator.url}", projects: [apollo] }\n` })
  await orchestrator.until(() => orchestrator.requests().length >= 2)
  orchestrator.transition('apollo', 'story-1', [null, 'design'])
  const page = async () => (await (await fetch(`${server.url}/projects/apollo`)).text()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
  await eventually(async () => /story-1/.test(await page()))

  for (let count = 0; count < 30; count++) orchestrator.send({ type: 'workflow_transition', project: 'apollo', number: count })
  const text = await eventually(async () => {
    const now = await page()
    return now.includes('I have seen what is missing') && now
  })
  expect(text).toMatch(/From main 30 reports are missing: they could not be accepted/)
  expect(server.logs()).toMatch(/orchestrator main is connected/)
  expect(server.logs().match(/sent a frame that was refused/g)).toHaveLength(1)
  const figures = await (await fetch(`${server.url}/metrics`)).text()
  expect(figures).toMatch(/reports_lost_total\{reason="refused"\} 30/)
  const { body } = await call(server, '/api/v1/projects/apollo/events?limit=100')
  const lost = (body['events'] as { type: string; offset: number }[]).filter(({ type }) => type === 'reports_lost')
  expect(lost).toMatchObject([{ count: 30, told_by: 'main' }])

  const form = new URLSearchParams({ seen: String(lost[0]?.offset) })
  expect((await fetch(`${server.url}/projects/apollo/losses`, { method: 'POST', body: form, redirect: 'manual' })).status).toBe(303)
  await eventually(async () => !(await page()).includes('I have seen what is missing'))
  expect((await fetch(`${server.url}/projects/apollo/losses`, { method: 'POST', body: 'seen=x' })).status).toBe(400)
})

test('nobody can report a loss, or an opinion, over HTTP', async () => {
  const server = await startServer()
  for (const type of ['reports_lost', 'losses_seen', 'state_told']) {
    const event = { type, told_by: 'main', reason: 'x', count: 1, up_to: 1, state: 'design' }
    const { status } = await call(server, '/api/v1/projects/apollo/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
    })
    expect(status).toBe(400)
  }
})
