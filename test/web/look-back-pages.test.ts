import { beforeAll, expect, test } from 'bun:test'
import { htmlProblems } from '../support/page-quality.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
  await report(server, 'apollo', [
    { type: 'workflow_transition', new_state: 'BACKLOG_READY' },
    { type: 'workflow_transition', new_state: 'SPRINT_PLANNED' },
    { type: 'error_state', error_id: 'e1', error_message: 'the disk is full', severity: 'error' },
  ])
})

const page = async (path: string) => {
  const response = await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' }, redirect: 'manual' })
  return { status: response.status, location: response.headers.get('location'), html: await response.text() }
}

test('a page that looks back shows that moment, says so, and is not kept current', async () => {
  const { status, html } = await page('/projects/apollo?at=2')
  expect(status).toBe(200)
  expect(html).toContain('data-state="past"')
  expect(html).toContain('Looking back')
  expect(html).toContain('SPRINT_PLANNED')
  expect(html).not.toContain('the disk is full')
  expect(html).not.toContain('/live/projects/')
  expect(html).not.toContain('http-equiv="refresh"')
  expect(await htmlProblems(html)).toEqual([])
  expect((await page('/projects/apollo')).html).toContain('the disk is full')
})

test('what happened before that moment is listed, and nothing later', async () => {
  const offsets = (html: string) => [...html.matchAll(/data-offset="(\d+)"/g)].map(([, offset]) => Number(offset))
  expect(offsets((await page('/projects/apollo?at=2')).html)).toEqual([2, 1])
  expect(offsets((await page('/projects/apollo?at=0')).html)).toEqual([])
})

test('a moment that is none, and one that is not there yet, is said so', async () => {
  expect((await page('/projects/apollo?at=yesterday')).status).toBe(400)
  expect((await page('/projects/apollo?at=99')).status).toBe(409)
})

test('a name in another case leads to the same moment of the project', async () => {
  expect(await page('/projects/APOLLO?at=2')).toMatchObject({ status: 301, location: '/projects/apollo?at=2' })
})
