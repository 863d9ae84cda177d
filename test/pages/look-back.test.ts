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
  const { status, html } = await page('/projects/apollo?at=99')
  expect(status).toBe(409)
  expect(html).toContain('href="/projects/apollo">Go to the project</a>')
  expect((await page('/projects/nobody/timeline')).html).not.toContain('Go to the project')
})

test('a name in another case leads to the same moment of the project', async () => {
  expect(await page('/projects/APOLLO?at=2')).toMatchObject({ status: 301, location: '/projects/apollo?at=2' })
})

test('a page that looks back shows the way: steps to events and changes of state, a slider, and back', async () => {
  const { html } = await page('/projects/apollo?at=2')
  const hrefOf = (id: string) => new RegExp(`id="${id}"[^>]* href="([^"]+)"`).exec(html)?.[1]?.replaceAll('&amp;', '&')
  expect(hrefOf('travel-previous')).toBe('/projects/apollo?at=1')
  expect(hrefOf('travel-next')).toBe('/projects/apollo?at=3')
  expect(hrefOf('travel-previous-move')).toBe('/projects/apollo?at=1')
  expect(hrefOf('travel-next-move')).toBeUndefined()
  expect(hrefOf('travel-live')).toBe('/projects/apollo')
  expect(html).toContain('min="0" max="3" value="2"')
  expect((await page('/projects/apollo')).html).toContain('href="/projects/apollo?at=3"')
})

test('the next change of state and a time of the form lead to the address of their moment', async () => {
  const see = (path: string) => page(path).then(({ status, location }) => `${status} ${location}`)
  expect(await see('/projects/apollo?at=0&step=next')).toBe('303 /projects/apollo?at=1')
  expect(await see('/projects/apollo?at=1&step=next&compare=now')).toBe('303 /projects/apollo?at=2&compare=now')
  expect(await see('/projects/apollo?on=2026-11-23T20:30')).toBe('303 /projects/apollo?at=2026-11-23T20%3A30%3A00Z')
  expect((await page('/projects/apollo?on=tomorrow')).status).toBe(400)
})

test('compared with now it says what differs, in words', async () => {
  const { html } = await page('/projects/apollo?at=1&compare=now')
  expect(html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')).toContain('Then and now 1 difference')
  expect(html).toContain('<bdi>BACKLOG_READY</bdi>')
  expect(await htmlProblems(html)).toEqual([])
  expect((await page('/projects/apollo?at=2&compare=now')).html).toContain('are as they were then')
})
